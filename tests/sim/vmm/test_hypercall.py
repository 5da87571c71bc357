"""Batches of calls: the shape of their price, and that a hypervisor that gets them wrong is found."""

import pytest

from sim.outcome import Verdict
from sim.terminal import Terminal
from sim.vmm import hypercall
from sim.vmm.hypercall import Curve, curve, fitted, line_through, measure, race, show
from sim.vmm.scenario import Setting

MODEL = Setting("model", "default", 60.0, Terminal())


def test_on_the_model(capsys):
    """All parts pass, and the tables show them."""
    outcome = measure(MODEL)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert outcome.figures["curve"]["break_even"] > 1 and min(outcome.figures["cut_short"]) > 10
    assert outcome.figures["most_reads"] == 1
    show(MODEL.terminal, outcome)
    assert "Instructions of a batch of calls" in capsys.readouterr().err


def test_on_the_rtl():
    """In lockstep, in cycles."""
    outcome = measure(Setting("rtl", "linux", 120.0, Terminal()))
    assert outcome.verdict is Verdict.PASS, outcome.detail


def test_arguments_read_twice():
    """Found by the records alone, and by the other hart that writes to them."""
    outcome = measure(MODEL, "FLAW_READS_TWICE")
    assert outcome.verdict is Verdict.FAIL
    assert "read an argument 2 times" in outcome.detail and "did something else" in outcome.detail
    assert not race(MODEL, "FLAW_READS_TWICE")[1] and race(MODEL)[1]


def test_rest_forgotten():
    """The guest that is told that all is done finds calls without results."""
    assert measure(MODEL, "FLAW_FORGETS_REST").verdict is Verdict.FAIL


@pytest.mark.parametrize("prices, fault", [
    ({n: 200 + 50 * n for n in hypercall.LENGTHS}, None),
    ({n: 100 * n + 5 for n in hypercall.LENGTHS}, "more than 75% of so many calls"),        # an exit for each call
    ({n: 200 + 3 * n * n // 2 for n in hypercall.LENGTHS}, "away from"),                    # not a line
])
def test_shapes(prices, fault):
    """What the curve must look like."""
    faults = Curve(prices, 100, *line_through(fitted(prices))).faults()
    assert bool(faults) == (fault is not None) and all(fault in found for found in faults[-1:])


def test_curve():
    """From statistics: medians, and the line that they lie on."""
    statistics = {f"{n}/10": {"median": 70 + 30 * n} for n in hypercall.LENGTHS} | {"256/10": {"median": 90}}
    found = curve(statistics)
    assert (round(found.fixed, 6), round(found.each, 6), found.single, found.break_even) == (70, 30, 90, 2)
    assert found.residual < 1e-9
