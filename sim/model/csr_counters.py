"""The CSRs of counters and of time (privileged manual, "Hardware Performance Monitor", "Counter-Enable Registers",
"Smcntrpmf")."""

from typing import Final

from mypy_extensions import i64

from isa.csrs import BY_NAME, HPM, Csr
from isa.profile import Profile
from sim.model import counters
from sim.model.bits import wrap
from sim.model.csr_register import Register
from sim.model.hart import Hart, V
from sim.model.isa_disable import hidden

EVENT: Final[i64] = BY_NAME["mhpmevent3"]["event"].mask


class Time(Register):
    """Platform time; a guest sees it displaced by htimedelta."""

    def read(self, h: Hart) -> i64:
        return wrap(h.time + h.htimedelta) if h.mode & V else h.time


class Mcycle(Register):
    """Cycles: one per record when the model runs alone, the RTL's count in lockstep."""

    def read(self, h: Hart) -> i64:
        return h.cycle()

    def write(self, h: Hart, value: i64) -> None:
        h.in_cycle = value
        h.mcycle = value if h.cycle_stands else wrap(value - h.steps - 1)


class Minstret(Register):
    """Retired instructions; a written value is what the next instruction reads."""

    def read(self, h: Hart) -> i64:
        return h.instret()

    def write(self, h: Hart, value: i64) -> None:
        h.minstret = value if h.instret_stands else wrap(value - h.retired - 1)


class Below(Register):
    """cycle, instret, hpmcounter: the machine-level counter of the row's VIEW."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.of = row.fields[0].of

    def read(self, h: Hart) -> i64:
        return h.csrs[self.of].read(h)


class HpmBits(Register):
    """The counter-enable registers: one bit for each hpm counter that counts."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.mask |= (1 << HPM.start + profile.hpm_counters) - (1 << HPM.start)


class Scounteren(HpmBits):
    """What a hypervisor has taken from its guests is hidden from them (hisadis)."""

    def read(self, h: Hart) -> i64:
        return h.scounteren & ~hidden(h, self.row)

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        kept = hidden(h, self.row)
        return old & kept | super().legalize(h, old, new) & ~kept


class Mcountinhibit(HpmBits):
    """The instruction that writes it is itself counted, or not, by the value before."""

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        counters.settle(h, h.mode, 1)


class ModeFilter(Register):
    """mcyclecfg, minstretcfg; likewise."""

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        counters.settle(h, h.mode, 1)


class HpmRegister(Register):
    """mhpmcounter or mhpmevent of number `index`; `built` if it counts, else it is read-only zero."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.index: i64 = row.number & 31
        self.built = HPM.start <= self.index < HPM.start + profile.hpm_counters


class HpmCounter(HpmRegister):
    """In lockstep, what counts events that the model has not is an input."""

    def read(self, h: Hart) -> i64:
        return h.in_counter if h.locked and counters.sampled(h, self.index) else h.mhpmcounter[self.index]

    def write(self, h: Hart, value: i64) -> None:
        if self.built:
            h.mhpmcounter[self.index] = h.in_counter = value


class HpmEvent(HpmRegister):
    """A value that names no event becomes 0."""

    def read(self, h: Hart) -> i64:
        return h.mhpmevent[self.index]

    def write(self, h: Hart, value: i64) -> None:
        event = value & EVENT
        if self.built:
            h.mhpmevent[self.index] = event if event <= counters.LAST_EVENT else 0
