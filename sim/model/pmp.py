"""Physical memory protection (privileged manual, "Physical Memory Protection"): the entries, and what they permit.

The grain is a page or more, so that an entry matches all bytes of an access or none, and a cached translation can hold the
result for its whole page.
"""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from isa import causes, pmp
from isa.profile import PMP_ENTRIES, Profile
from sim.model.bits import shl

M: Final[i64] = causes.M
ENTRIES: Final[i64] = PMP_ENTRIES
OFF: Final[i64] = pmp.OFF
TOR: Final[i64] = pmp.TOR
NA4: Final[i64] = pmp.NA4
A_LSB: Final[i64] = 3
R: Final[i64] = 0x01
W: Final[i64] = 0x02
X: Final[i64] = 0x04
A: Final[i64] = 0x18
L: Final[i64] = 0x80
SHIFT: Final[i64] = pmp.ADDRESS_SHIFT


class Pmp:
    """The entries of one hart. `cfg` holds a byte and `address` the stored pmpaddr of each."""

    def __init__(self, profile: Profile) -> None:
        self.regions: i64 = profile.pmp_regions
        self.cfg: vec[i64] = vec[i64]([0] * PMP_ENTRIES)
        self.address: vec[i64] = vec[i64]([0] * PMP_ENTRIES)
        # The region of each entry, as physical addresses: first byte, and the one after the last.
        self.first: vec[i64] = vec[i64]([0] * PMP_ENTRIES)
        self.end: vec[i64] = vec[i64]([0] * PMP_ENTRIES)
        self.writable: i64 = (1 << profile.pa_bits - pmp.ADDRESS_SHIFT) - 1
        self.below_grain: i64 = (profile.pmp_grain >> pmp.ADDRESS_SHIFT) - 1     # bits G-1:0 of a pmpaddr

    def permits(self, pa: i64, need: i64, mode: i64) -> bool:
        """May an access with effective mode `mode` that needs R, W and X as in `need` reach this address?"""
        n: i64 = 0
        while n < self.regions:
            if self.first[n] <= pa < self.end[n]:
                cfg = self.cfg[n]
                return (mode == M and not cfg & L) or cfg & need == need
            n += 1
        return mode == M or self.regions == 0

    def read_cfg(self, n: i64) -> i64:
        """Byte of entry n."""
        return self.cfg[n]

    def write_cfg(self, n: i64, value: i64) -> None:
        """W without R is reserved and becomes neither; NA4, smaller than the grain, becomes NAPOT."""
        if n >= self.regions or self.cfg[n] & L:
            return
        legal = value & (R | W | X | A | L)
        if not legal & R:
            legal &= ~W
        if legal & A == shl(NA4, A_LSB):
            legal |= A
        self.cfg[n] = legal
        self._place()

    def read_address(self, n: i64) -> i64:
        """pmpaddr of entry n; the bits below the grain read as the mode wants them, whatever is stored."""
        if self._is_napot(n):
            return self.address[n] | self.below_grain >> 1
        return self.address[n] & ~self.below_grain

    def write_address(self, n: i64, value: i64) -> None:
        """Ignored where entry n is locked, or is the bottom of a locked range."""
        if n >= self.regions or self.cfg[n] & L or (n + 1 < self.regions and self._locks_bottom(n + 1)):
            return
        self.address[n] = value & self.writable
        self._place()

    def restore(self, cfg: list[int], address: list[int]) -> None:
        """Take over saved entries."""
        for n in range(PMP_ENTRIES):
            self.cfg[n], self.address[n] = cfg[n], address[n]
        self._place()

    def _is_napot(self, n: i64) -> bool:
        return self.cfg[n] & A == A

    def _locks_bottom(self, n: i64) -> bool:
        return self.cfg[n] & L != 0 and self.cfg[n] & A == shl(TOR, A_LSB)

    def _place(self) -> None:
        """Find the region of every entry."""
        bottom: i64 = 0
        n: i64 = 0
        while n < self.regions:
            top = self.address[n] & ~self.below_grain
            mode = self.cfg[n] & A
            if mode == shl(OFF, A_LSB):
                self.first[n] = self.end[n] = 0
            elif mode == shl(TOR, A_LSB):
                self.first[n], self.end[n] = shl(bottom, SHIFT), shl(top, SHIFT)
            else:
                ones = self.address[n] | self.below_grain >> 1
                size = (ones ^ ones + 1) + 1            # of pmpaddr units: twice the lowest zero bit
                self.first[n] = shl(ones & ~(size - 1), SHIFT)
                self.end[n] = self.first[n] + shl(size, SHIFT)
            bottom = top
            n += 1
