"""Where the instructions and cycles went: per guest, in the hypervisor, and per exit; from retirement records.

An exit is a trap from V=1 to V=0. Its price is the number of core cycles from the record of that trap to the next record
with V=1, whichever guest that belongs to. A cycle belongs to the mode of the record that ends it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from isa import causes, csrs, paging, retire

P99_SAMPLES = 1000      # a 99th percentile of fewer samples says nothing

_F = retire.FIELDS
_HGATP = csrs.BY_NAME["hgatp"].number
_PPN = next((1 << msb + 1) - (1 << lsb) for name, msb, lsb in paging.HGATP if name == "ppn")
_TITLES = {False: {c.code: c.title for c in causes.EXCEPTIONS}, True: {c.code: c.title for c in causes.INTERRUPTS}}


@dataclass
class Share:
    """Retired instructions and core cycles of one owner."""

    instructions: int = 0
    cycles: int = 0


@dataclass
class Statistics:
    """Consumes blocks of records in order.

    Guests are told apart by the root page table last written to hgatp (a VMID may be given to another guest later), and
    numbered in the order of their first instruction.
    """

    records: int = 0
    guests: dict[int, Share] = field(default_factory=lambda: defaultdict(Share))
    hypervisor: Share = field(default_factory=Share)
    firmware: Share = field(default_factory=Share)      # M-mode
    exits: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    exits_of: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _clock: int = 0
    _root: int = 0
    _pending: tuple[str, int] | None = None

    def feed(self, block: Sequence[int], count: int) -> None:
        """Count `count` records; `block` holds at least count * retire.WORDS unsigned 64-bit words."""
        size = count * retire.WORDS
        heads = block[_F["valid"].word:size:retire.WORDS]
        clocks = block[_F["clock"].word:size:retire.WORDS]
        values = block[_F["csr_value"].word:size:retire.WORDS]
        trap, v = 1 << _F["trap"].lsb, 4 << _F["mode"].lsb
        mode, next_v = _F["mode"].lsb, 4 << _F["next_mode"].lsb
        hgatp = 1 << _F["csr_write"].lsb | _HGATP << _F["csr_addr"].lsb
        csr = 1 << _F["csr_write"].lsb | 0xFFF << _F["csr_addr"].lsb
        for head, clock, value in zip(heads, clocks, values, strict=True):
            if head & v:
                share = self.guests[self._root]
                if self._pending is not None:
                    name, start = self._pending
                    self.exits[name].append(clock - start)
                    self._pending = None
                if head & trap and not head & next_v:
                    self._pending = (_title(head), clock)
                    self.exits_of[self._root] += 1
            else:
                share = self.hypervisor if head >> mode & 3 == causes.S else self.firmware
                if head & csr == hgatp:
                    self._root = value & _PPN
            share.cycles += clock - self._clock
            share.instructions += not head & trap
            self._clock = clock
        self.records += count

    @property
    def cycles(self) -> int:
        """Core cycles up to the last record."""
        return self._clock

    def summary(self) -> dict[str, Any]:
        """Everything as plain numbers, for JSON."""
        return {
            "records": self.records,
            "cycles": self.cycles,
            "guests": [{**vars(share), "exits": self.exits_of[root]} for root, share in self.guests.items()],
            "hypervisor": vars(self.hypervisor),
            "firmware": vars(self.firmware),
            "exits": {name: prices(samples) for name, samples in sorted(self.exits.items())},
            "all exits": prices([price for samples in self.exits.values() for price in samples]),
        }


def prices(samples: Sequence[int]) -> dict[str, int | None]:
    """Count, minimum, median and 99th percentile (nearest rank; None below P99_SAMPLES) of cycles per exit."""
    ranked = sorted(samples)
    n = len(ranked)
    if not n:
        return {"count": 0, "min": None, "median": None, "p99": None}
    return {"count": n, "min": ranked[0], "median": ranked[(n - 1) // 2],
            "p99": ranked[-(-99 * n // 100) - 1] if n >= P99_SAMPLES else None}


def _title(head: int) -> str:
    interrupt = bool(head >> _F["interrupt"].lsb & 1)
    code = head >> _F["cause"].lsb & 0x3F
    return _TITLES[interrupt].get(code, f"{'interrupt' if interrupt else 'exception'} {code}")
