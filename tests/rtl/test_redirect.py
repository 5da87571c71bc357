"""rtl/redirect.py: which way fetch is sent, when, and what the predictor is told."""

import pytest
from amaranth.sim import Simulator

from rtl.redirect import Redirect

PC, TARGET, LINK, VECTOR = 0x1000, 0x2000, 0x1004, 0x8000_0000
IDLE = {"x_valid": 0, "taken": 0, "x_moves": 0, "m_flush": 0, "m_fence_i": 0, "m_decides": 0, "m_branches": 0,
        "m_update": 0, "foreseen": 0,
        "x_target": TARGET, "link": LINK, "m_target": VECTOR}
BRANCH = {"x_valid": 1, "x": {"pc": PC, "control": {"conditional": 1}}}
TAKEN = {"x": {"pc": PC, "control": {"conditional": 1}, "guess": {"taken": 1}}}


def observe(*cycles):
    """The outputs in each of the cycles, whose inputs are given."""
    dut, seen = Redirect(), []

    async def bench(ctx):
        for inputs in cycles:
            for name, value in (IDLE | inputs).items():
                ctx.set(getattr(dut, name), value)
            await ctx.delay(1e-9)
            seen.append({name: ctx.get(getattr(dut, name)) for name in
                         ("redirect", "target", "x_redirects", "stop", "invalidate", "update", "outcome", "x_next_pc")})
            await ctx.tick()

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    return seen


@pytest.mark.parametrize("guess, taken, foreseen, redirect, next_pc", [
    ({}, 0, 0, 0, LINK),
    ({}, 1, 0, 1, TARGET),
    (TAKEN, 1, 1, 0, TARGET),
    (TAKEN, 1, 0, 1, TARGET),
    (TAKEN, 0, 1, 1, LINK),
])
def test_x_redirects_when_fetch_went_another_way(guess, taken, foreseen, redirect, next_pc):
    seen, = observe(BRANCH | guess | {"taken": taken, "foreseen": foreseen, "x_moves": 1})
    assert (seen["redirect"], seen["x_next_pc"]) == (redirect, next_pc)
    assert (seen["outcome"].valid, seen["outcome"].wrong, seen["outcome"].taken) == (1, redirect, taken)
    assert not redirect or seen["target"] == next_pc


def test_x_redirects_once_while_it_is_held():
    wrong = BRANCH | {"taken": 1}
    first, second, third, following = observe(wrong, wrong, wrong | {"x_moves": 1}, wrong | {"x_moves": 1})
    assert [each["redirect"] for each in (first, second, third, following)] == [1, 0, 0, 1]
    assert [each["outcome"].valid for each in (first, second, third, following)] == [1, 0, 0, 1]


def test_a_flush_ends_what_x_has_told():
    wrong = BRANCH | {"taken": 1}
    _, _, behind = observe(wrong, wrong | {"m_flush": 1}, wrong)
    assert behind["x_redirects"] == 1


def test_a_flush_redirects_in_the_next_cycle():
    at, behind, later = observe({"m_flush": 1, "m": {"guess": {"snapshot": {"history": 5}}}}, {"m": {}, "m_target": 0}, {})
    assert (at["stop"], behind["stop"], later["stop"]) == (1, 0, 0)
    assert (at["redirect"], behind["redirect"], later["redirect"]) == (0, 1, 0)
    assert behind["target"] == VECTOR
    assert (behind["outcome"].valid, behind["outcome"].wrong, behind["outcome"].guess.snapshot.history) == (0, 0, 5)


def test_a_branch_that_m_decides():
    deferred = {"x_valid": 1, "x": {"pc": PC, "deferred": 1, "control": {"conditional": 1}}, "taken": 1, "x_moves": 1}
    decided = {"m_decides": 1, "m_flush": 1, "m_branches": 1, "holds": 1,
               "m": {"pc": PC, "deferred": 1, "control": {"conditional": 1}, "target": TARGET, "next_pc": LINK}}
    in_x, told, later = observe(deferred, decided, {})
    assert (in_x["redirect"], in_x["outcome"].valid, in_x["x_next_pc"]) == (0, 0, LINK), "goes as predicted"
    outcome = told["outcome"]
    assert (told["redirect"], told["target"], told["stop"], later["redirect"]) == (1, TARGET, 0, 0), "at once"
    assert (outcome.valid, outcome.wrong, outcome.taken, outcome.target, outcome.pc) == (1, 1, 1, TARGET, PC)


def test_what_x_has_to_tell_outranks_a_right_prediction_of_m():
    right = {"m_decides": 1, "m": {"pc": PC, "deferred": 1, "control": {"conditional": 1}}}
    alone, both = observe(right, right | BRANCH | {"x": {"pc": 64, "control": {"conditional": 1}}, "x_moves": 1})
    assert (alone["outcome"].valid, alone["outcome"].wrong, alone["outcome"].pc) == (1, 0, PC)
    assert both["outcome"].pc == 64


def test_fence_i_invalidates_with_its_redirect():
    at, behind = observe({"m_fence_i": 1, "m_flush": 1}, {})
    assert (at["invalidate"], behind["invalidate"], behind["redirect"]) == (0, 1, 1)


def test_an_instruction_is_fetched_again_with_its_a_bits():
    at, behind, later = observe({"m_flush": 1, "m_update": 1, "m_target": PC}, {}, {})
    assert (at["update"], behind["update"], later["update"]) == (0, 1, 0)
    assert (behind["redirect"], behind["target"]) == (1, PC)


def test_a_fetch_fault_in_x_does_nothing():
    seen, = observe(BRANCH | {"taken": 1, "x": {"fetch_fault": 1, "control": {"conditional": 1}}})
    assert not seen["redirect"]
