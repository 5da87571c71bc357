"""The tables of what was measured, for a terminal and for docs/performance.md."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.core.account import TITLES, Spent
from bench.core.mix import Mix
from bench.core.plan import Case
from bench.core.programs import World
from bench.core.runs import EVENTS, Piece

Results = Mapping[Case, list[Piece]]
WHOLE = ("blend", "records")        # programs of one piece; the others are tables of pieces
WORLDS = {World.M: "M-mode", World.HS: "HS-mode", World.VS4K: "guest, 4 KiB", World.VS2M: "guest, 2 MiB"}
MIX_TITLES = {"loads": "loads", "used_next": "... used next", "stores": "stores", "branches": "branches", "taken": "... taken",
              "jumps": "jumps", "products": "MUL, DIV", "system": "system"}


@dataclass(frozen=True)
class Target:
    """A figure that is wanted: at least `least`, of the program `blend` on a configuration."""

    what: str
    config: str
    compiler: str
    world: World
    least: float

    def value(self, results: Results, latency: int) -> float | None:
        """The figure, or None when it was not measured: IPC in HS-mode, for a guest the ratio to that."""
        case = Case(self.config, True, "blend", self.compiler, self.world, latency)
        return (_ratio(results, case.native, case) if case.world.guest else results[case][0].ipc) if case in results else None


TARGETS = (
    *(Target(f"IPC, {compiler}", "linux", compiler, World.HS, 0.95) for compiler in ("gcc -O2", "gcc -O3 Zb*")),
    *(Target(f"guest / HS-mode, {WORLDS[world]} G-stage pages", config, "gcc -O2", world, 0.97)
      for config in ("default", "linux") for world in (World.VS4K, World.VS2M)),
)


@dataclass(frozen=True)
class Table:
    """Text cells under headers; the first `words` columns are words, the others numbers."""

    title: str
    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]
    words: int = 1

    def markdown(self) -> str:
        """As a table of a page."""
        marks = ["---" if n < self.words else "---:" for n in range(len(self.headers))]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in (self.headers, marks, *self.rows))


def _ratio(results: Results, of: Case, to: Case) -> float | None:
    """Cycles of one case over those of another."""
    if of not in results or to not in results:
        return None
    return sum(piece.cycles for piece in results[of]) / sum(piece.cycles for piece in results[to])


def percent(value: float | None) -> str:
    """With one decimal; never 100.0 % for what is not exactly all."""
    if value is None:
        return "-"
    text = f"{value:.1%}"
    return f"{value:.3%}" if text == "100.0%" and value != 1 else text


def tables(results: Results, mixes: Mapping[tuple[str, str], Mix]) -> Iterator[Table]:
    """Everything, in the order of the page; a table without rows is left out."""
    latencies = sorted({case.latency for case in results})
    configs = list(dict.fromkeys(case.config for case in results))
    made = [_targets(results, latencies), _mixes(mixes)]
    for config in configs:
        made += [_speeds(results, config), _losses(results, config), _events(results, config)]
    for program in dict.fromkeys(case.program for case in results if case.program not in WHOLE):
        made += [_pieces(results, program, latency, configs) for latency in latencies]
    yield from (table for table in made if table.rows)


def _targets(results: Results, latencies: Sequence[int]) -> Table:
    rows = []
    for target in TARGETS:
        values = [target.value(results, latency) for latency in latencies]
        if None not in values:
            shown = [percent(value) if target.world.guest else f"{value:.3f}" for value in values]
            wanted = percent(target.least) if target.world.guest else f"{target.least:.2f}"
            verdict = "reached" if all(value is not None and value >= target.least for value in values) else "missed"
            rows.append((target.what, target.config, wanted, verdict, *shown))
    return Table("What is wanted of `blend`", ("figure", "configuration", "at least", "", *map(_memory, latencies)), rows, 4)


def _memory(latency: int) -> str:
    return f"memory after {latency}" if latency else "memory at once"


def _mixes(mixes: Mapping[tuple[str, str], Mix]) -> Table:
    rows = [(program, compiler, f"{mix.instructions:,}", *(percent(mix.share(name)) for name in MIX_TITLES))
            for (program, compiler), mix in mixes.items()]
    return Table("Instructions", ("program", "compiler", "instructions", *MIX_TITLES.values()), rows, 2)


def _cases(results: Results, config: str) -> list[Case]:
    """Programs of one piece on a configuration with H, in HS-mode."""
    return [case for case in results if case.config == config and case.h and case.program in WHOLE and case.world is World.HS]


def _speeds(results: Results, config: str) -> Table:
    rows = []
    for case in _cases(results, config):
        piece = results[case][0]
        ratios = [_ratio(results, case, replace(case, world=world)) for world in (World.M, World.VS4K, World.VS2M)]
        rows.append((case.program, case.compiler, str(case.latency), f"{piece.cycles:,}", f"{piece.ipc:.3f}",
                     *map(percent, ratios), percent(_ratio(results, case.without_h, case))))
    return Table(f"`{config}`: cycles in HS-mode, and the speed of the other worlds beside it",
                 ("program", "compiler", "latency", "cycles", "IPC", "M-mode", *(WORLDS[w] for w in (World.VS4K, World.VS2M)),
                  "no H / H"), rows, 2)


def _losses(results: Results, config: str) -> Table:
    rows = []
    for native in _cases(results, config):
        for case in (native, replace(native, world=World.VS4K)):
            if case in results:
                piece = results[case][0]
                rows.append((case.program, case.compiler, WORLDS[case.world], str(case.latency),
                             *(percent(piece.share(kind)) for kind in Spent)))
    return Table(f"`{config}`: where the cycles went", ("program", "compiler", "world", "latency", *TITLES.values()), rows, 3)


def _events(results: Results, config: str) -> Table:
    rows = []
    for native in _cases(results, config):
        for case in (native, replace(native, world=World.VS4K)):
            if case in results and results[case][0].hpm:
                piece = results[case][0]
                rows.append((case.program, case.compiler, WORLDS[case.world], str(case.latency),
                             *(f"{1000 * count / piece.instructions:.2f}" for count in piece.hpm)))
    return Table(f"`{config}`: events in 1,000 instructions", ("program", "compiler", "world", "latency", *EVENTS), rows, 3)


def _pieces(results: Results, program: str, latency: int, configs: Sequence[str]) -> Table:
    cases = [case for config in configs for case in results
             if (case.config, case.program, case.latency, case.h) == (config, program, latency, True)]
    names = list(dict.fromkeys(piece.name for case in cases for piece in results[case]))
    rows = []
    for name in names:
        found = [next((piece for piece in results[case] if piece.name == name), None) for case in cases]
        rows.append((name, *("-" if piece is None else f"{piece.cycles / piece.count:.1f}" for piece in found)))
    return Table(f"`{program}`: cycles each, {_memory(latency)}",
                 (program, *(f"`{case.config}`, {WORLDS[case.world]}" for case in cases)), rows)


def document(results: Results, mixes: Mapping[tuple[str, str], Mix]) -> str:
    """docs/performance.md."""
    parts = [INTRODUCTION]
    parts += [f"\n## {table.title}\n\n{table.markdown()}" for table in tables(results, mixes)]
    return "\n".join(parts) + "\n"


INTRODUCTION = """# Performance of the core

Written by `make bench` (`python -m bench.core --write`), which measures all of it again. Cycles are exact and the same on every
machine: they are those of the RTL, simulated. With `latency` 0 every instruction was compared with the golden model.

- **Programs** (`bench/programs/core/`), all our own: `blend` has what CoreMark has: a linked list that is searched, sorted and
  turned round, a small matrix of 16-bit numbers, a machine of states that reads numbers, CRC-16; `records` copies and compares
  strings and calls small functions, as Dhrystone does; `chase` follows one pointer a page through ever more pages; `traps`
  makes round trips through a vector that saves what it changes: the price of trap, return and the few instructions between.
- **Worlds**: M-mode; HS-mode under Sv39; VS-mode under Sv39 and Sv39x4 with 4-KiB pages in the VS-stage, and in the G-stage
  pages of 4 KiB or 2 MiB. The same C at the same addresses.
- Each work is done once to warm up and once on the clock, between two reads of `cycle`. Its result is checked.
- **Memory** answers the first beat of an access after `latency` cycles and the others of a burst one a cycle.
- A percentage of a world is the speed there beside HS-mode (100 %: as fast); *no H / H* is the cycles that the core without the
  hypervisor extension needs for it, in those of the core with it.
- **Where the cycles went**: each cycle either retires an instruction or is counted under what kept the next one away
  ([activity.md](activity.md)): an operand that a load right before brings (*load-use*) or that some other slow result brings, a
  division, the way back from a mispredicted branch, a front end with nothing to deliver, a data access, a page walk, a trap or
  another flush."""
