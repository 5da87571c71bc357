"""Shadow page tables and two-stage translation: the same results, and a shadow that keeps too much is found."""

import pytest

from sim.outcome import Verdict
from sim.terminal import Terminal
from sim.vmm.scenario import Setting
from sim.vmm.twostage import INTERVALS, SIZES, Cost, Point, cross_over, faults, measure, show

MODEL = Setting("model", "default", 120.0, Terminal())
SUMS = {f"sum_{pages}_{interval}": pages + interval for pages in SIZES for interval in INTERVALS}


def point(pages: int, interval: int, two_stage: int, shadow: int, exits: tuple[int, int] = (0, 1)) -> Point:
    return Point(pages, interval, Cost(exits[0], 2, 1, two_stage), Cost(exits[1], 1, 1, shadow))


def test_on_the_model(capsys):
    """Same sums, and the guest's own checks."""
    outcome = measure(MODEL, touches=1024)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    assert len(outcome.figures["points"]) == len(SUMS)
    show(MODEL.terminal, outcome)
    assert "Two stages, then shadow" in capsys.readouterr().err


def test_on_the_rtl():
    """In lockstep; each kind of translation wins somewhere."""
    outcome = measure(Setting("rtl", "default", 300.0, Terminal()), touches=1024)
    assert outcome.verdict is Verdict.PASS, outcome.detail
    points = {(p["pages"], p["interval"]): p for p in outcome.figures["points"]}
    largest = points[SIZES[-1], 0]
    assert 0 < largest["shadow"]["reads"] < largest["two_stage"]["reads"]


def test_stale_entries():
    """A shadow that a fence does not reach gives other sums, and the guest finds old translations."""
    outcome = measure(MODEL, "FLAW_STALE_SHADOW", touches=1024)
    assert outcome.verdict is Verdict.FAIL


def test_cross_over():
    """The neighbours on both sides of it; no updates are the longest interval."""
    line = [point(8, 0, 100, 90), point(8, 256, 100, 99), point(8, 64, 100, 101), point(8, 16, 100, 500)]
    assert cross_over(line) == (256, 64)
    assert cross_over(line[:1] + line[2:]) == (0, 64)
    assert cross_over(line[:2]) is None and cross_over(line[2:]) is None


@pytest.mark.parametrize("points, sums, fault", [
    ([point(8, 0, 100, 90, (0, 0)), point(8, 64, 100, 110)], SUMS, None),
    ([point(8, 0, 100, 90, (0, 0)), point(8, 64, 100, 110)], {**SUMS, "sum_8_64": 1}, "sum_8_64 is 72 with two stages and 1"),
    ([point(8, 0, 100, 90, (0, 0)), point(8, 64, 100, 110, (1, 1))], SUMS, "two stages took 1 exits"),
    ([point(8, 0, 100, 90, (0, 0)), point(8, 64, 100, 110, (0, 0))], SUMS, "took 0 exits on the shadow"),
    ([point(8, 64, 100, 110)], SUMS, "the shadow never costs less"),
    ([point(8, 64, 100, 90)], SUMS, "two stages never cost less"),
])
def test_faults(points, sums, fault):
    """Each condition alone."""
    found = faults(points, [SUMS, sums], True)
    assert len(found) == (fault is not None) and all(fault in line for line in found)
