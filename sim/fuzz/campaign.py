"""Many random programs against a judge: in parallel, with progress, resumable, every failure kept.

Each finished seed is a line of `results.jsonl` in the output folder, marked with a fingerprint of the generator: a second
run with the same sources goes on where the first stopped.
"""

import hashlib
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from dataclasses import field as default
from pathlib import Path

from sim.fuzz.coverage import Coverage
from sim.fuzz.generator import DEFAULT, Options, generate
from sim.fuzz.judge import Judge, Result, unwatched
from sim.fuzz.program import Program
from sim.fuzz.shrink import shrink
from sim.fuzz.values import Limits

SOURCES = Path(__file__).parent


@dataclass
class Seed:
    """Verdict on one program."""

    seed: int
    records: int
    retired: int
    virtual: int
    quality: bool
    ended: bool
    field: str
    seconds: float
    fingerprint: str
    difference: str = ""
    coverage: Coverage = default(default_factory=Coverage)

    @property
    def good(self) -> bool:
        """Both agreed to the program's end."""
        return self.ended and not self.field


@dataclass
class Summary:
    """Verdicts so far."""

    total: int
    seeds: list[Seed] = default(default_factory=list)
    coverage: Coverage = default(default_factory=Coverage)

    def add(self, seed: Seed) -> None:
        """Count one more."""
        self.seeds.append(seed)
        self.coverage.add(seed.coverage)

    @property
    def failed(self) -> list[Seed]:
        """Those that differed or did not end."""
        return [s for s in self.seeds if not s.good]

    def text(self) -> str:
        """Counts, one line each, and one line for each failing seed."""
        retired = sum(s.retired for s in self.seeds)
        virtual = sum(s.virtual for s in self.seeds)
        good = sum(s.quality for s in self.seeds)
        lines = [f"{len(self.seeds):,} of {self.total:,} programs, {retired:,} instructions, "
                 f"{100 * virtual / max(1, retired):.0f} % of them with V=1",
                 f"{good:,} programs retire at least 2,000 instructions, 30 % of them with V=1",
                 f"{len(self.failed):,} differ"]
        counts = Counter(s.field or "no end" for s in self.failed)
        lines += [f"  {count:5} in {name}" for name, count in counts.most_common()]
        lines += [f"  seed {s.seed}: {s.field or 'no end'} after {s.records:,} records" for s in self.failed]
        return "\n".join(lines)


def fingerprint(options: Options) -> str:
    """Short hash of everything that decides what a seed becomes."""
    digest = hashlib.sha256(repr(replace(options, limits=Limits(options.limits.name))).encode())
    for path in sorted([*SOURCES.glob("*.py"), *(SOURCES.parents[1] / "isa").glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def one(seed: int, judge: Judge, keep: Path, mark: str, options: Options = DEFAULT) -> Seed:
    """Generate, judge, and keep the program if it fails."""
    start = time.monotonic()
    image = generate(seed, options).elf()
    coverage = Coverage()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"seed-{seed}.elf"
        path.write_bytes(image)
        result = judge(path, coverage.feed)
    verdict = Seed(seed, result.records, result.retired, result.virtual, result.quality, result.ended, result.field,
                   round(time.monotonic() - start, 3), mark, result.difference, coverage)
    if not verdict.good:
        (keep / f"seed-{seed}.elf").write_bytes(image)
        (keep / f"seed-{seed}.txt").write_text(result.difference or "the program did not end\n")
    return verdict


def run(seeds: Iterable[int], judge: Judge, out: Path, jobs: int = 2,
        progress: Callable[[Summary], None] = lambda summary: None, options: Options = DEFAULT) -> Summary:
    """Judge every seed that `out` does not hold yet; `judge` must be a function that a child process can import."""
    out.mkdir(parents=True, exist_ok=True)
    mark, log = fingerprint(options), out / "results.jsonl"
    wanted = list(seeds)
    summary = Summary(len(wanted))
    done = {s.seed: s for s in _read(log) if s.fingerprint == mark}
    for seed in wanted:
        if seed in done:
            summary.add(done[seed])
    todo = iter([seed for seed in wanted if seed not in done])
    with ProcessPoolExecutor(jobs) as pool, log.open("a") as file:
        running: set[Future[Seed]] = set()
        while True:
            for seed in todo:
                running.add(pool.submit(one, seed, judge, out, mark, options))
                if len(running) >= 2 * jobs:
                    break
            if not running:
                return summary
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                verdict = future.result()
                summary.add(verdict)
                file.write(_line(verdict) + "\n")
                file.flush()
                progress(summary)


def reduce(seed: int, judge: Judge, out: Path, options: Options = DEFAULT) -> Program:
    """Shrink a failing seed; the small program and its listing go to `out`. Raises ValueError when it does not fail."""
    def judged(program: Program) -> Result:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / f"seed-{seed}.elf"
            path.write_bytes(program.elf())
            return judge(path, unwatched)

    program = generate(seed, options)
    wanted = judged(program).field
    small = shrink(program, lambda p: bool(wanted) and judged(p).field == wanted)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"seed-{seed}-small.elf").write_bytes(small.elf())
    (out / f"seed-{seed}-small.txt").write_text(f"{small.listing()}\n\n{judged(small).difference}\n")
    return small


def _line(seed: Seed) -> str:
    data = asdict(seed)
    data["coverage"] = [[*point, count] for point, count in seed.coverage.points.items()]
    return json.dumps(data)


def _read(log: Path) -> Iterator[Seed]:
    if not log.exists():
        return
    for line in log.read_text().splitlines():
        data = json.loads(line)
        coverage = Coverage(Counter({tuple(point): count for *point, count in data["coverage"]}), data["records"])
        yield Seed(**{**data, "coverage": coverage})
