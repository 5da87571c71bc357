"""One measured program on the RTL: what the program says of itself, and what the observer saw."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.core.account import Spent
from sim.bench.job import Job, Result, Verdict
from sim.bench.session import Session

ROW = struct.Struct("<16s8Q")       # struct measurement of bench/programs/core/bench.h
EVENTS = ("branch misses", "fetch misses", "data misses", "TLB misses")     # its hpm counters
MAX_CYCLES = 50_000_000
STATISTICS = "bench.core.observe:Observer"


class RunError(Exception):
    """A program did not do its work; one sentence."""


@dataclass(frozen=True)
class Piece:
    """One measurement: cycles by cause in `spent`, EVENTS in `hpm` (empty without Zihpm), `worst` as the observer has it."""

    name: str
    count: int
    result: int
    cycles: int
    instructions: int
    traps: int
    spent: dict[str, int]
    hpm: tuple[int, ...] = ()
    worst: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ipc(self) -> float:
        """Retired instructions per cycle."""
        return self.instructions / self.cycles

    def share(self, kind: Spent) -> float:
        """Of the cycles."""
        return self.spent[kind.name] / self.cycles


def rows(signature: bytes) -> list[tuple[str, tuple[int, ...]]]:
    """Name and numbers of each measurement in the memory of a program."""
    found = []
    for name, *numbers in ROW.iter_unpack(signature):
        if name[0]:
            found.append((name.rstrip(b"\0").decode("ascii"), tuple(numbers)))
    return found


def pieces(signature: bytes, seen: Sequence[dict[str, Any]]) -> list[Piece]:
    """What the program measured and what was seen from outside, together. Raises RunError where the two contradict."""
    table = rows(signature)
    if len(table) != len(seen):
        raise RunError(f"the program has {len(table)} measurements, {len(seen)} were seen")
    out = []
    for (name, (cycles, _, count, result, *hpm)), view in zip(table, seen, strict=True):
        if cycles != view["cycles"]:
            raise RunError(f"{name!r} took {cycles} cycles by mcycle, {view['cycles']} were seen")
        out.append(Piece(name, count, result, cycles, view["instructions"], view["traps"], view["spent"],
                         tuple(hpm) if any(hpm) else (), view["worst"]))
    return out


def run(session: Session, elf: Path, config: str, latency: int, check: bool) -> list[Piece]:
    """All measurements of one program. Raises RunError when it does not pass."""
    result: Result = session.run(Job(
        elf=str(elf), config=config, latency=latency, check=check, signature=True, statistics=STATISTICS, activity=True,
        max_cycles=MAX_CYCLES))
    if result.verdict is not Verdict.PASS:
        raise RunError(f"{elf.name} ended with {result.verdict.value}: {result.detail or f'code {result.code}'}")
    return pieces(bytes.fromhex(result.signature), result.statistics)
