"""Many random programs against a judge: in parallel, with progress, resumable, every failure kept.

`state.json` in the output folder holds the verdicts and what they have covered, with a fingerprint of everything that decides
them: a second run with the same sources goes on where the first stopped, a run with other sources starts again.
"""

import hashlib
import json
import math
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from dataclasses import field as default
from itertools import count, islice
from pathlib import Path
from types import FrameType

from sim import crosscheck, spike
from sim import spike_differences as differences
from sim.fuzz.coverage import Coverage, Watcher
from sim.fuzz.generator import DEFAULT, Options, generate
from sim.fuzz.judge import QUALITY_RETIRED, QUALITY_VIRTUAL, Judge, Result, unwatched
from sim.fuzz.program import Program
from sim.fuzz.shrink import shrink
from sim.fuzz.values import SPIKE, Limits

FUZZ = Path(__file__).parent
ROOT = FUZZ.parents[1]
SOURCES = (FUZZ, ROOT / "isa", ROOT / "sim" / "model")
CORE = (ROOT / "rtl", ROOT / "sim" / "bench")     # when the core is the judge
MODULES = (crosscheck, spike, differences)
EXACT = {row.csr for row in differences.CSR_BITS if row.exact}
FORESEEN = "; its value is foreseen, and compared"
SAVE_SECONDS = 20.0         # between two copies of the state
STATE = "state.json"


@dataclass
class Seed:
    """Verdict on one program. `used`: how often each known difference of the judge was needed."""

    seed: int
    records: int
    retired: int
    virtual: int
    counts: bool
    ended: bool
    field: str
    used: dict[str, int] = default(default_factory=dict)


@dataclass
class Summary:
    """Verdicts so far. `total`: how many programs are to count; `seconds`: wall-clock, of earlier runs as well."""

    total: int
    seeds: dict[int, Seed] = default(default_factory=dict)
    coverage: Coverage = default(default_factory=Coverage)
    seconds: float = 0.0

    def add(self, seed: Seed, coverage: Coverage) -> None:
        """Count one more."""
        self.seeds[seed.seed] = seed
        self.coverage.add(coverage)

    @property
    def counted(self) -> int:
        """Programs that are worth counting."""
        return sum(s.counts for s in self.seeds.values())

    @property
    def failed(self) -> list[Seed]:
        """Those in which model and judge differ."""
        return [s for s in self.seeds.values() if s.field]

    @property
    def endless(self) -> list[Seed]:
        """Those that run into an endless loop, on both alike."""
        return [s for s in self.seeds.values() if not s.field and not s.ended]

    def text(self) -> str:
        """Counts, one line each, and one line for each failing seed."""
        done = list(self.seeds.values())
        records, retired = sum(s.records for s in done), sum(s.retired for s in done)
        virtual = sum(s.virtual for s in done)
        rate = 60 * records / self.seconds if self.seconds else 0
        lines = [f"{self.counted:,} of {len(done):,} programs count: they end, and retire at least {QUALITY_RETIRED:,} "
                 f"instructions, {QUALITY_VIRTUAL:.0%} of them with V=1",
                 f"{retired:,} instructions, {virtual / max(1, retired):.0%} of them with V=1; {records - retired:,} traps",
                 f"{rate:,.0f} instructions and traps a minute",
                 f"{len(self.failed):,} programs differ"]
        counts = Counter(s.field for s in self.failed)
        lines += [f"  {number:5} in {name}" for name, number in counts.most_common()]
        lines += [f"  seed {s.seed}: {s.field} after {s.records:,} records" for s in self.failed]
        lines += [f"seed {s.seed} does not end" for s in self.endless]
        for name in sorted({name for s in done for name in s.used}):
            users = sum(name in s.used for s in done)
            lines.append(f"known difference {name!r}: needed {sum(s.used.get(name, 0) for s in done):,} times, "
                         f"in {users / len(done):.1%} of the programs{FORESEEN if name in EXACT else ''}")
        return "\n".join(lines)


def fingerprint(options: Options) -> str:
    """Short hash of everything that decides what a seed becomes and how it is judged."""
    # A set is in another order in each process.
    decides = asdict(replace(options, limits=Limits(options.limits.name, options.limits.profile)))
    digest = hashlib.sha256(json.dumps(decides, sort_keys=True, default=sorted).encode())
    folders = SOURCES if options.limits.name == SPIKE.name else (*SOURCES, *CORE)
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".cpp", ".h", ".v")]
    for path in sorted([*paths, *(Path(str(module.__file__)) for module in MODULES)]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def one(seed: int, judge: Judge, keep: Path, options: Options = DEFAULT) -> tuple[Seed, Coverage]:
    """Generate, judge, and keep the program if it fails."""
    image = generate(seed, options).elf()
    watcher = Watcher()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"seed-{seed}.elf"
        path.write_bytes(image)
        result = judge(path, watcher.feed)
    watcher.count(result.seen)
    verdict = Seed(seed, result.records, result.retired, result.virtual, result.counts, result.ended, result.field,
                   dict(result.used))
    if verdict.field or not verdict.ended:
        (keep / f"seed-{seed}.elf").write_bytes(image)
        (keep / f"seed-{seed}.txt").write_text(result.difference + "\n")
    return verdict, watcher.coverage


def run(seeds: range, judge: Judge, out: Path, jobs: int = 2, progress: Callable[[Summary], None] = lambda summary: None,
        options: Options = DEFAULT, seconds: float = math.inf) -> Summary:
    """Judge these seeds, but for those that `out` holds already; `judge` must be a function that a child process can import.

    No program begins after `seconds`. For each program that agrees and does not count, one more seed after the last is taken,
    at most as many again. Ctrl-C lets the programs under way end, and saves.
    """
    out.mkdir(parents=True, exist_ok=True)
    mark = fingerprint(options)
    summary = load(out / STATE, mark, len(seeds))
    before, start = summary.seconds, time.monotonic()
    saved = start
    fresh = (seed for seed in islice(count(seeds.start), 2 * len(seeds)) if seed not in summary.seeds)
    running: set[Future[tuple[Seed, Coverage]]] = set()
    ignored = (signal.SIGINT, signal.SIG_IGN)
    with _Stop() as stop, ProcessPoolExecutor(jobs, initializer=signal.signal, initargs=ignored) as pool:
        while True:
            late = stop.asked or time.monotonic() - start >= seconds
            room = 0 if late else min(_missing(summary, seeds), 2 * jobs) - len(running)
            running |= {pool.submit(one, seed, judge, out, options) for seed in islice(fresh, max(0, room))}
            if not running:
                break
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                summary.add(*future.result())
                summary.seconds = before + time.monotonic() - start
                progress(summary)
            if time.monotonic() - saved > SAVE_SECONDS:
                save(summary, out / STATE, mark)
                saved = time.monotonic()
    save(summary, out / STATE, mark)
    if stop.asked:
        raise KeyboardInterrupt
    return summary


class _Stop:
    """Notes Ctrl-C instead of raising: an exception in the middle of the executor could leave its lock taken."""

    def __enter__(self) -> "_Stop":
        self.asked = False
        self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self._before)


def _missing(summary: Summary, seeds: range) -> int:
    """Programs still to judge: those of the range, and one for each that agrees and does not count."""
    done = [s for s in summary.seeds.values() if s.seed >= seeds.start]
    return len(seeds) - sum(s.counts or bool(s.field) for s in done)


def save(summary: Summary, path: Path, mark: str) -> None:
    """Write the whole state; a reader finds the old file or the new one."""
    data = {"fingerprint": mark, "seconds": summary.seconds, "seeds": [asdict(s) for s in summary.seeds.values()],
            "records": summary.coverage.records,
            "coverage": [[*point, number] for point, number in summary.coverage.points.items()]}
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(data))
    partial.replace(path)


def load(path: Path, mark: str, total: int) -> Summary:
    """The state of an earlier run with the same fingerprint, or an empty one."""
    data = json.loads(path.read_text()) if path.exists() else {}
    if data.get("fingerprint") != mark:
        return Summary(total)
    coverage = Coverage(Counter({tuple(point): number for *point, number in data["coverage"]}), data["records"])
    return Summary(total, {s["seed"]: Seed(**s) for s in data["seeds"]}, coverage, data["seconds"])


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
