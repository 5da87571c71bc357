"""A software TLB: translations of one kind of access in one mode, so that most accesses need no walk. It is not
architectural. The compiled model has native/tlb.py in its place.
"""

from typing import Final

from isa.paging import PAGE_SHIFT

MISS: Final = 1                         # no translation moves an address by 1


class Tlb:
    """Virtual page -> physical minus virtual address."""

    def __init__(self) -> None:
        self.deltas: dict[int, int] = {}

    def find(self, va: int) -> int:
        """What to add to a virtual address, or MISS."""
        return self.deltas.get(va >> PAGE_SHIFT, MISS)

    def fill(self, va: int, pa: int) -> None:
        """The page of `va` translates as `va` does to `pa`."""
        self.deltas[va >> PAGE_SHIFT] = pa - va

    def clear(self) -> None:
        """Forget everything."""
        self.deltas.clear()

    def empty(self) -> bool:
        """Nothing is remembered."""
        return not self.deltas
