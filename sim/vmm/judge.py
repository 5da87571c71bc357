"""One verdict on a scenario: of its runs, and of what was measured in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.outcome import Outcome, Verdict
from sim.vmm.scenario import Run


def judged(runs: Sequence[Run], faults: Sequence[str], figures: Mapping[str, Any]) -> Outcome:
    """The outcome of the first run that did not pass; else a failure if there are faults, each in one sentence; else a pass.

    `figures` go into the outcome, instructions and seconds are those of all runs.
    """
    outcomes = [run.outcome for run in runs]
    bad = next((outcome for outcome in outcomes if outcome.verdict is not Verdict.PASS), None)
    verdict, detail, code = Verdict.PASS, "", outcomes[0].code
    if bad is not None:
        verdict, detail, code = bad.verdict, bad.detail, bad.code
    elif faults:
        verdict, detail = Verdict.FAIL, "\n".join(faults)
    return Outcome(verdict, outcomes[0].on, sum(o.instructions for o in outcomes), sum(o.seconds for o in outcomes), code,
                   detail, dict(figures))
