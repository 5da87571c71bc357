"""Core-local interruptor: msip, mtimecmp, mtime (riscv,clint0). mtime is the platform time that the `time`
CSR shows."""

from isa import platform
from sim.model.bits import signed, ult, unsigned
from sim.model.devices.device import PlainState
from sim.model.hart import Hart
from sim.model.masks import MSIP, MTIP


class Clint(PlainState):
    """Registers of one hart. mtimecmp is all ones after reset, so that no timer interrupt is pending."""

    KEEP = ("msip", "mtimecmp")

    def __init__(self, hart: Hart) -> None:
        self.hart = hart
        self.msip = 0
        self.mtimecmp = -1

    def lines(self) -> int:
        """MSIP and MTIP, as bits of mip."""
        return (MSIP if self.msip else 0) | (0 if ult(self.hart.time, self.mtimecmp) else MTIP)

    def read(self, offset: int, size: int) -> int:
        shift = 8 * (offset & 7)
        return unsigned(self._doubleword(offset & -8)) >> shift & (1 << 8 * size) - 1

    def write(self, offset: int, size: int, value: int) -> None:
        at, shift = offset & -8, 8 * (offset & 7)
        mask = (1 << 8 * size) - 1 << shift
        merged = signed(self._doubleword(at) & ~mask | value << shift)
        if at == platform.CLINT_MSIP:
            self.msip = merged & 1
        elif at == platform.CLINT_MTIMECMP:
            self.mtimecmp = merged
        elif at == platform.CLINT_MTIME:
            self.hart.set_time(merged)
        self.hart.attention = True

    def _doubleword(self, at: int) -> int:
        if at == platform.CLINT_MSIP:
            return self.msip
        if at == platform.CLINT_MTIMECMP:
            return self.mtimecmp
        if at == platform.CLINT_MTIME:
            return self.hart.refresh_time()
        return 0
