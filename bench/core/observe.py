"""Sees a run on the RTL from inside the simulation (`Job.statistics`): for each measured piece its cycles, what they were spent
on, and which instructions they were lost at."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.core.account import Account, Spent
from bench.core.mix import MARK, MARK_MASK
from isa import retire

WORST = 40      # places of a piece that are told
_CLOCK, _PC, _INSN = (retire.FIELDS[name].word for name in ("clock", "pc", "insn"))
_TRAP = 1 << retire.FIELDS["trap"].lsb


class Observer:
    """Consumer of records and of the activity of each cycle. The marks are those of `bench.core.mix`.

    A piece lasts from the cycle behind its first mark to that of its second. A cycle without a retirement is lost at the
    instruction that the pipeline then waited for: the next one that retires or traps.
    """

    def __init__(self) -> None:
        self._account = Account()
        self._pieces: list[dict[str, Any]] = []
        self._since = -1                            # clock of the first mark, while a piece is being measured
        self._clock = 0                             # of the last record
        self._records = self._traps = 0
        self._times: Counter[int] = Counter()       # each pc
        self._lost: Counter[tuple[int, int]] = Counter()        # cycles at a pc, for a reason
        self._insns: dict[int, int] = {}

    def observe(self, activity: Sequence[int]) -> None:
        """What the pipeline did in the next cycles."""
        self._account.feed(activity)

    def feed(self, block: Sequence[int], count: int) -> None:
        """The next `count` records, of cycles that were observed."""
        size = count * retire.WORDS
        heads, insns, pcs, clocks = (block[word:size:retire.WORDS] for word in (0, _INSN, _PC, _CLOCK))
        for head, insn, pc, clock in zip(heads, insns, pcs, clocks, strict=True):
            if self._since >= 0:
                self._record(head, insn, pc, clock)
            if insn & MARK_MASK == MARK:
                if self._since >= 0:
                    self._close(clock)
                else:
                    self._since = clock
            self._clock = clock

    def _record(self, head: int, insn: int, pc: int, clock: int) -> None:
        self._records += 1
        self._traps += head & _TRAP != 0
        self._times[pc] += 1
        if clock - self._clock > 1:
            self._insns[pc] = insn & 0xFFFF_FFFF
            for kind in self._account.spent[self._clock + 1:clock]:
                self._lost[pc, kind] += 1

    def _close(self, clock: int) -> None:
        spent = self._account.spent[self._since + 1:clock + 1]
        self._pieces.append({
            "cycles": len(spent),
            "instructions": self._records - self._traps,
            "traps": self._traps,
            "spent": {kind.name: spent.count(kind) for kind in Spent},
            "worst": [{"pc": pc, "insn": self._insns[pc], "why": Spent(kind).name, "cycles": cycles, "times": self._times[pc]}
                      for (pc, kind), cycles in self._lost.most_common(WORST)],
        })
        self._since = -1
        self._records = self._traps = 0
        self._times.clear()
        self._lost.clear()

    def summary(self) -> list[dict[str, Any]]:
        """The pieces in the order of their measurement, as plain data."""
        return self._pieces
