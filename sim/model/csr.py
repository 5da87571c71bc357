"""The CSRs of identity, status, translation, traps and interrupts, and the file of all CSRs (privileged manual, "Machine-Level
CSRs", "Supervisor CSRs", "Hypervisor and Virtual Supervisor CSRs").

What a register is says `csr_register.py`; who may reach it is the matter of `csr_access.py`.
"""

from mypy_extensions import i64

from isa import causes, csrs, paging
from isa.causes import M, S, U
from isa.csrs import HPM, Csr
from isa.profile import PMP_ENTRIES, Profile
from sim.model.bits import field, shl, signed
from sim.model.csr_counters import (
    Below,
    HpmBits,
    HpmCounter,
    HpmEvent,
    Mcountinhibit,
    Mcycle,
    Minstret,
    ModeFilter,
    Scounteren,
    Time,
)
from sim.model.csr_enables import Envcfg, Henvcfg, Hstateen, Mstateen, PmpAddress, PmpConfig, Senvcfg
from sim.model.csr_register import Constant, Flushing, Register
from sim.model.csr_xdoppel import Hisadis, Hple, Located
from sim.model.hart import ABSENT, Hart, V
from sim.model.masks import MPP, MPP_LSB, SEIP, SSIP, STCE, STIP, VSSIP


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
    """MPP holds a mode that there is: another value becomes the lowest."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.modes = [M, *(mode for mode, ext in ((S, "S"), (U, "U")) if profile.has(ext))]

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        legal = new & MPP if field(new, MPP_LSB + 1, MPP_LSB) in self.modes else shl(h.lowest, MPP_LSB)
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


class Satp(Flushing):
    """An unsupported MODE leaves satp unchanged; ASID has the profile's width."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.rest = (1 << profile.pa_bits - 12) - 1 | (1 << profile.asid_bits) - 1 << row["asid"].lsb
        self.mode_mask = signed(row["mode"].mask)

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
        self.mode_mask = signed(row["mode"].mask)

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
    """medeleg, hedeleg: one legal mask for the register; causes that only an extension has need it."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.mask = csrs.WRITABLE[row.name]
        if not profile.has("H"):
            self.mask &= ~H_CAUSES
        if profile.has("Xdoppel") and row.name == "medeleg":
            self.mask |= causes.MEDELEG_XDOPPEL


H_CAUSES = 1 << 10 | 0xF << 20          # environment call from VS, guest-page faults, virtual instruction


# Interrupts: mie, mip and hvip store, the others are windows on them.

class Mip(Register):
    """SSIP, SEIP and, unless menvcfg.STCE hands it to stimecmp, STIP are writable; VSSIP is that of hvip."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.vssip: i64 = VSSIP if profile.has("H") else 0
        self.software: i64 = SSIP | SEIP | STIP if profile.has("S") else 0
        self.present: i64 = sum([f.mask for f in row.fields if profile.has(f.ext)])

    def read(self, h: Hart) -> i64:
        return h.pending() & self.present

    def read_for_write(self, h: Hart) -> i64:
        return h.writable_pending()

    def write(self, h: Hart, value: i64) -> None:
        mask = self.software & ~(STIP if h.menvcfg & STCE else 0)
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


SPECIAL: dict[str, type[Register]] = {
    "mstatus": Mstatus, "sstatus": Sstatus, "vsstatus": Flushing,
    "satp": Satp, "vsatp": Vsatp, "hgatp": Hgatp,
    "mtvec": Tvec, "stvec": Tvec, "vstvec": Tvec,
    "medeleg": Delegation, "hedeleg": Delegation, "misa": Misa, "mhartid": HartId,
    "mip": Mip, "sip": PendingWindow, "hip": PendingWindow, "vsip": PendingWindow,
    "sie": EnableWindow, "hie": EnableWindow, "vsie": EnableWindow,
    "menvcfg": Envcfg, "henvcfg": Henvcfg, "senvcfg": Senvcfg,
    **{f"mstateen{n}": Mstateen for n in range(4)}, **{f"hstateen{n}": Hstateen for n in range(4)},
    "pmpcfg0": PmpConfig, "pmpcfg2": PmpConfig, **{f"pmpaddr{n}": PmpAddress for n in range(PMP_ENTRIES)},
    "time": Time, "cycle": Below, "instret": Below, "mcycle": Mcycle, "minstret": Minstret,
    **{f"hpmcounter{n}": Below for n in HPM}, **{f"mhpmcounter{n}": HpmCounter for n in HPM},
    **{f"mhpmevent{n}": HpmEvent for n in HPM}, "mcyclecfg": ModeFilter, "minstretcfg": ModeFilter,
    "mcounteren": HpmBits, "hcounteren": HpmBits, "scounteren": Scounteren, "mcountinhibit": Mcountinhibit,
    "hple": Hple, "hisadis": Hisadis, "hpmla": Located, "hioba": Located, "hiobh": Located,
}
SPECIAL_VALUES = {"mimpid": csrs.MIMPID}

HYPERVISOR_LEVEL = 2


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
