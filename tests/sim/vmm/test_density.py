"""Very many machines: the answers, the memory, the VMIDs; and that hypervisors and guests that get them wrong are found."""

import pytest

from isa.profile import PROFILES
from sim.outcome import BadInput, Outcome, Verdict
from sim.terminal import Terminal
from sim.vmm.density import answer, answers, measure, show
from sim.vmm.scenario import Run, Setting

GUESTS = 150        # `make soak` has a thousand


def on(name: str, config: str) -> Setting:
    return Setting(name, config, 300.0, Terminal())


def test_on_the_model(capsys):
    """More guests than VMIDs: the pass conditions, and the tables."""
    assert 1 << PROFILES["default"].vmid_bits < GUESTS
    outcome = measure(on("model", "default"), GUESTS)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert outcome.figures["rollovers"] > 2 and outcome.figures["switch"]["count"] > 5 * GUESTS
    assert outcome.figures["memory"] < 0xC000
    show(Terminal(), outcome)
    assert "150 machines on one hart" in capsys.readouterr().err


def test_on_the_rtl():
    """In lockstep, and a machine that rolls over all the time."""
    outcome = measure(on("rtl", "tiny"), 9)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert outcome.figures["rollovers"] > 5


def test_stale_vmids():
    """VMIDs that are given away again without a fence."""
    outcome = measure(on("model", "tiny"), 9, "FLAW_STALE_VMID")
    assert outcome.verdict is Verdict.FAIL and "a VMID under which translations of another may be left" in outcome.detail


@pytest.mark.parametrize("guests", [0, -1, 5000])
def test_numbers_that_cannot_be_had(guests):
    with pytest.raises(BadInput, match=f"^{guests} guests cannot be had"):
        measure(on("model", "default"), guests)


@pytest.mark.parametrize("lines, wrong", [
    (["[guest 0] figure answer {0}", "[guest 1] figure answer {1}"], []),
    (["[guest 0] figure answer {1}", "[guest 1] figure answer {1}"], [0]),
    (["[guest 0] figure answer {0}", "[guest 1] figure answer {1}", "[guest 0] more"], [0]),
    (["[guest 1] figure answer {1}"], [0]),
])
def test_answers(lines, wrong):
    """Each guest prints its own, and that alone."""
    text = "".join(line.format(answer(0), answer(1)) + "\n" for line in lines)
    found = answers(Run(Outcome(Verdict.PASS, "model", 0, 0.0, 0, "", {}), text), 2)
    assert [line.split()[1] for line in found] == [str(guest) for guest in wrong]
