"""`doppelhart vmm spinlock`: a hart that waits for a lock whose holder does not run, with and without pause-loop exit.

Two virtual harts of one guest and a bystander share the real hart. What is wasted are the cycles that a virtual hart spends in
its loop for the lock, and those of the pause-loop exits.

1. With `hple` and directed yield, FALL times less is wasted than without.
2. Each pause-loop exit gives the real hart to the other virtual hart of the guest, and none to the bystander.
3. Sections without contention see no exits, although the hart watches.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from isa import causes
from isa.profile import PROFILES
from sim.outcome import BadInput, Outcome, Verdict
from sim.run import named
from sim.terminal import Terminal
from sim.vmm.judge import judged
from sim.vmm.scenario import Image, Run, Setting, run

WINDOW, GAP = 512, 128          # core cycles
FALL = 20
HARTS = (0, 1)
ALONE, WAITS, HOLDS, OUTSIDE = 1, 2, 3, 4   # phases; the label is the number of the hart, times 16, and its phase
IMAGE = Image(("spinlock", "bystander"), {"HARTS": 2, "SLICE_TICKS": 5000}, statistics="sim.vmm.labels:Labelled",
              max_instructions=20_000_000)

_PAUSE_LOOP = next(c.code for c in causes.EXCEPTIONS if c.name == "PAUSE_LOOP")


@dataclass(frozen=True)
class Waste:
    """What one run has spent on waiting. Cycles, or instructions and traps on the model."""

    waiting: int            # in the loop for the lock
    exits: int              # pause-loop exits
    price: int              # of them, in all
    directed: int           # of them, followed by the other hart of the guest
    alone: int              # exits of any kind in sections without contention

    @property
    def wasted(self) -> int:
        """In all."""
        return self.waiting + self.price


def waste(statistics: Mapping[str, Any]) -> Waste:
    """From what Labelled has counted."""
    spent, successors = statistics["spent"], statistics["successors"]
    loops = [statistics.get(f"{hart << 4 | WAITS}/{_PAUSE_LOOP}", {"count": 0, "sum": 0}) for hart in HARTS]
    return Waste(
        waiting=sum(spent.get(str(hart << 4 | WAITS), 0) for hart in HARTS),
        exits=sum(loop["count"] for loop in loops),
        price=sum(loop["sum"] for loop in loops),
        directed=sum(successors.get(f"{hart << 4 | WAITS}/{_PAUSE_LOOP}/{(1 - hart) << 4 | phase}", 0)
                     for hart in HARTS for phase in (WAITS, HOLDS, OUTSIDE)),
        alone=sum(count for key, count in successors.items() if key.split("/")[0] == str(ALONE)))


def measure(setting: Setting, flaw: str = "FLAW_NONE", defines: Mapping[str, int] | None = None) -> Outcome:
    """Without and with pause-loop exit. Raises BadInput."""
    if not named(setting.config, PROFILES).has("Xdoppel"):
        raise BadInput(f"configuration {setting.config!r} has no pause-loop exit (Xdoppel); "
                       f"there are {', '.join(name for name, profile in PROFILES.items() if profile.has('Xdoppel'))}")
    without = _run(setting, defines or {})
    watched = _run(setting, {"PLE_WINDOW": WINDOW, "PLE_GAP": GAP, "FLAW": flaw, **(defines or {})})
    if any(done.outcome.verdict is not Verdict.PASS for done in (without, watched)):
        return judged((without, watched), (), {})
    before, after = waste(without.statistics), waste(watched.statistics)
    return judged((without, watched), faults(before, after),
                  {"without": vars(before), "with": vars(after), "fall": round(before.wasted / after.wasted, 1)})


def _run(setting: Setting, defines: Mapping[str, str | int]) -> Run:
    return run(replace(IMAGE, defines={**IMAGE.defines, **defines}), setting)


def faults(before: Waste, after: Waste) -> list[str]:
    """What is not as it should be, without (`before`) and with pause-loop exit."""
    found = []
    if before.wasted < FALL * after.wasted:
        found.append(f"the waste falls from {before.wasted:,} to {after.wasted:,}, not to one {FALL}th")
    if before.exits or not after.exits:
        found.append(f"there were {before.exits} pause-loop exits without a watch, and {after.exits} with it")
    if after.directed != after.exits:
        found.append(f"{after.exits - after.directed} of {after.exits} pause-loop exits did not give the hart to the other one")
    if before.alone or after.alone:
        found.append(f"{before.alone} and {after.alone} exits from sections without contention")
    return found


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The table."""
    if "fall" not in outcome.figures:
        return
    unit = "instructions" if outcome.on == "model" else "cycles"
    terminal.table(f"Waiting for a lock, {unit}",
                   ("pause-loop exit", "looping", "exits", "price", "wasted", "directed", "alone"),
                   [(title, one["waiting"], one["exits"], one["price"], one["waiting"] + one["price"], one["directed"],
                     one["alone"]) for title, one in (("off", outcome.figures["without"]), ("on", outcome.figures["with"]))])
    terminal.note(f"the waste falls {outcome.figures['fall']}-fold; window {WINDOW}, gap {GAP} cycles; "
                  "alone: exits from sections without contention")
