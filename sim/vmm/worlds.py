"""What belongs to which guest, seen from outside: the pages that each touches, the VMIDs that it gets, and what switches cost.

Guests are told apart by the root page table in hgatp and numbered in the order of their first entry.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from isa import causes, csrs, paging, retire
from isa.insns import BY_NAME
from sim.stats import prices

_F = retire.FIELDS
_HGATP = csrs.BY_NAME["hgatp"].number
_FIELDS = {name: (lsb, (1 << msb - lsb + 1) - 1) for name, msb, lsb in paging.HGATP}
_TIMER = next(c.code for c in causes.INTERRUPTS if c.name == "STI")
_FENCE = BY_NAME["hfence.gvma"].match      # with x0 and x0: all addresses, all VMIDs


@dataclass
class Worlds:
    """Consumes blocks of records in order.

    A VMID is stale when it is given to a guest while a hart may still hold translations of another that had it: there was no
    HFENCE.GVMA of everything since.
    """

    pages: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    switches: list[int] = field(default_factory=list)
    instructions: list[int] = field(default_factory=list)   # of the hypervisor, in each switch
    stale: int = 0
    fences: int = 0
    _owners: dict[int, int] = field(default_factory=dict)
    _root: int = 0
    _left: tuple[int, int] | None = None
    _records: int = 0

    def feed(self, block: Sequence[int], count: int) -> None:
        """Count `count` records; `block` holds at least count * retire.WORDS unsigned 64-bit words."""
        size = count * retire.WORDS
        heads = list(block[_F["valid"].word:size:retire.WORDS])
        addresses = list(block[_F["mem_paddr"].word:size:retire.WORDS])
        insns = block[_F["insn"].word:size:retire.WORDS]
        v, next_v = 4 << _F["mode"].lsb, 4 << _F["next_mode"].lsb
        csr = 1 << _F["csr_write"].lsb | 0xFFF << _F["csr_addr"].lsb
        hgatp = 1 << _F["csr_write"].lsb | _HGATP << _F["csr_addr"].lsb
        timer = 1 << _F["interrupt"].lsb | _TIMER << _F["cause"].lsb
        interrupt = 1 << _F["interrupt"].lsb | 0x3F << _F["cause"].lsb
        begin = 0
        # Few records are of interest: into a guest, out of it, hgatp, the fence.
        for i in [i for i, (head, insn) in enumerate(zip(heads, insns, strict=True))
                  if head & csr == hgatp or insn & 0xFFFFFFFF == _FENCE or (head & v != 0) != (head & next_v != 0)]:
            head = heads[i]
            if head & csr == hgatp:
                self._touch(heads[begin:i], addresses[begin:i])
                begin = i
                self._enter(block[i * retire.WORDS + _F["csr_value"].word])
            elif head & v:
                clock = block[i * retire.WORDS + _F["clock"].word]
                self._left = (clock, self._records + i) if head & interrupt == timer else None
            elif head & next_v:
                if self._left is not None:
                    self.switches.append(block[i * retire.WORDS + _F["clock"].word] - self._left[0])
                    self.instructions.append(self._records + i - self._left[1])
                self._left = None
            else:
                self._owners.clear()
                self.fences += 1
        self._touch(heads[begin:], addresses[begin:])
        self._records += count

    def _touch(self, heads: Sequence[int], addresses: Sequence[int]) -> None:
        v = 4 << _F["mode"].lsb
        touched = {address >> paging.PAGE_SHIFT for head, address in zip(heads, addresses, strict=True) if head & v and address}
        if touched:
            self.pages[self._root] |= touched

    def _enter(self, value: int) -> None:
        lsb, mask = _FIELDS["vmid"]
        vmid = value >> lsb & mask
        lsb, mask = _FIELDS["ppn"]
        self._root = value >> lsb & mask
        if self._root:
            self.stale += self._owners.get(vmid, self._root) != self._root
            self._owners[vmid] = self._root

    def summary(self) -> dict[str, Any]:
        """Plain data for JSON: `pages`, the numbers of the pages of each guest; `switch` as sim.stats.prices, in core cycles,
        with the median of the instructions; `stale` VMIDs; `fences` of all guests' translations.
        """
        return {"pages": [sorted(pages) for pages in self.pages.values()],
                "switch": {**prices(self.switches), "instructions": prices(self.instructions)["median"]},
                "stale": self.stale, "fences": self.fences}


def trespasses(pages: Sequence[Sequence[int]], base: int, size: int, open_pages: Sequence[int] = ()) -> list[str]:
    """Guests that touched a page outside their own RAM: guest i has `size` bytes at `base` + i * `size`, and `open_pages`."""
    found = []
    for guest, touched in enumerate(pages):
        first = (base + guest * size) >> paging.PAGE_SHIFT
        outside = [page for page in touched if not 0 <= page - first < size >> paging.PAGE_SHIFT and page not in open_pages]
        if outside:
            found.append(f"guest {guest} touched page {outside[0] << paging.PAGE_SHIFT:#x}, which is not its own")
    return found
