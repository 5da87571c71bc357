"""Lock-holder preemption: what the pause-loop exit saves, and that a hypervisor that makes nothing of it is found."""

import pytest

from sim.outcome import BadInput, Verdict
from sim.terminal import Terminal
from sim.vmm.scenario import Setting
from sim.vmm.spinlock import FALL, Waste, faults, measure, show

MODEL = Setting("model", "default", 60.0, Terminal())


def test_on_the_model(capsys):
    """The pass conditions, and the table."""
    outcome = measure(MODEL)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert outcome.figures["fall"] >= FALL and outcome.figures["with"]["exits"] >= 5
    show(MODEL.terminal, outcome)
    assert "Waiting for a lock" in capsys.readouterr().err


def test_on_the_rtl():
    """In lockstep, in cycles; fewer sections."""
    outcome = measure(Setting("rtl", "default", 300.0, Terminal()), defines={"SPINLOCK_ROUNDS": 3, "BYSTANDER_TICKS": 20_000})
    assert outcome.verdict is Verdict.PASS, outcome.detail


@pytest.mark.parametrize("flaw, fault", [
    ("FLAW_SPINNER_STAYS", "not to one 20th"),
    ("FLAW_YIELDS_TO_ANYONE", "did not give the hart to the other one"),
])
def test_flaws(flaw, fault):
    """Yielding to none, and to the wrong one."""
    outcome = measure(MODEL, flaw)
    assert outcome.verdict is Verdict.FAIL and fault in outcome.detail


def test_hart_without_xdoppel():
    """Refused in one sentence."""
    with pytest.raises(BadInput, match="'tiny' has no pause-loop exit"):
        measure(Setting("model", "tiny", 60.0, Terminal()))


@pytest.mark.parametrize("before, after, fault", [
    (Waste(2000, 0, 0, 0, 0), Waste(50, 1, 50, 1, 0), None),
    (Waste(2000, 0, 0, 0, 0), Waste(50, 1, 51, 1, 0), "not to one 20th"),
    (Waste(2000, 0, 0, 0, 0), Waste(1, 0, 0, 0, 0), "0 pause-loop exits without a watch, and 0 with it"),
    (Waste(2000, 0, 0, 0, 0), Waste(50, 2, 50, 1, 0), "1 of 2 pause-loop exits"),
    (Waste(2000, 0, 0, 0, 0), Waste(50, 1, 50, 1, 3), "0 and 3 exits from sections without contention"),
])
def test_faults(before, after, fault):
    """Each condition alone."""
    found = faults(before, after)
    assert len(found) == (fault is not None) and all(fault in line for line in found)
