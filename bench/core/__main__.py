"""The performance of the core, exact in cycles: builds the programs, runs them on the RTL, and prints where the cycles went.

    python -m bench.core [--config NAME]... [--program NAME]... [--latency N]... [--lost] [--write]
"""

import argparse
import sys

from rich import table as rich_table
from rich.console import Console

from bench.core.mix import Mix
from bench.core.plan import LATENCIES, Case, measure, mixes, plan
from bench.core.programs import PROGRAMS
from bench.core.report import WHOLE, WORLDS, Results, Table, document, tables
from bench.core.runs import Piece, RunError
from isa.disasm import disassemble
from rtl.config import CONFIGS
from sim.bench.build import BuildError
from sim.bench.session import SimulationError
from sim.programs import ROOT
from sim.toolchain import ToolchainError

WIDTH = 220             # of a table in a file
DOCUMENT = ROOT / "docs" / "performance.md"


def show(table: Table, console: Console) -> None:
    """On the terminal."""
    shown = rich_table.Table(title=table.title.replace("`", ""), title_justify="left")
    for number, header in enumerate(table.headers):
        words = number < table.words
        shown.add_column(header.replace("`", ""), justify="left" if words else "right", no_wrap=not words)
    for row in table.rows:
        shown.add_row(*row)
    console.print(shown)


def lost(case: Case, piece: Piece) -> Table:
    """The instructions at which most cycles were lost."""
    rows = [(f"{at['pc']:x}", disassemble(at["insn"], at["pc"]), at["why"].lower(), f"{at['cycles']:,}", f"{at['times']:,}")
            for at in piece.worst]
    title = f"{case.config}, {piece.name}, {case.compiler}, {WORLDS[case.world]}, latency {case.latency}: cycles lost before"
    return Table(title, ("pc", "instruction", "why", "cycles", "executed"), rows, 3)


def measured(cases: list[Case], console: Console) -> dict[Case, list[Piece]]:
    """All cases, with a word on each while it runs."""
    with console.status("") as status:
        def told(number: int, case: Case) -> None:
            core = case.config if case.h else f"{case.config} without H"
            status.update(f"{number + 1} of {len(cases)}: {core}, {case.program}, {case.compiler}, {WORLDS[case.world]}")

        return dict(measure(cases, told))


def main(arguments: list[str]) -> int:
    """Exit status: 0, or 2 with one sentence on what went wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.core", description="Measure the core, in cycles of the RTL.")
    parser.add_argument("--config", action="append", choices=CONFIGS, help="default: all")
    parser.add_argument("--program", action="append", choices=PROGRAMS, help="default: all")
    parser.add_argument("--latency", action="append", type=int, metavar="N", help="cycles to the first beat; default: 0 and 10")
    parser.add_argument("--lost", action="store_true", help="show the instructions at which most cycles are lost")
    parser.add_argument("--write", action="store_true", help=f"measure everything and write {DOCUMENT.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    if options.write and (options.config or options.program or options.latency):
        parser.error("--write measures everything: leave the other options out")
    if options.latency and min(options.latency) < 0:
        parser.error(f"a latency is not negative: {min(options.latency)}")
    programs = options.program or list(PROGRAMS)
    cases = plan(options.config or list(CONFIGS), options.latency or LATENCIES, programs)
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    try:
        results: Results = measured(cases, console)
        kinds: dict[tuple[str, str], Mix] = {
            (name, compiler): mixes(name, compiler)[0] for name, compiler in
            dict.fromkeys((case.program, case.compiler) for case in cases) if name in WHOLE}
    except (RunError, BuildError, SimulationError, ToolchainError) as error:
        print(f"bench.core: {error}", file=sys.stderr)
        return 2
    for table in tables(results, kinds):
        show(table, console)
    if options.lost:
        for case, pieces in results.items():
            for piece in pieces:
                show(lost(case, piece), console)
    if options.write:
        DOCUMENT.write_text(document(results, kinds), encoding="utf-8")
        console.print(f"written: {DOCUMENT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
