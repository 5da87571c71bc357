"""tlb.py for the compiled model: direct-mapped, so that a hit is two loads and a comparison."""

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

MISS: Final[i64] = 1                    # no translation moves an address by 1
SLOTS: Final[i64] = 256
NO_PAGE: Final[i64] = 0x4000_0000_0000_0000     # no address has this page number


class Tlb:
    """Virtual page -> physical minus virtual address; a page has one slot, by its low bits."""

    def __init__(self) -> None:
        self.pages: vec[i64] = vec[i64]([NO_PAGE] * SLOTS)
        self.deltas: vec[i64] = vec[i64]([MISS] * SLOTS)
        self.used = False

    def find(self, va: i64) -> i64:
        """What to add to a virtual address, or MISS."""
        page = va >> 12
        slot = page & SLOTS - 1
        return self.deltas[slot] if self.pages[slot] == page else MISS

    def fill(self, va: i64, pa: i64) -> None:
        """The page of `va` translates as `va` does to `pa`."""
        page = va >> 12
        slot = page & SLOTS - 1
        self.pages[slot] = page
        self.deltas[slot] = pa - va
        self.used = True

    def clear(self) -> None:
        """Forget everything."""
        if self.used:
            for slot in range(SLOTS):
                self.pages[slot] = NO_PAGE
            self.used = False

    def empty(self) -> bool:
        """Nothing is remembered."""
        return not self.used
