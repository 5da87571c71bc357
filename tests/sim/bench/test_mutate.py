"""One build holds several faults; a run has the one it asked for, and lockstep finds it."""

import sys
from importlib import import_module

import pytest

from sim.bench.job import Verdict
from sim.bench.mutate import Mutation, MutationError, applied, build_mutants, mutated
from sim.bench.session import Session
from tests.sim.bench.toy import Op

TOY = "tests/sim/bench/toy.py"
MUTATIONS = (
    Mutation("the sum is one more", TOY, "result.eq(acc + argument)", "result.eq(acc + argument + FAULT)"),
    Mutation("a jump never decrements", TOY, "result.eq(acc - 1)", "result.eq(Mux(FAULT, acc, acc - 1))"),
    Mutation("stores are lost", TOY, "self.dram.sel.eq(0xFF)", "self.dram.sel.eq(Mux(FAULT, 0, 0xFF))"),
    Mutation("the order sticks", TOY, "order.eq(order + 1)", "order.eq(order + ~FAULT)"),
)
DATA = 0x8000_1000
PROGRAM = ((Op.ADD, 2), (Op.STORE, DATA), (Op.LOAD, DATA), (Op.JUMP, "@3"), (Op.FINISH, 0))


@pytest.fixture(scope="module")
def mutants():
    """A simulation of the toy with all mutations."""
    with Session(build_mutants(lambda: import_module("tests.sim.bench.toy").Toy(), MUTATIONS, "toy")) as session:
        yield session


def test_each_fault_is_found_and_without_one_there_is_none(mutants, job):
    found = [mutants.run(job(*PROGRAM, mutant=number)) for number in range(len(MUTATIONS) + 1)]
    assert [result.verdict for result in found] == [Verdict.PASS] + [Verdict.DIVERGED] * len(MUTATIONS)
    assert [len(result.divergence.history) for result in found[1:]] == [0, 3, 2, 1]


def test_mutations_leave_no_trace(mutants):
    before = import_module("tests.sim.bench.toy")
    rtl = sys.modules["rtl.wishbone"]
    with applied(MUTATIONS):
        assert import_module("tests.sim.bench.toy") is not before
        assert import_module("rtl.wishbone") is not rtl
    assert import_module("tests.sim.bench.toy") is before
    assert sys.modules["rtl.wishbone"] is rtl


def test_text():
    a, b = Mutation("a", "f", "one", "FAULT one"), Mutation("b", "f", "two", "(two | FAULT | DEFAULT)")
    assert mutated("one two three", [(1, a), (2, b)]) == "fault_(1) one (two | fault_(2) | DEFAULT) three"


@pytest.mark.parametrize(("source", "new", "sentence"), [
    ("two", "FAULT", "'one' of mutation 'm' occurs 0 times in f"),
    ("one one", "FAULT", "'one' of mutation 'm' occurs 2 times in f"),
    ("one", "DEFAULT", "mutation 'm' does not contain FAULT"),
])
def test_a_mutation_must_fit(source, new, sentence):
    with pytest.raises(MutationError, match=sentence):
        mutated(source, [(1, Mutation("m", "f", "one", new))])


def test_mutations_must_not_overlap():
    pair = [(1, Mutation("a", "f", "one two", "FAULT")), (2, Mutation("b", "f", "two three", "FAULT"))]
    with pytest.raises(MutationError, match="overlap at 'two three'"):
        mutated("one two three", pair)
