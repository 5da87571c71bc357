"""python -m sim.bench.coverage: which lines and branches of the core's Verilog the programs of the suite have run.

Every test program, on a fast, a slow and a failing bus, the demo of the hypervisor, and some random programs, each in lockstep
in a process of its own. `unreachable.py` says what cannot run and why; the rest of what has not run is listed with its line.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from rtl.config import CONFIGS
from sim.bench.build import ROOT, Features, build_soc, soc_verilog
from sim.bench.conditions import Verilog
from sim.bench.job import BusError, Job
from sim.bench.session import Session
from sim.bench.unreachable import Row, explanation, rows
from sim.firmware import build_firmware
from sim.fuzz import layout, on_rtl
from sim.fuzz.generator import Options, generate
from sim.programs import all_programs, build_program, fits

_POINT = re.compile(r"\x01f\x02(?P<file>[^\x01]*)\x01l\x02(?P<line>\d+).*\x01page\x02v_(?P<kind>\w+)/(?P<module>[^\x01]*)"
                    r"\x01o\x02(?P<what>[^\x01]*).*' (?P<count>\d+)$")
RANDOM_PROGRAMS = 40
LONGEST = 60_000
LOST = 0x8001_C010          # in tests/lockstep/bus_error.S
LEAF = 0x8000_1080          # in tests/lockstep/update_error.S
BUSES: tuple[dict[str, Any], ...] = ({}, {"stall_chance": 0.5, "stall_longest": 7, "seed": 1, "max_records": 4000},
         *({"error_chance": chance, "seed": seed, "max_records": 4000, "quiet_limit": 10_000}
           for chance, seed in ((0.02, 2), (0.02, 3), (0.1, 4))))


@dataclass(frozen=True, order=True)
class Point:
    """One line or one way of a branch in the Verilog. `module`: path of the unit, without the numbers Yosys adds."""

    module: str
    line: int
    what: str


def parse(text: str) -> Counter[Point]:
    """How often each point of the design has run, from what Verilator writes."""
    out: Counter[Point] = Counter()
    for match in filter(None, map(_POINT.search, text.splitlines())):
        if Path(match["file"]).name == "soc.v":
            module = re.sub(r"\$\d+", "", match["module"])
            out[Point(module, int(match["line"]), f"{match['kind']} {match['what']}")] += int(match["count"])
    return out


def jobs(config: str, folder: Path) -> Iterator[Job]:
    """Everything that is run on this configuration; random programs are written to `folder`."""
    profile = CONFIGS[config].profile
    for source in all_programs(profile):
        for bus in BUSES:
            yield Job(**{"elf": str(build_program(source)), "config": config, "max_records": LONGEST, **bus})
    yield Job(elf=str(build_firmware()), config=config)
    # The write-back of this program's word fails: what no random error does.
    yield Job(elf=str(build_program(ROOT / "tests" / "lockstep" / "bus_error.S")), config=config, max_records=LONGEST,
              errors=[BusError(LOST, LOST + 7, fetch=False, read=False)])
    # Likewise the write of A and D: the entry has just been read, and an error at random would meet that first.
    update = ROOT / "tests" / "lockstep" / "update_error.S"
    if fits(update, profile):
        yield Job(elf=str(build_program(update)), config=config, max_records=LONGEST,
                  errors=[BusError(LEAF, LEAF + 7, fetch=False, read=False)])
    for seed in range(RANDOM_PROGRAMS):
        path = folder / f"seed-{seed}.elf"
        path.write_bytes(generate(seed, Options(limits=on_rtl.limits(config))).elf())
        yield Job(elf=str(path), config=config, ram_size=layout.RAM_SIZE, max_records=LONGEST, **on_rtl.disturbance(seed))


def measure(config: str, workers: int) -> Counter[Point]:
    """Run everything; the sum of what each run has done. Raises BuildError, SimulationError."""
    model = build_soc(config, Features(covered=True))

    def one(job: Job) -> Counter[Point]:
        with Session(model) as session:
            session.run(job)
        return parse(session.coverage)

    total: Counter[Point] = Counter()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        for counts in pool.map(one, jobs(config, Path(folder))):
            for point, count in counts.items():
                total[point] += count
    return total


def report(counts: Counter[Point], source: Verilog, reasons: Sequence[Row]) -> tuple[Table, list[str]]:
    """A table with one row per unit, and a line for each point that has neither run nor a reason not to, and each wrong reason.

    A reason is wrong when it explains no point that has not run, or one that has.
    """
    table = Table("unit", "points", "run", "cannot run", "missing")
    totals = [0, 0, 0, 0]
    used: set[Row] = set()
    wrong = []
    for module in sorted({point.module for point in counts}):
        idle = missing = 0
        mine = sorted(point for point in counts if point.module == module)
        for point in mine:
            shown = list(source.point(point.line, point.what))
            reason = explanation(reasons, module, shown)
            here = f"{module}: line {point.line}, {shown[0]}"
            if counts[point]:
                if reason:
                    wrong.append(f"{_name(reason)} fits what has run, {here}")
                continue
            idle += 1
            if reason:
                used.add(reason)
            else:
                missing += 1
                wrong.append(here)
        row = [len(mine), len(mine) - idle, idle - missing, missing]
        totals = [a + b for a, b in zip(totals, row, strict=True)]
        table.add_row(module, *map(str, row))
    table.add_section()
    table.add_row("all", *map(str, totals))
    wrong += [f"{_name(row)} fits no point that has not run" for row in reasons if row not in used]
    return table, wrong


def _name(row: Row) -> str:
    return f"unreachable.py: {row.module!r}, {row.text!r}"


def main() -> int:
    """The command line; status 1 when a point is missing or a reason is wrong."""
    parser = argparse.ArgumentParser(prog="python -m sim.bench.coverage", description="Lines of the core that have run.")
    parser.add_argument("--config", action="append", choices=sorted(CONFIGS), help="may be repeated; without it, all")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    console = Console(highlight=False)
    status = 0
    for config in arguments.config or CONFIGS:
        # Before the runs: rtl/ may change meanwhile, and lines are of the Verilog that is measured.
        source = Verilog(soc_verilog(config).read_text().splitlines())
        table, wrong = report(measure(config, arguments.workers), source, list(rows(CONFIGS[config])))
        table.title = config
        console.print(table)
        for line in wrong:
            console.print(line, markup=False, soft_wrap=True)
        status |= bool(wrong)
    return status


if __name__ == "__main__":
    sys.exit(main())
