"""What each counter counts in a cycle (privileged manual, "Hardware Performance Monitor", "Machine Counter-Inhibit",
"Smcntrpmf"; isa/events.py)."""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa.causes import EXC
from isa.csrs import BY_NAME
from isa.events import BY_NAME as EVENTS
from rtl.config import Config
from rtl.counters import counted
from rtl.types import Mode

GUEST_PAGE_FAULTS = tuple(EXC[f"{kind}_GUEST_PAGE_FAULT"] for kind in ("INSTRUCTION", "LOAD", "STORE"))
ENVIRONMENT_CALLS = (EXC["ECALL_U"], EXC["ECALL_VS"])


class Happenings(data.Struct):
    """Events of a cycle that come from beside the pipeline: one bit for each occurrence."""

    tlb_miss: 1
    tlb_miss_g: 1
    walk_reference: 1
    fetch_miss: 1
    data_miss: 1
    branch_miss: 1


class Hpm(wiring.Component):
    """Combinational. `increments` is as `Counters` wants it. What happens in a cycle happens in the mode before."""

    def __init__(self, config: Config):
        self._numbers = counted(config)
        super().__init__({
            "mode":          In(Mode),
            "retire":        In(1),         # an instruction retires
            "leaves_guest":  In(1),         # a trap from V=1 to HS or M
            "interrupt":     In(1),         # ... which is an interrupt
            "cause":         In(6),         # ... or this exception
            "happened":      In(Happenings),
            "mcountinhibit": In(32),
            "mcyclecfg":     In(64),
            "minstretcfg":   In(64),
            "mhpmevent":     In(data.ArrayLayout(4, config.profile.hpm_counters)),
            "increments":    Out(len(self._numbers)),
        })

    def elaborate(self, platform):
        m = Module()
        exception = self.leaves_guest & ~self.interrupt
        guest_page = self.cause.matches(*GUEST_PAGE_FAULTS)
        virtual = self.cause.matches(EXC["VIRTUAL_INSTRUCTION"])
        call = self.cause.matches(*ENVIRONMENT_CALLS)
        now = {name.upper(): getattr(self.happened, name) for name in Happenings.as_shape().members} | {
            "NONE":            C(0, 1),
            "EXIT_INTERRUPT":  self.leaves_guest & self.interrupt,
            "EXIT_GUEST_PAGE": exception & guest_page,
            "EXIT_VIRTUAL":    exception & virtual,
            "EXIT_ECALL":      exception & call,
            "EXIT_OTHER":      exception & ~(guest_page | virtual | call),
        }
        events = Signal(16)
        for name, code in EVENTS.items():
            m.d.comb += events[code].eq(now[name])

        counts = {
            0: ~self._filtered(self.mcyclecfg),
            2: self.retire & ~self._filtered(self.minstretcfg),
        } | {3 + i: events.bit_select(event, 1) for i, event in enumerate(self.mhpmevent)}
        m.d.comb += self.increments.eq(Cat(counts[n] & ~self.mcountinhibit[n] for n in self._numbers))
        return m

    def _filtered(self, config: Value) -> Value:
        """Does the counter of this mcyclecfg or minstretcfg stand still in the present mode?"""
        field = BY_NAME["mcyclecfg"]
        return Cat(config[field[name].lsb] & (self.mode == mode) for name, mode in (
            ("minh", Mode.M), ("sinh", Mode.S), ("uinh", Mode.U), ("vsinh", Mode.VS), ("vuinh", Mode.VU))).any()
