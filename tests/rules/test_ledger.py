"""The ledger is complete and true: every rule has a verdict, every named test exists and fails under its mutant."""

import importlib
import sys
from pathlib import Path

import pytest

import sim.model
from tests.rules import ledger
from tests.rules.mutants import Mutant, failures, mutant, mutants_of, survivors
from tests.sim.model.bare import Bare, asm

TOPICS = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py") if path.stem != "test_ledger")
ROWS = ledger.read(ledger.LEDGER.read_text(encoding="utf-8"))


def named_tests() -> list[tuple[str, str]]:
    """(topic, name) of each test that names a mutant."""
    return [(topic, name) for topic in TOPICS
            for name, test in vars(importlib.import_module(f"tests.rules.{topic}")).items()
            if name.startswith("test_") and mutants_of(test)]


NAMED = named_tests()
NODES = {f"tests/rules/{topic}.py::{name}" for topic, name in NAMED}


@pytest.mark.parametrize(("topic", "name"), NAMED, ids=[f"{topic}-{name}" for topic, name in NAMED])
def test_each_rule_test_fails_under_its_mutant(topic, name):
    assert survivors(topic, name) == []


def test_each_rule_test_passes_without_its_mutant():
    """In the sources, too, where the model is compiled: what fails under a mutant fails because of it."""
    assert failures(NAMED) == []


def test_the_ledger_is_complete():
    assert list(ledger.complaints(ROWS, NODES.__contains__)) == []


def test_the_page_is_current():
    assert ledger.PAGE.read_text(encoding="utf-8") == ledger.page(ROWS), "run `python -m tests.rules.ledger`"


# Controls of the checks themselves.

GOOD = [ledger.Row("h", "a", "test", "t.py::test_a", ""), ledger.Row("h", "b", "choice", "t.py::test_b", "zero"),
        ledger.Row("s", "c,d", "n/a", "", "RV32 only")]


def complaints(rows, count=3):
    return list(ledger.complaints(rows, {"t.py::test_a", "t.py::test_b"}.__contains__, count))


def test_what_is_wrong_with_a_ledger_is_said():
    a, b, c = GOOD
    assert complaints(GOOD) == []
    assert complaints([a, b]) == ["the ledger has 2 rules, the manual 3"]
    assert complaints([a, a, c]) == ["a has 2 rows"]
    assert complaints([ledger.Row("h", "a", "test", "t.py::test_x", ""), b, c]) == [
        "a: 't.py::test_x' is not a test with a mutant"]
    assert complaints([ledger.Row("h", "a", "", "", ""), b, c]) == ["a: '' is not a verdict"]
    assert complaints([a, ledger.Row("h", "b", "choice", "t.py::test_b", ""), c]) == ["b: the choice is not named"]
    for row in (ledger.Row("s", "c", "n/a", "", ""), ledger.Row("s", "c", "n/a", "t.py::test_a", "why")):
        assert complaints([a, b, row]) == ["c: a rule that does not apply has a reason and no test"]


def test_a_line_that_is_no_row_is_refused():
    assert ledger.read(ledger.HEADER + "\n# h\na\ttest\tt.py::test_a\t\n") == GOOD[:1]
    with pytest.raises(ValueError, match="line 2 has 2 cells, not 4: 'a\\\\ttest'"):
        ledger.read(ledger.HEADER + "\na\ttest\n")
    with pytest.raises(ValueError, match="the ledger begins with"):
        ledger.read("rule\n")


def test_the_page_counts_by_chapter():
    text = ledger.page([ledger.Row("h", "a", "test", "tests/rules/test_t.py::test_a", ""), *GOOD[2:]])
    assert "| h | 1 | 1 (100 %) |  |  |" in text and "| s | 1 |  |  | 1 (100 %) |" in text
    assert "| all | 2 | 1 (50 %) |  | 1 (50 %) |" in text
    assert "| `a` | `t` `a` |  |" in text and "| `c`, `d` | not applicable | RV32 only |" in text


def test_a_mutant_must_change_one_place():
    with pytest.raises(ValueError, match="stands 0 times in sim/model/bits"):
        Mutant("sim/model/bits.py", "no such text", "").text()
    with pytest.raises(ValueError, match="times in sim/model/bits"):
        Mutant("sim/model/bits.py", "return", "").text()
    with pytest.raises(ValueError, match="changes nothing"):
        Mutant("sim/model/bits.py", "64-bit arithmetic", "64-bit arithmetic").text()


@mutant("bits.py", "64-bit arithmetic", "arithmetic of 64 bits")
def survivor():
    """A test under a mutant that changes no behaviour."""
    Bare()


@mutant("trap.py", "_push_m(h.mstatus, h.mode, t.gva)", "1 2")
def mistyped():
    """A mutant that is not Python."""


@mutant("trap.py", "_push_m(h.mstatus, h.mode, t.gva)", "nowhere")
def unknown_name():
    """A mutant that fails for a reason of its own."""
    Bare().do(asm("ecall"))


def test_a_mutant_that_is_not_caught_is_reported():
    before = sys.modules["sim.model"], sim.model
    assert survivors("test_ledger", "survivor") == [
        "test_ledger::survivor passes with 'arithmetic of 64 bits' for '64-bit arithmetic' in sim/model/bits.py"]
    assert "not a fault but an error" in survivors("test_ledger", "mistyped")[0]
    assert "not a fault but an error" in survivors("test_ledger", "unknown_name")[0]
    assert failures([("test_ledger", "survivor"), ("test_ledger", "no_such_test")])[0].startswith("test_ledger::no_such_test: ")
    assert (sys.modules["sim.model"], sim.model) == before
