"""python -m sim.bench.mutants: which test sees each fault that is planted in the core, and how soon.

One build of the SoC holds all faults, those of `faults.py` and some that are drawn by seed (`draw.py`). The suite of each is
every test program on a fast bus, then on a slow one among interrupts, then random programs; it ends with the first that
sees the fault. What none of them sees the unit's own bench may.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console

from rtl.config import CONFIGS
from sim.bench.build import ROOT, Model
from sim.bench.draw import drawn
from sim.bench.faults import FAULTS
from sim.bench.job import Job, Verdict
from sim.bench.mutate import Mutation, build_soc_mutants
from sim.bench.session import Session
from sim.fuzz import layout, on_rtl
from sim.fuzz.generator import Options, generate
from sim.programs import all_programs, build_program

CONFIG = "linux"            # has all there is
DRAWN, SEED = 30, 1
RANDOM_PROGRAMS = 24
LONGEST = 60_000            # records
DEAD = 20_000               # cycles without a retirement
AMONG = {"stall_chance": 0.5, "stall_longest": 7, "irq_chance": 0.01, "irq_longest": 40, "seed": 1, "max_records": 4_000}
SEEN = (Verdict.DIVERGED, Verdict.QUIET, Verdict.BROKEN)
BENCH_SECONDS = 600


@dataclass(frozen=True)
class Trial:
    """A run of the suite. `passes`: without a fault the program says that all is well."""

    name: str
    job: Job
    passes: bool


@dataclass(frozen=True)
class Kill:
    """What saw a fault, what it looked like, and after how many records and cycles."""

    test: str
    verdict: str
    records: int = 0
    cycles: int = 0

    def __str__(self) -> str:
        soon = f" after {self.records:,} records, {self.cycles:,} cycles" if self.cycles else ""
        return f"{self.test}: {self.verdict}{soon}"


def suite(config: str, folder: Path) -> list[Trial]:
    """The tests in their order; random programs are written to `folder`."""
    out = []
    programs = [(source.stem, str(build_program(source))) for source in all_programs(CONFIGS[config].profile)]
    plain = Job(elf="", config=config, max_records=LONGEST, quiet_limit=DEAD)
    out += [Trial(name, replace(plain, elf=elf), True) for name, elf in programs]
    out += [Trial(f"{name} among interrupts", Job(**{**vars(plain), "elf": elf, **AMONG}), False) for name, elf in programs]
    for seed in range(RANDOM_PROGRAMS):
        path = folder / f"seed-{seed}.elf"
        path.write_bytes(generate(seed, Options(limits=on_rtl.limits(config))).elf())
        job = Job(**{**vars(plain), "elf": str(path), "ram_size": layout.RAM_SIZE, **on_rtl.disturbance(seed)})
        out.append(Trial(f"random program {seed}", job, False))
    return out


def hunt(session: Session, number: int, tests: Sequence[Trial]) -> Kill | None:
    """Run the tests until one sees the fault of this number; None: none does. Raises Refused, SimulationError."""
    for test in tests:
        result = session.run(replace(test.job, mutant=number))
        if result.verdict in SEEN or (test.passes and result.verdict is Verdict.FAIL):
            return Kill(test.name, result.verdict.value, result.records, result.cycles)
    return None


def by_its_bench(mutation: Mutation) -> Kill | None:
    """The tests of the file that the fault is in, on a copy of the sources with the fault in it for good."""
    bench = Path("tests") / Path(mutation.file).parent / f"test_{Path(mutation.file).name}"
    if not (ROOT / bench).exists():
        return None
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in ("isa", "rtl", "sim", "tests", "vmm_firmware"):
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        path = copy / mutation.file
        path.write_text(path.read_text().replace(mutation.old, mutation.new.replace("FAULT", "C(1, 1)")))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(bench)]
        try:
            ran = subprocess.run(command, cwd=copy, env={**os.environ, "PYTHONPATH": name}, capture_output=True, check=False,
                                 timeout=BENCH_SECONDS)
        except subprocess.TimeoutExpired:
            return Kill(str(bench), "does not end")
    return Kill(str(bench), "fails") if ran.returncode else None


def hunt_all(model: Model, orders: Sequence[Sequence[Trial]], workers: int) -> Iterator[Kill | None]:
    """What sees each fault, from number 1 on, by the tests in its own order."""
    idle: SimpleQueue[Session] = SimpleQueue()

    def one(number: int) -> Kill | None:
        session = idle.get()
        try:
            return hunt(session, number, orders[number - 1])
        finally:
            idle.put(session)

    sessions = [Session(model).__enter__() for _ in range(workers)]
    try:
        for session in sessions:
            idle.put(session)
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(one, range(1, len(orders) + 1))
    finally:
        for session in sessions:
            session.__exit__(None, None, None)


def main() -> int:
    """The command line; 1 when a planted fault survives, or the core fails without one."""
    parser = argparse.ArgumentParser(prog="python -m sim.bench.mutants", description="Faults in the core, and what sees them.")
    parser.add_argument("--config", default=CONFIG, choices=sorted(CONFIGS))
    parser.add_argument("--drawn", type=int, default=DRAWN, help="Faults drawn by seed beside those that are planted.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    console = Console(highlight=False, soft_wrap=True, markup=False)
    planted = [fault.mutation for fault in FAULTS]
    random = drawn(arguments.seed, arguments.drawn, arguments.config, planted)
    mutations = planted + random
    areas = [fault.area for fault in FAULTS] + ["drawn"] * len(random)
    killed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        tests = suite(arguments.config, Path(folder))
        # The program that is known to see a fault goes first.
        known = [fault.program for fault in FAULTS] + [""] * len(random)
        orders = [sorted(tests, key=lambda test, program=program: test.name != program) for program in known]  # type: ignore[misc]
        model = build_soc_mutants(mutations, arguments.config)
        with Session(model) as session:
            if wrong := hunt(session, 0, tests):
                console.print(f"Without any fault the core fails: {wrong}.")
                return 1
        for mutation, area, kill in zip(mutations, areas, hunt_all(model, orders, arguments.workers), strict=True):
            kill = kill or by_its_bench(mutation)
            killed[area] += kill is not None
            console.print(f"{area}: {mutation.name}\n    {kill or 'SURVIVES'}")
    for area, number in Counter(areas).items():
        console.print(f"{area:24} {killed[area]} of {number}")
    console.print(f"{'planted':24} {killed.total() - killed['drawn']} of {len(FAULTS)}")
    return int(killed.total() - killed["drawn"] < len(FAULTS))


if __name__ == "__main__":
    sys.exit(main())
