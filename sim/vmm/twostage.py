"""`doppelhart vmm twostage`: shadow page tables against two-stage translation, the same guest and the same work.

The guest touches pages of a working set in a random order; now and then two of them change places, with a fence each. Its sum
depends on every word it reads. Both kinds of translation must give the same sums and pass the guest's own
checks; exits, reads of page-table entries, TLB misses and cycles are measured for each point of the sweep. The RTL shows where
one becomes cheaper than the other: the model alone has no TLB and knows no cycles, so there only the sums count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isa import causes
from isa.profile import PROFILES
from sim.outcome import Outcome, Verdict
from sim.run import named
from sim.terminal import Terminal
from sim.vmm.judge import judged
from sim.vmm.scenario import Image, Run, Setting, run

SIZES = (8, 32, 128)                    # pages; both in the order of the guest
INTERVALS = (0, 1024, 256, 64, 16)       # touches between two updates; 0: none
TOUCHES = 2048
IMAGE = Image(("twostage",), {"SLICE_TICKS": 100_000, "GSTAGE_LEAF_LEVEL": 0, "HPM_EVENTS": 1, "TWOSTAGE_HPM": 1,
                              "HCOUNTEREN": "0x1a"}, statistics="sim.vmm.labels:Labelled")
_TIMER = 1 << 6 | next(c.code for c in causes.INTERRUPTS if c.name == "STI")


@dataclass(frozen=True)
class Cost:
    """One point of the sweep. Cycles are instructions on the model, where nothing is known of reads and misses."""

    exits: int
    reads: int
    misses: int
    cycles: int


@dataclass(frozen=True)
class Point:
    """Both kinds of translation at one working set and update rate."""

    pages: int
    interval: int
    two_stage: Cost
    shadow: Cost

    @property
    def ratio(self) -> float:
        """Cycles of the shadow by those of two stages."""
        return self.shadow.cycles / self.two_stage.cycles


def costs(done: Run) -> dict[tuple[int, int], Cost]:
    """Of each point, by pages and interval."""
    statistics, figures = done.statistics, done.figures(0)
    found = {}
    for label, (pages, interval) in enumerate(((p, i) for p in SIZES for i in INTERVALS), 1):
        exits = {int(key.split("/")[1]): value for key, value in statistics.items()
                 if key.split("/")[0] == str(label) and key.count("/") == 1}
        found[pages, interval] = Cost(
            exits=sum(value["count"] for cause, value in exits.items() if cause != _TIMER),
            reads=figures[f"reads_{pages}_{interval}"], misses=figures[f"misses_{pages}_{interval}"],
            cycles=statistics["spent"][str(label)] + sum(value["sum"] for value in exits.values()))
    return found


def cross_over(points: Sequence[Point]) -> tuple[int, int] | None:
    """Of one working set: the shortest interval at which the shadow costs less, and the longest at which it does not.

    None where one of the two always wins. An interval of 0 is the longest of all.
    """
    def length(point: Point) -> float:
        return point.interval or float("inf")

    cheaper = [point for point in points if point.ratio < 1]
    dearer = [point for point in points if point.ratio >= 1]
    if not cheaper or not dearer:
        return None
    return min(cheaper, key=length).interval, max(dearer, key=length).interval


def measure(setting: Setting, flaw: str = "FLAW_NONE", touches: int = TOUCHES) -> Outcome:
    """Both kinds of translation; `touches` is a power of two. Raises BadInput."""
    profile = named(setting.config, PROFILES)
    own: dict[str, str | int] = {
        "TWOSTAGE_TOUCHES": touches, "TWOSTAGE_SVINVAL": int(profile.has("Svinval")), "FLAW": flaw}
    if not profile.has("Zihpm"):
        own |= {"HPM_EVENTS": 0, "TWOSTAGE_HPM": 0}
    runs = [run(replace(IMAGE, defines={**IMAGE.defines, **own, "SHADOW": shadow}), setting)
            for shadow in (0, 1)]
    if any(done.outcome.verdict is not Verdict.PASS for done in runs):
        return judged(runs, (), {})
    two_stage, shadow = map(costs, runs)
    points = [Point(*key, two_stage[key], shadow[key]) for key in two_stage]
    sums = [{name: value for name, value in done.figures(0).items() if name.startswith("sum_")} for done in runs]
    return judged(runs, faults(points, sums, setting.on == "rtl"), {
        "touches": touches,
        "points": [{"pages": p.pages, "interval": p.interval, "two_stage": vars(p.two_stage), "shadow": vars(p.shadow)}
                   for p in points],
        "cross_over": {str(pages): cross_over([p for p in points if p.pages == pages]) for pages in SIZES}})


def faults(points: Sequence[Point], sums: Sequence[Mapping[str, int]], cycles: bool) -> list[str]:
    """What is not as it should be; with `cycles`, each kind must win somewhere."""
    found = [f"{name} is {sums[0][name]} with two stages and {sums[1].get(name)} on the shadow"
             for name in sums[0] if sums[0][name] != sums[1].get(name)]
    if len(sums[0]) != len(SIZES) * len(INTERVALS):
        found.append(f"the guest has printed {len(sums[0])} sums")
    found += [f"two stages took {p.two_stage.exits} exits for {p.pages} pages" for p in points if p.two_stage.exits]
    found += [f"{p.pages} pages that change every {p.interval} touches took {p.shadow.exits} exits on the shadow"
              for p in points if (p.shadow.exits > 0) != (p.interval > 0)]
    if cycles and all(p.ratio >= 1 for p in points):
        found.append("the shadow never costs less than two stages")
    if cycles and all(p.ratio < 1 for p in points):
        found.append("two stages never cost less than the shadow")
    return found


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The table, and where one becomes cheaper than the other."""
    if "points" not in outcome.figures:
        return
    rows = [(p["pages"], p["interval"] or None, p["two_stage"], p["shadow"]) for p in outcome.figures["points"]]
    unit = "instructions" if outcome.on == "model" else "cycles"
    terminal.table(f"Two stages, then shadow; {unit} of {outcome.figures['touches']:,} touches",
                   ("pages", "update", *("exits", "reads", "time") * 2, "ratio"),
                   [(str(pages), interval, *_cells(a), *_cells(b), f"{b['cycles'] / a['cycles']:.2f}")
                    for pages, interval, a, b in rows])
    if outcome.on != "model":
        for pages, found in outcome.figures["cross_over"].items():
            terminal.note(f"{pages} pages: " + (
                "one of the two always costs less" if found is None else
                f"the shadow costs less with {_updates(found[0])}, two stages with {_updates(found[1])}"))


def _updates(interval: int) -> str:
    return f"an update in {interval} touches" if interval else "no updates"


def _cells(cost: Mapping[str, Any]) -> tuple[int | None, ...]:
    return cost["exits"], cost["reads"] or None, cost["cycles"]
