"""bench/core/account.py: what each cycle was spent on, for pipelines written by hand."""

import pytest

from bench.core.account import Account, Spent
from rtl.activity import Activity

NAMES = {"m": "m_valid", "hold": "m_held", "mem": "m_memory", "walk": "m_walk", "trap": "m_trap", "flush": "flush",
         "mbranch": "m_branches",
         "x": "x_valid", "div": "x_held", "redirect": "redirect", "d": "d_valid", "wait": "d_wait", "load": "d_wait_load",
         "fwalk": "f_walk", "fmem": "f_memory"}


def spent(*cycles):
    """Each cycle a line of words; what they were spent on."""
    account = Account()
    account.feed([Activity.const({NAMES[word]: 1 for word in cycle.split()}).as_value().value for cycle in cycles])
    return [Spent(byte).name for byte in account.spent]


def test_one_instruction_a_cycle_retires():
    assert spent("m x d", "m x d", "m x d") == ["RETIRING"] * 3


@pytest.mark.parametrize(("producer", "kind"), [("wait load", "LOAD_USE"), ("wait", "OPERAND")])
def test_an_operand_that_is_not_there_makes_a_hole(producer, kind):
    assert spent(f"m x d {producer}", "m d", "x d", "m x d") == ["RETIRING", "RETIRING", kind, "RETIRING"]


def test_a_division_is_told_from_what_waits_for_it():
    assert spent("m x div d", "x div d", "x d wait", "m d", "x d", "m x d") == [
        "RETIRING", "EXECUTE", "EXECUTE", "RETIRING", "OPERAND", "RETIRING"]


def test_a_branch_makes_two_holes_and_the_front_end_recovers():
    """The instruction in D vanishes, and nothing comes for one cycle more."""
    assert spent("m x d redirect", "m", "d", "x d", "m x d") == ["RETIRING", "RETIRING", "BRANCH", "BRANCH", "RETIRING"]


@pytest.mark.parametrize(("why", "kind"), [("fmem", "FETCH"), ("fwalk", "WALK")])
def test_behind_a_branch_memory_is_told_from_recovering(why, kind):
    assert spent("m x d redirect", f"m {why}", "", "d", "x d", "m x d") == [
        "RETIRING", "RETIRING", "BRANCH", "BRANCH", kind, "RETIRING"]


def test_a_front_end_that_delivers_nothing_starves():
    assert spent("m x d", "m x", "m d", "x d", "m x d") == ["RETIRING"] * 3 + ["FETCH", "RETIRING"]


def test_once_something_came_a_hole_is_no_longer_the_branch_s():
    assert spent("m x d redirect", "m", "d", "x", "m d", "x d", "m x d")[3:] == ["BRANCH", "RETIRING", "FETCH", "RETIRING"]


def test_a_trap_is_a_cycle_of_its_own_and_empties_the_pipeline():
    assert spent("m x d trap flush", "", "d", "x d", "m x d") == ["TRAP", "TRAP", "TRAP", "TRAP", "RETIRING"]


def test_a_branch_that_m_decides_makes_three_holes():
    assert spent("m x d flush mbranch", "", "d", "x d", "m x d") == ["RETIRING", "BRANCH", "BRANCH", "BRANCH", "RETIRING"]


def test_a_return_retires_and_then_empties_it():
    assert spent("m x d flush", "", "d", "x d", "m x d") == ["RETIRING", "TRAP", "TRAP", "TRAP", "RETIRING"]


@pytest.mark.parametrize(("why", "kind"), [("mem", "MEMORY"), ("mem walk", "WALK"), ("", "WAIT")])
def test_what_holds_the_instruction_in_m(why, kind):
    assert spent(f"m hold {why} x d", f"m hold {why} x d wait load", "m x d") == [kind, kind, "RETIRING"]


def test_a_held_instruction_hides_the_holes_behind_it():
    """A load-use hole that D fills while M is busy costs nothing."""
    assert spent("m hold mem d wait load", "m hold mem d", "m hold mem x d", "m x d", "m x d") == [
        "MEMORY"] * 3 + ["RETIRING"] * 2


def test_pieces_give_what_the_whole_gives():
    words = [Activity.const({"m_valid": n % 3 > 0, "x_valid": n % 5 > 1, "d_valid": n % 7 > 2, "flush": n % 11 == 0,
                             "redirect": n % 13 == 0, "d_wait_load": n % 2}).as_value().value for n in range(200)]
    whole, pieces = Account(), Account()
    whole.feed(words)
    for first in range(0, 200, 3):
        pieces.feed(words[first:first + 3])
    assert whole.spent == pieces.spent and len(whole.spent) == 200
