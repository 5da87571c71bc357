"""The CSRs as a program sees them: storage, projections and legal values, one object per row of isa/csrs.py.

`read` is what an instruction gets, `read_for_write` what CSRRS and CSRRC modify, `write` what they leave
behind. A register whose legal values need code overrides `legalize(h, old, new)`; one that shows bits stored
elsewhere overrides `read` and `write`. Who may reach a register is the matter of `csr_access.py`.
"""

from mypy_extensions import i64

from isa import csrs, paging
from isa.causes import MEDELEG_XDOPPEL
from isa.csrs import Csr
from isa.profile import Profile
from sim.model.bits import field, shl, wrap
from sim.model.hart import ABSENT, Hart, V
from sim.model.masks import (
    CY,
    IR,
    MPP,
    MPP_LSB,
    SEIP,
    SSIP,
    STCE,
    STIP,
    VSSIP,
)


class Register:
    """Plain storage: the hart's attribute of that name; RW bits are written, others stay as at reset."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        self.row = row
        self.name = row.name
        absent = _absent(row, profile)
        self.mask = wrap(row.bits("RW") & ~absent)
        self.fixed = wrap(row.reset & ~absent)

    def read(self, h: Hart) -> i64:
        """Value that an instruction in the current mode reads."""
        value: int = getattr(h, self.name)
        return value

    def read_for_write(self, h: Hart) -> i64:
        """Value that a read-modify-write modifies."""
        return self.read(h)

    def write(self, h: Hart, value: i64) -> None:
        """Write as far as the register's fields allow."""
        setattr(h, self.name, self.legalize(h, getattr(h, self.name), value))

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        """The value kept when `new` is written over `old`."""
        return old & ~self.mask | new & self.mask


class Constant(Register):
    """Read-only, and not stored."""

    def read(self, h: Hart) -> i64:
        return self.fixed

    def write(self, h: Hart, value: i64) -> None:
        """Ignored."""


class HartId(Constant):
    def read(self, h: Hart) -> i64:
        return h.number


class Misa(Constant):
    """MXL and one bit per letter of an extension that is built in; a write changes nothing."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.fixed |= sum(1 << ord(letter) - ord("A") for letter in profile.letters)


# Status and translation: what changes the meaning of an address drops the cached translations.

class Mstatus(Register):
    """MPP holds U, S or M: the reserved value 2 is read as U."""

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        mpp = field(new, MPP_LSB + 1, MPP_LSB)
        legal = 0 if mpp == 2 else new & MPP
        return old & ~(self.mask | MPP) | new & self.mask | legal

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        h.flush()
        h.select_data_mode()


class Sstatus(Register):
    """The S-level fields of mstatus."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.mask = row.bits("VIEW")

    def read(self, h: Hart) -> i64:
        return h.mstatus & self.mask | self.fixed

    def write(self, h: Hart, value: i64) -> None:
        h.mstatus = self.legalize(h, h.mstatus, value)
        h.flush()


class Flushing(Register):
    """A register whose bits take part in translation."""

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        h.flush()


class Satp(Flushing):
    """An unsupported MODE leaves satp unchanged; ASID has the profile's width."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.rest = (1 << profile.pa_bits - 12) - 1 | (1 << profile.asid_bits) - 1 << row["asid"].lsb
        self.mode_mask = wrap(row["mode"].mask)

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        return new & (self.mode_mask | self.rest) if _supported(new, paging.MODE_SV39) else old


class Vsatp(Satp):
    """As satp with V=1; with V=0 an unsupported MODE is kept as it was and the other fields are written."""

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        if _supported(new, paging.MODE_SV39) or h.mode & V:
            return super().legalize(h, old, new)
        return old & self.mode_mask | new & self.rest


class Hgatp(Flushing):
    """With an unsupported MODE only VMID and PPN are written; PPN[1:0] is zero: the root is 16 KiB. Ends a loop of pauses."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.rest = (1 << profile.pa_bits - 12) - 4 | (1 << profile.vmid_bits) - 1 << row["vmid"].lsb
        self.mode_mask = wrap(row["mode"].mask)

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        mode = new if _supported(new, paging.MODE_SV39X4) else old
        return mode & self.mode_mask | new & self.rest

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        h.pause_last = ABSENT


def _supported(atp: i64, translating: i64) -> bool:
    return field(atp, 63, 60) in (paging.MODE_BARE, translating)


# Traps.

class Tvec(Register):
    """MODE is Direct or Vectored: its upper bit is read-only zero."""

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        return new & (self.mask | 1)


class Delegation(Register):
    """medeleg, hedeleg: one legal mask for the register; causes that only H has need H."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.mask = csrs.WRITABLE[row.name]
        if not profile.has("H"):
            self.mask &= ~H_CAUSES
        if row.name == "medeleg" and profile.has("Xdoppel"):
            self.mask |= MEDELEG_XDOPPEL


H_CAUSES = 1 << 10 | 0xF << 20          # environment call from VS, guest-page faults, virtual instruction


class Henvcfg(Register):
    """STCE is read-only zero while menvcfg.STCE is zero, and keeps its value meanwhile."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.stce = STCE if profile.has("Sstc") else 0

    def read(self, h: Hart) -> i64:
        return h.henvcfg & (self.mask | h.menvcfg & self.stce)

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        mask = self.mask | h.menvcfg & self.stce
        return old & ~mask | new & mask


# Interrupts: mie, mip and hvip store, the others are windows on them.

class Mip(Register):
    """SSIP, SEIP and, unless menvcfg.STCE hands it to stimecmp, STIP are writable; VSSIP is that of hvip."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.vssip = VSSIP if profile.has("H") else 0

    def read(self, h: Hart) -> i64:
        return h.pending()

    def read_for_write(self, h: Hart) -> i64:
        return h.writable_pending()

    def write(self, h: Hart, value: i64) -> None:
        mask = SSIP | SEIP | (0 if h.menvcfg & STCE else STIP)
        h.mip = h.mip & ~mask | value & mask
        h.hvip = h.hvip & ~self.vssip | value & self.vssip


class InterruptWindow(Register):
    """sie, hie, vsie, sip, hip, vsip: bits of mie or mip that are delegated; one lower in vsie, vsip."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.shift = row.fields[0].shift
        self.bits = row.bits("VIEW") << self.shift

    def visible(self, h: Hart) -> i64:
        """Bits of mie and mip that show through."""
        if self.name.startswith("h"):
            return self.bits & h.mideleg
        return self.bits & (h.hideleg if self.shift else h.mideleg)


class EnableWindow(InterruptWindow):
    def read(self, h: Hart) -> i64:
        return (h.mie & self.visible(h)) >> self.shift

    def write(self, h: Hart, value: i64) -> None:
        mask = self.visible(h)
        h.mie = h.mie & ~mask | shl(value, self.shift) & mask


class PendingWindow(InterruptWindow):
    """Only the software interrupts are writable: SSIP in mip, VSSIP in hvip."""

    def read(self, h: Hart) -> i64:
        return (h.pending() & self.visible(h)) >> self.shift

    def write(self, h: Hart, value: i64) -> None:
        mask, value = self.visible(h), shl(value, self.shift)
        h.mip = h.mip & ~(mask & SSIP) | value & mask & SSIP
        h.hvip = h.hvip & ~(mask & VSSIP) | value & mask & VSSIP


# Counters and timers.

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
        h.mcycle = value if h.mcountinhibit & CY else wrap(value - h.steps - 1)


class Minstret(Register):
    """Retired instructions; a written value is what the next instruction reads."""

    def read(self, h: Hart) -> i64:
        return h.instret()

    def write(self, h: Hart, value: i64) -> None:
        h.minstret = value if h.mcountinhibit & IR else wrap(value - h.retired - 1)


class Below(Register):
    """cycle, instret: the machine-level counter of the row's VIEW."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.of = row.fields[0].of

    def read(self, h: Hart) -> i64:
        return h.csrs[self.of].read(h)


class Mcountinhibit(Register):
    """The instruction that writes it is itself counted, or not, by the value before."""

    def write(self, h: Hart, value: i64) -> None:
        before, after = h.mcountinhibit, self.legalize(h, h.mcountinhibit, value)
        if (before ^ after) & IR:
            h.minstret = wrap(h.minstret + h.retired + 1 if after & IR else h.minstret - h.retired - 1)
        if (before ^ after) & CY:
            h.mcycle = wrap(h.mcycle + h.steps + 1 if after & CY else h.mcycle - h.steps - 1)
        h.mcountinhibit = after


# Xdoppel.

class Hple(Register):
    """Ends a loop of pauses."""

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        h.pause_last = ABSENT


class Hisadis(Register):
    """What a guest's code means depends on it."""

    def write(self, h: Hart, value: i64) -> None:
        super().write(h, value)
        h.forget_code()


class Located(Register):
    """hpmla, hioba, hiobh: an address as wide as the hart's physical addresses, and flags."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.mask |= row.bits("WARL") & (1 << profile.pa_bits) - 1


SPECIAL: dict[str, type[Register]] = {
    "mstatus": Mstatus, "sstatus": Sstatus, "vsstatus": Flushing,
    "satp": Satp, "vsatp": Vsatp, "hgatp": Hgatp,
    "mtvec": Tvec, "stvec": Tvec, "vstvec": Tvec,
    "medeleg": Delegation, "hedeleg": Delegation, "henvcfg": Henvcfg,
    "mip": Mip, "sip": PendingWindow, "hip": PendingWindow, "vsip": PendingWindow,
    "sie": EnableWindow, "hie": EnableWindow, "vsie": EnableWindow,
    "time": Time, "cycle": Below, "instret": Below, "mcycle": Mcycle, "minstret": Minstret,
    "mcountinhibit": Mcountinhibit, "misa": Misa, "mhartid": HartId,
    "hple": Hple, "hisadis": Hisadis, "hpmla": Located, "hioba": Located, "hiobh": Located,
}
SPECIAL_VALUES = {"mimpid": csrs.MIMPID}

HYPERVISOR_LEVEL = 2


def _absent(row: Csr, profile: Profile) -> i64:
    """Bits of a register that this profile lacks."""
    return sum(f.mask for f in row.fields if not profile.has(f.ext))


def _exists(row: Csr, profile: Profile) -> bool:
    return profile.has(row.ext) and (row.level != HYPERVISOR_LEVEL or profile.has("H"))


class CsrFile:
    """All registers of a profile, by number and by name."""

    def __init__(self, profile: Profile) -> None:
        self.by_number: dict[int, Register] = {}
        self.by_name: dict[str, Register] = {}
        for row in csrs.CSRS:
            if _exists(row, profile):
                default = Register if row.bits("RW") else Constant
                register = SPECIAL.get(row.name, default)(row, profile)
                register.fixed |= SPECIAL_VALUES.get(row.name, 0)
                self.by_number[row.number] = self.by_name[row.name] = register

    def __getitem__(self, name: str) -> Register:
        """Register by name; raises KeyError for a CSR that this profile lacks."""
        return self.by_name[name]
