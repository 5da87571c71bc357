"""Random programs on the core in lockstep with the golden model, while bus and interrupt lines disturb it as the seed says."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from isa import retire
from rtl.config import CONFIGS
from sim.bench import report
from sim.bench.build import build_soc
from sim.bench.job import Job, Verdict
from sim.bench.job import Result as Run
from sim.bench.session import Session
from sim.fuzz import layout
from sim.fuzz.coverage import COUNTED
from sim.fuzz.judge import MAX_RECORDS, TRAP, VIRTUAL, Result, Watch, unwatched
from sim.fuzz.values import Limits

QUIET_CYCLES = 200_000
CONSUMER = "sim.fuzz.on_rtl:Tally"
SOON = tuple(range(50, 2000, 50))   # ticks
# None; long ones, which software sees; and short ones, which often go before they are taken.
INTERRUPTS: tuple[dict[str, Any], ...] = (
    {}, *({"irq_chance": often, "irq_longest": longest} for often, longest in ((0.002, 1000), (0.02, 40), (0.05, 4))))


@dataclass
class Tally:
    """Counts records by what coverage looks at; runs in the simulation process."""

    def __post_init__(self) -> None:
        self._pairs: Counter[tuple[int, int]] = Counter()

    def feed(self, block: Sequence[int], count: int) -> None:
        """Count `count` records of `retire.WORDS` unsigned words."""
        size = count * retire.WORDS
        flags, insns = block[0:size:retire.WORDS], block[1:size:retire.WORDS]
        self._pairs.update((head & COUNTED, insn) for head, insn in zip(flags, insns, strict=True))

    def summary(self) -> list[list[int]]:
        """First word, second word, how often."""
        return [[flags, insn, number] for (flags, insn), number in self._pairs.items()]


def disturbance(seed: int) -> dict[str, Any]:
    """Fields of the `Job` of this seed: a fast bus, a slow one, or one on which beats fail; and interrupts from nowhere."""
    rng = random.Random(f"bus {seed}")
    kind = rng.choice(("fast", "slow", "slow", "failing"))
    fields: dict[str, Any] = {"seed": seed & 0xFFFF_FFFF}
    if kind != "fast":
        fields |= {"stall_chance": rng.choice((0.1, 0.5, 0.9)), "stall_longest": rng.choice((1, 3, 12))}
    if kind == "failing":
        fields |= {"error_chance": rng.choice((0.0005, 0.005))}
    return fields | rng.choice(INTERRUPTS)


def limits(config: str) -> Limits:
    """What programs for this configuration may do: everything that it has; comparators are reached at some time."""
    return Limits(f"rtl {config}", CONFIGS[config].profile, comparators=(*Limits.comparators, *SOON), lines=True)


@dataclass(frozen=True)
class AgainstRtl:
    """A judge: the SoC of this configuration, in lockstep. Raises BuildError, SimulationError."""

    config: str

    def __call__(self, elf: Path, watch: Watch = unwatched) -> Result:
        """The file is named after the seed, which decides the disturbance; `watch` sees nothing: the model runs elsewhere."""
        seed = int(elf.stem.removeprefix("seed-"))
        job = Job(elf=str(elf), config=self.config, ram_size=layout.RAM_SIZE, max_records=MAX_RECORDS,
                  quiet_limit=QUIET_CYCLES, statistics=CONSUMER, **disturbance(seed))
        return verdict(_session(self.config).run(job))


def verdict(run: Run) -> Result:
    """What a run in lockstep says as the verdict of a judge."""
    seen = Counter({(flags, insn): number for flags, insn, number in run.statistics})
    result = Result(records=run.records, seen=seen, ended=run.verdict in (Verdict.PASS, Verdict.FAIL))
    for (flags, _), number in seen.items():
        result.retired += 0 if flags & TRAP else number
        result.virtual += 0 if flags & TRAP else (flags >> VIRTUAL & 1) * number
    if run.divergence:
        difference = run.divergence
        result.field = next(iter(report.differing(retire.unpack(difference.rtl), retire.unpack(difference.model))),
                            difference.reason)
        result.difference = report.text(difference)
    elif run.verdict in (Verdict.QUIET, Verdict.BROKEN):
        result.field, result.difference = run.verdict.value, run.detail
    return result


@cache
def _session(config: str) -> Session:
    """The simulation process that serves this one as long as it lives."""
    session = Session(build_soc(config)).__enter__()
    Finalize(None, session.__exit__, (None, None, None), exitpriority=0)     # atexit does not run in a worker of a pool
    return session
