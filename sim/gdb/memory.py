"""Memory as a debugger sees it: through the page tables of some mode, whatever their permissions, and without side effects.

A and D bits stay as they are, and devices are not read: a load there could change them.
"""

from collections.abc import Iterator

from isa import causes, paging
from sim.bench import walks
from sim.model import Machine
from sim.model.bits import unsigned

PAGE = 1 << paging.PAGE_SHIFT


class DebugMemory:
    """The memory of a machine. `mode`: whose addresses (a mode of isa/causes.py), None for those of the hart's mode."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.mode: int | None = None

    def read(self, address: int, count: int) -> bytes:
        """Bytes from RAM and ROM. Raises ValueError where there is none, or no page."""
        return b"".join(self._machine.read_memory(at, size) for at, size in self._pieces(address, count))

    def places(self, address: int, data: bytes) -> list[tuple[int, bytes]]:
        """The physical addresses of bytes, page by page. Raises ValueError where there is no RAM, or no page."""
        places, start = [], 0
        for at, size in self._pieces(address, len(data)):
            self._machine.read_memory(at, size)
            places.append((at, data[start:start + size]))
            start += size
        return places

    def walk(self, address: int) -> list[str]:
        """The page-table walk of an address, a line for each step."""
        satp, hgatp = self._tables()
        return walks.describe(self._machine.read_memory, address, satp=satp, hgatp=hgatp)

    def _tables(self) -> tuple[int, int | None]:
        """satp or vsatp, and hgatp when V=1."""
        h = self._machine.hart
        mode = h.mode if self.mode is None else self.mode
        if mode == causes.M:
            return 0, None
        return (unsigned(h.vsatp), unsigned(h.hgatp)) if mode & causes.VU else (unsigned(h.satp), None)

    def _pieces(self, address: int, count: int) -> Iterator[tuple[int, int]]:
        """Physical addresses and sizes of the pages that hold some virtual bytes."""
        satp, hgatp = self._tables()
        end = address + count
        while address < end:
            size = min(end, (address // PAGE + 1) * PAGE) - address
            physical = walks.leads_to(self._machine.read_memory, address, satp=satp, hgatp=hgatp)
            if physical is None:
                raise ValueError(f"no page is mapped at 0x{address:x}")
            yield physical, size
            address += size
