"""A commit log of any core in Spike's format, checked against the golden model.

The log's own content says what it shows: a log without a single trap, memory access or CSR write is not expected to show
any. What it shows before the program's entry (a boot ROM) sets the model's registers.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from isa import platform
from isa.isa_string import profile_of
from isa.profile import PROFILES, Profile
from sim import spike
from sim.beside import FREE, Beside, Diverged, Report
from sim.model import Machine
from sim.model.bits import signed
from sim.model.elf import ElfError
from sim.model.hart import ABSENT
from sim.outcome import BadInput, Outcome, Verdict
from sim.spike import Event

_HEX = "0x[0-9a-fA-F]+"
_WRITE = rf"(?: +(?:[xf] ?\d+|c\d+_\w+|mem) +{_HEX}(?: {_HEX})?| +e\d+ \w+ \w+)"
# Spike's lines, and the same without the first words or without the mode, as others write them.
_COMMIT = re.compile(rf"(?:core +\d+: )?(\d )?({_HEX} \({_HEX}\)(?:{_WRITE})*)\s*\n")
_TRAP = re.compile(rf"core +\d+: (?:exception \w+(?: #\d+)?, epc {_HEX}| +tval {_HEX})\s*\n")
_OTHER = re.compile(rf"core +\d+: (?:{_HEX} \({_HEX}\) .*|>>>> .*)\n|\s*\n")
_PADDED = re.compile(r" x (\d)")
_MARKS = {"modes": re.compile(r"(?:^|: )\d 0x"), "traps": re.compile("exception "), "trap values": re.compile(" tval 0x"),
          "memory accesses": re.compile(" mem 0x"), "CSR writes": re.compile(r" c\d+_")}


@dataclass(frozen=True)
class Settings:
    """The machine that the log is of: `entry` None is that of the ELF; `free` CSRs are not compared."""

    profile: Profile
    ram_base: int = platform.RAM_BASE
    ram_size: int = platform.RAM_SIZE
    entry: int | None = None
    free: frozenset[str] = frozenset()
    max_events: int = 1 << 62


@dataclass
class Checked:
    """So many lines agreed. `report` is the first difference, empty for none; `missing` is what the log does not show."""

    events: int
    report: str = ""
    missing: list[str] = field(default_factory=list)


class Log:
    """A log file. Reading it raises BadInput with the number of a line that makes no sense."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number = 0

    def shows(self) -> dict[str, bool]:
        """Which kinds of things occur in it."""
        found = dict.fromkeys(_MARKS, False)
        for line in self._lines():
            for kind, mark in _MARKS.items():
                found[kind] = found[kind] or mark.search(line) is not None
            if all(found.values()):
                break
        return found

    def events(self) -> Iterator[Event]:
        """Its retirements and traps."""
        try:
            yield from spike.parse(self._checked(self._lines()))
        except KeyError as error:
            raise BadInput(f"line {self._number} of {str(self._path)!r} tells of {error.args[0]!r}, "
                           "which is no exception of RISC-V") from None

    def _lines(self) -> Iterator[str]:
        try:
            with open(self._path, encoding="ascii") as log:
                yield from log
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise BadInput(f"cannot read {str(self._path)!r}: {reason}") from None

    def _checked(self, lines: Iterable[str]) -> Iterator[str]:
        for number, line in enumerate(lines, 1):
            self._number = number
            where = f"line {number} of {str(self._path)!r}"
            if not line.endswith("\n"):
                raise BadInput(f"{where} ends in the middle: {line!r}")
            if commit := _COMMIT.fullmatch(line):
                yield "core   0: " + (commit[1] or "3 ") + _PADDED.sub(r" x\1", commit[2]) + "\n"
            elif _TRAP.fullmatch(line):
                yield line
            elif not _OTHER.fullmatch(line):
                raise BadInput(f"{where} is neither a commit nor a trap: {line.rstrip()!r}")


def profile(isa: str, priv: str, config: str) -> Profile:
    """The hart that the log is of: an ISA string with its modes, or a named configuration. Raises BadInput."""
    if isa and config:
        raise BadInput(f"--isa {isa} and --config {config} contradict each other; give one of them")
    if not isa and config not in ("", *PROFILES):
        raise BadInput(f"no configuration is called {config!r}; there are {', '.join(PROFILES)}")
    try:
        return profile_of(isa, priv) if isa else PROFILES[config or "default"]
    except ValueError as error:
        raise BadInput(str(error)) from error


def outcome(path: Path, elf: Path, settings: Settings) -> Outcome:
    """`check` as the command shows it. Raises BadInput."""
    start = time.monotonic()
    result = check(path, elf, settings)
    verdict = Verdict.DIVERGED if result.report else Verdict.PASS
    missing = f"not compared, because the log shows none: {', '.join(result.missing)}" if result.missing else ""
    return Outcome(verdict, "model beside the log", result.events, time.monotonic() - start, None, result.report or missing)


def check(path: Path, elf: Path, settings: Settings) -> Checked:
    """Compare a log with what the model does with the ELF. Raises BadInput."""
    machine = _machine(elf, settings)
    log = Log(path)
    shows = log.shows()
    missing = [kind for kind, shown in shows.items() if not shown]
    beside = Beside(machine, memory=shows["memory accesses"], traps=shows["traps"], free=FREE | settings.free)
    entry = machine["pc"]
    started = False
    for event in log.events():
        started = started or event.pc == entry
        if not started:
            machine.hart.w(max(event.rd, 0), signed(event.rd_value))
            continue
        try:
            beside.follow(_report(event, shows))
        except Diverged as difference:
            return Checked(beside.count, str(difference), missing)
        if beside.count == settings.max_events:
            break
    if not started:
        raise BadInput(f"{str(path)!r} does not show the instruction at the entry of {str(elf)!r}, {entry:#x}")
    return Checked(beside.count, "", missing)


def _machine(elf: Path, settings: Settings) -> Machine:
    """Raises BadInput."""
    try:
        machine = Machine(settings.profile, settings.ram_size, ram_base=settings.ram_base)
        machine.load_elf(elf)
        if settings.entry is not None:
            machine["pc"] = settings.entry
    except (ElfError, ValueError) as error:
        raise BadInput(str(error)) from error
    for name in settings.free:
        if name not in machine.hart.csrs.by_name:
            raise BadInput(f"there is no CSR called {name!r} in {settings.profile.name}")
    return machine


def _report(event: Event, shows: dict[str, bool]) -> Report:
    if event.trap:
        return Report(event.pc, event.text, trap=True, interrupt=event.interrupt, cause=event.cause,
                      tval=event.tval if shows["trap values"] else ABSENT)
    return Report(event.pc, event.text, event.insn, event.mode if shows["modes"] else ABSENT, max(event.rd, 0),
                  event.rd_value if event.rd > 0 else 0, loads=tuple((address, ABSENT, ABSENT) for address in event.loads),
                  stores=event.stores, csrs=event.csrs)
