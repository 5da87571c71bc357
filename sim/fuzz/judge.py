"""One random program on the golden model and on a judge, record against event, until they differ or the program ends."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isa import retire
from isa.csrs import BY_NAME, BY_NUMBER
from isa.profile import PROFILES
from sim import crosscheck, spike
from sim.fuzz import layout
from sim.model import Machine

MAX_RECORDS = 60_000
STEPS_PER_RECORD = 200      # of Spike's bound: a trap burns the rest of a batch
QUALITY_RETIRED = 2_000
QUALITY_VIRTUAL = 0.3       # share of instructions with V=1
MIP = BY_NAME["mip"].number
CONTEXT = 8                 # events before the difference that a report shows

Record = dict[str, int]
Watch = Callable[[Record], None]
Judge = Callable[[Path, Watch], "Result"]


@dataclass
class Result:
    """How a comparison ended. `field`: where they differed first, empty when they agreed; `difference`: the report."""

    records: int = 0
    retired: int = 0
    virtual: int = 0
    ended: bool = False
    field: str = ""
    difference: str = ""

    def count(self, record: Record) -> None:
        """Count one record, which both agree on or not."""
        self.records += 1
        if not record["trap"]:
            self.retired += 1
            self.virtual += record["mode"] >> 2
        self.ended = bool(record["mem_write"]) and record["mem_paddr"] == layout.TOHOST

    @property
    def quality(self) -> bool:
        """Long enough, enough of it in a guest, and ended."""
        return self.ended and self.retired >= QUALITY_RETIRED and self.virtual >= QUALITY_VIRTUAL * self.retired


def unwatched(record: Record) -> None:
    """Look at no record."""


def on_model(elf: Path) -> Iterator[Record]:
    """Records of the golden model, up to the store to tohost or a bound."""
    machine = Machine(PROFILES["spike"], layout.RAM_SIZE)
    machine.load_elf(elf)
    for _ in range(MAX_RECORDS):
        machine.step()
        record = retire.unpack(machine.hart.record)
        yield record
        if record["mem_write"] and record["mem_paddr"] == layout.TOHOST:
            return


def against_spike(elf: Path, watch: Watch = unwatched) -> Result:
    """Model and Spike in step, up to the first difference. Raises SpikeError, ElfError."""
    machine = Machine(PROFILES["spike"], layout.RAM_SIZE)
    image = machine.load_elf(elf)
    crosscheck.after_boot_rom(machine, image.entry)
    result, last = Result(), deque[str](maxlen=CONTEXT)
    events = spike.events(elf, image.entry, MAX_RECORDS * STEPS_PER_RECORD, layout.RAM_SIZE)
    for event in events:
        _forget_storage(event)
        machine.step()                      # time need not follow Spike's: comparators are at their extremes
        record = retire.unpack(machine.hart.record)
        watch(record)
        result.count(record)
        last.append(event.text.rstrip())
        found = crosscheck.mismatches(machine, record, event)
        if found:
            result.field = found[0][0]
            lines = [f"{what}: the model has {mine:#x}, Spike {theirs:#x}" for what, mine, theirs in found]
            result.difference = "\n".join([*last, *lines, describe(record)])
        if found or result.ended or result.records == MAX_RECORDS:
            events.close()
            return result
    result.field, result.difference = "end", "\n".join([*last, "Spike stopped, the model goes on"])
    return result


def _forget_storage(event: spike.Event) -> None:
    """Spike's log also shows where it keeps bits of mip: `mip` without hvip's share when hvip is written, and `mvip`."""
    for number in list(event.csrs):
        if number not in BY_NUMBER or (number == MIP and event.insn >> 20 != MIP):
            del event.csrs[number]


def describe(record: Record) -> str:
    """The fields of a record that are not zero, on one line."""
    return "model: " + " ".join(f"{name}={value:#x}" for name, value in record.items() if value)
