"""Exits by what a guest was about: it writes a label to sscratch, which costs it one instruction and the hypervisor nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from isa import csrs, retire
from sim.stats import prices

_F = retire.FIELDS
_SSCRATCH = csrs.BY_NAME["sscratch"].number
_VSSCRATCH = csrs.BY_NAME["vsscratch"].number


@dataclass
class Labelled:
    """Consumes blocks of records in order. The price of an exit is what it is in sim.stats; instructions are counted, too.

    Samples are kept by label and cause: bit 6 for interrupts, the exception code below it. `spent` are the core cycles of a
    guest's own records by label; `successors` counts exits by label, cause and the label of the next instruction in a guest.
    """

    cycles: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    instructions: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    spent: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    successors: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    _clock: int = 0
    _label: int = 0         # of the guest that runs: the hypervisor loads its vsscratch when it comes in
    _pending: tuple[tuple[int, int], int] | None = None
    _count: int = 0

    def feed(self, block: Sequence[int], count: int) -> None:
        """Count `count` records; `block` holds at least count * retire.WORDS unsigned 64-bit words."""
        size = count * retire.WORDS
        heads = block[_F["valid"].word:size:retire.WORDS]
        clocks = block[_F["clock"].word:size:retire.WORDS]
        values = block[_F["csr_value"].word:size:retire.WORDS]
        v, next_v = 4 << _F["mode"].lsb, 4 << _F["next_mode"].lsb
        trap, write = 1 << _F["trap"].lsb, 1 << _F["csr_write"].lsb
        address, cause, interrupt = _F["csr_addr"].lsb, _F["cause"].lsb, _F["interrupt"].lsb
        for head, clock, value in zip(heads, clocks, values, strict=True):
            if head & write and head >> address & 0xFFF == (_SSCRATCH if head & v else _VSSCRATCH):
                self._label = value
            passed, self._clock = clock - self._clock, clock
            if not head & v:
                self._count += 1
                continue
            self.spent[self._label] += passed
            if self._pending is not None:
                key, start = self._pending
                self.cycles[key].append(clock - start)
                self.instructions[key].append(self._count)
                self.successors[*key, self._label] += 1
                self._pending = None
            if head & trap and not head & next_v:
                code = head >> cause & 0x3F | (head >> interrupt & 1) << 6
                self._pending, self._count = ((self._label, code), clock), 0

    def summary(self) -> dict[str, Any]:
        """Plain numbers for JSON. `label/cause`: cycles as in sim.stats.prices, their sum, and the median of the instructions;
        `spent` by label; `successors` by `label/cause/label`.
        """
        return {**{f"{label}/{cause}": {**prices(samples), "sum": sum(samples),
                                        "instructions": prices(self.instructions[label, cause])["median"]}
                   for (label, cause), samples in sorted(self.cycles.items())},
                "spent": {str(label): cycles for label, cycles in sorted(self.spent.items())},
                "successors": {"/".join(map(str, key)): count for key, count in sorted(self.successors.items())}}
