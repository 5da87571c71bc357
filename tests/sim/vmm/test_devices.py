"""Disks, a network and I/O ports of guests: what must hold, and that hypervisors that break it are found."""

import pytest

from sim.firmware import Edit
from sim.outcome import Verdict
from sim.terminal import Terminal
from sim.vmm.devices import ACCESSES, measure, show
from sim.vmm.scenario import Setting

MODEL = Setting("model", "default", 300.0, Terminal())


def test_on_the_model(capsys):
    """The pass conditions of all three runs, and the tables."""
    outcome = measure(MODEL)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    software, hardware, silent = outcome.figures.values()
    assert software["permitted"]["exits"] == 2 * ACCESSES and hardware["permitted"]["exits"] == 0
    assert {each["denied"]["exits"] for each in outcome.figures.values()} == {2 * ACCESSES}
    assert 20 * hardware["permitted"]["price"] < software["permitted"]["price"]
    assert software["fetches"] == hardware["fetches"] == 0 < silent["fetches"]
    show(MODEL.terminal, outcome)
    assert "I/O ports" in capsys.readouterr().err


def test_on_the_rtl():
    """In lockstep, with the bitmap in the hart."""
    outcome = measure(Setting("rtl", "default", 300.0, Terminal()), titles=("hioba",))
    assert outcome.verdict is Verdict.PASS, outcome.detail
    figures, = outcome.figures.values()
    assert figures["on"].startswith("rtl") and figures["permitted"]["exits"] == 0


@pytest.mark.parametrize("flaw, complaint", [
    ("FLAW_UNCHECKED_RING", "guest 2: FAIL buffer before the RAM"),
    ("FLAW_UNCHECKED_SECTOR", "guest 2: FAIL a sector that is not there"),
    ("FLAW_SWITCH_FLOODS", "guest 2: FAIL intruder"),
    ("FLAW_SWITCH_BELIEVES", "guest 0: FAIL network"),
    ("FLAW_SHARED_PORTS", "guest 2: FAIL a port of another's"),
])
def test_flaws(flaw, complaint):
    """Each is found by the guest that it is a flaw to."""
    outcome = measure(MODEL, flaw)
    assert outcome.verdict is not Verdict.PASS and complaint in outcome.detail


def test_a_queue_on_a_page_that_was_given_back():
    """Whose it is now may be another's: where the queue is must be looked up for each request."""
    outcome = measure(MODEL, edits=(Edit("virtqueue.c", "if (locate(device->vm, queue)) {", "if (queue->ready) {"),))
    assert outcome.verdict is not Verdict.PASS and "guest 2: FAIL a queue that is gone" in outcome.detail
