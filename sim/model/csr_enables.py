"""The CSRs by which a level says what lower ones may do: environment configuration, state enable and PMP (privileged manual,
"Environment Configuration", "Smstateen", "Physical Memory Protection CSRs")."""

from typing import Final

from mypy_extensions import i64

from isa.csrs import BY_NAME, Csr
from isa.profile import Profile
from sim.model.bits import field, shl, signed
from sim.model.csr_register import Register
from sim.model.hart import Hart
from sim.model.isa_disable import hidden
from sim.model.masks import ADUE, STCE

CBIE: Final[i64] = BY_NAME["menvcfg"]["cbie"].mask
RESERVED_CBIE: Final[i64] = 1 << BY_NAME["menvcfg"]["cbie"].msb
SHARED: Final[i64] = ADUE | STCE
BYTE: Final[i64] = 8


class Envcfg(Register):
    """menvcfg: the reserved value 0b10 of CBIE becomes 0."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.mask |= CBIE if profile.has("Zicbom") else 0

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        kept = super().legalize(h, old, new)
        return kept & ~CBIE if kept & CBIE == RESERVED_CBIE else kept


class Senvcfg(Envcfg):
    """What a hypervisor has taken from its guests is hidden from them (hisadis)."""

    def read(self, h: Hart) -> i64:
        return h.senvcfg & ~hidden(h, self.row)

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        kept = hidden(h, self.row)
        return old & kept | super().legalize(h, old, new) & ~kept


class Henvcfg(Envcfg):
    """ADUE and STCE are read-only zero while those of menvcfg are zero, and keep their value meanwhile."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.own: i64 = self.mask

    def read(self, h: Hart) -> i64:
        return h.henvcfg & (self.own | h.menvcfg & SHARED)

    def legalize(self, h: Hart, old: i64, new: i64) -> i64:
        self.mask = self.own | h.menvcfg & SHARED
        return super().legalize(h, old, new)


class Mstateen(Register):
    """mstateen0-3."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.index: i64 = row.number & 3

    def read(self, h: Hart) -> i64:
        return h.mstateen[self.index]

    def write(self, h: Hart, value: i64) -> None:
        h.mstateen[self.index] = self.legalize(h, h.mstateen[self.index], value)


class Hstateen(Register):
    """hstateen0-3: a bit is read-only zero while that of mstateen is zero, and keeps its value meanwhile."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.index: i64 = row.number & 3
        self.shared: i64 = signed(row.bits("WARL"))

    def read(self, h: Hart) -> i64:
        return h.hstateen[self.index] & h.mstateen[self.index]

    def write(self, h: Hart, value: i64) -> None:
        mask = self.shared & h.mstateen[self.index]
        h.hstateen[self.index] = h.hstateen[self.index] & ~mask | value & mask


class PmpConfig(Register):
    """pmpcfg0, pmpcfg2: eight entries, a byte each."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.first: i64 = (row.number & 15) * 4

    def read(self, h: Hart) -> i64:
        value: i64 = 0
        n: i64 = 0
        while n < BYTE:
            value |= shl(h.pmp.read_cfg(self.first + n), BYTE * n)
            n += 1
        return value

    def write(self, h: Hart, value: i64) -> None:
        n: i64 = 0
        while n < BYTE:
            h.pmp.write_cfg(self.first + n, field(value, BYTE * n + BYTE - 1, BYTE * n))
            n += 1
        h.flush()


class PmpAddress(Register):
    """pmpaddr0-15."""

    def __init__(self, row: Csr, profile: Profile) -> None:
        super().__init__(row, profile)
        self.index: i64 = row.number & 15

    def read(self, h: Hart) -> i64:
        return h.pmp.read_address(self.index)

    def write(self, h: Hart, value: i64) -> None:
        h.pmp.write_address(self.index, value)
        h.flush()
