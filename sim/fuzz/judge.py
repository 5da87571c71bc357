"""One random program on the golden model and on a judge, record against event, until they differ or the program ends."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path

from isa.retire import FIELDS, Words
from sim import crosscheck, spike
from sim.fuzz import layout
from sim.fuzz.values import SPIKE
from sim.model import Machine

MAX_RECORDS = 60_000
STEPS_PER_RECORD = 200      # of Spike's bound: a trap burns the rest of a batch
SECONDS = 120.0             # a program that waits for ever is stopped
QUALITY_RETIRED = 2_000
QUALITY_VIRTUAL = 0.3       # share of instructions with V=1

Watch = Callable[[Machine, Words], None]
Judge = Callable[[Path, Watch], "Result"]

TRAP, _WRITE = 1 << FIELDS["trap"].lsb, 1 << FIELDS["mem_write"].lsb
VIRTUAL = FIELDS["mode"].lsb + 2
_PADDR = FIELDS["mem_paddr"].word


@dataclass
class Result:
    """How a comparison ended. `field`: where they differed first, empty when they agreed; `difference`: the report, also of
    a program that does not end.

    `used`: how often each known difference of the judge was needed. `seen`: records by what coverage looks at in them, from
    a judge that runs the model elsewhere.
    """

    records: int = 0
    retired: int = 0
    virtual: int = 0
    ended: bool = False
    field: str = ""
    difference: str = ""
    used: Counter[str] = default(default_factory=Counter)
    seen: Counter[tuple[int, int]] = default(default_factory=Counter)

    def count(self, words: Words) -> None:
        """Count one record, which both agree on or not."""
        self.records += 1
        flags = words[0]
        if not flags & TRAP:
            self.retired += 1
            self.virtual += flags >> VIRTUAL & 1
            self.ended = bool(flags & _WRITE) and words[_PADDR] == layout.TOHOST

    @property
    def counts(self) -> bool:
        """Long enough, enough of it in a guest, and ended: no endless loop of traps."""
        return self.ended and self.retired >= QUALITY_RETIRED and self.virtual >= QUALITY_VIRTUAL * self.retired


def unwatched(machine: Machine, words: Words) -> None:
    """Look at no step."""


def on_model(elf: Path) -> Iterator[Machine]:
    """The golden model after each step, up to the store to tohost or a bound."""
    machine, result = Machine(SPIKE.profile, layout.RAM_SIZE), Result()
    machine.load_elf(elf)
    while not result.ended and result.records < MAX_RECORDS:
        machine.step()
        result.count(machine.hart.record)
        yield machine


def against_spike(elf: Path, watch: Watch = unwatched) -> Result:
    """Model and Spike in step, up to the first difference. Raises SpikeError, ElfError."""
    machine = Machine(SPIKE.profile, layout.RAM_SIZE)
    image = machine.load_elf(elf)
    crosscheck.after_boot_rom(machine, image.entry)
    result, last = Result(), deque[spike.Event](maxlen=crosscheck.CONTEXT)
    events = spike.events(elf, image.entry, MAX_RECORDS * STEPS_PER_RECORD, layout.RAM_SIZE, SPIKE.profile, SECONDS)
    try:
        for event in events:
            machine.step()                  # time need not follow Spike's: comparators are at their extremes
            words = machine.hart.record
            watch(machine, words)
            result.count(words)
            last.append(event)
            if found := crosscheck.mismatches(machine, words, event, result.used):
                result.field, result.difference = found[0][0], crosscheck.report(last, machine, found)
            if found or result.ended or result.records == MAX_RECORDS:
                return result
    finally:
        events.close()
    result.difference = crosscheck.report(last, machine, []) + "\nSpike reached its bound, and the program has not ended"
    return result
