"""The CSRs of Xdoppel (docs/xdoppel.md)."""

from mypy_extensions import i64

from isa.csrs import Csr
from isa.profile import Profile
from sim.model.csr_register import Register
from sim.model.hart import ABSENT, Hart


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
