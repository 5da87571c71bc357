"""sim/bench/mutants.py, with simulations that are made up."""

from pathlib import Path

import pytest

from sim.bench import mutants
from sim.bench.build import Model
from sim.bench.job import Job, Result, Verdict
from sim.bench.mutants import Kill, Trial, by_its_bench, hunt, hunt_all, suite
from sim.bench.mutate import Mutation

TESTS = [Trial("one", Job(elf="1"), True), Trial("two", Job(elf="2"), False), Trial("three", Job(elf="3"), False)]


class Made:
    """A session: fault n is seen by the n-th program; fault 9 makes the first one fail, fault 8 the second."""

    def __init__(self, model: Model) -> None:
        self.ended = False

    def __enter__(self) -> "Made":
        return self

    def __exit__(self, *error: object) -> None:
        self.ended = True

    def run(self, job: Job) -> Result:
        seen = int(job.elf) == job.mutant
        fails = (job.mutant, job.elf) in ((9, "1"), (8, "2"))
        return Result(Verdict.DIVERGED if seen else Verdict.FAIL if fails else Verdict.PASS, 10, 20, 0.0)


def test_the_first_test_that_sees_a_fault_is_named() -> None:
    session = Made(Model(Path()))
    assert hunt(session, 2, TESTS) == Kill("two", "diverged", 10, 20)
    assert hunt(session, 9, TESTS) == Kill("one", "fail", 10, 20)
    assert hunt(session, 8, TESTS) is None          # random programs and slow buses may end otherwise
    assert hunt(session, 0, TESTS) is None
    assert str(Kill("two", "diverged", 10_000, 20)) == "two: diverged after 10,000 records, 20 cycles"


def test_all_are_hunted_in_their_own_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "Session", Made)
    kills = list(hunt_all(Model(Path()), [TESTS, TESTS[:1], TESTS[::-1]], 2))
    assert [kill and kill.test for kill in kills] == ["one", None, "three"]


def test_the_suite_is_quick_first(tmp_path: Path) -> None:
    tests = suite("tiny", tmp_path)
    names = [test.name for test in tests]
    assert names[0] == "alu" and names[-1] == f"random program {mutants.RANDOM_PROGRAMS - 1}"
    assert "alu among interrupts" in names and len(set(names)) == len(names)
    assert all(Path(test.job.elf).exists() for test in tests)


@pytest.mark.parametrize(("effect", "kill"), [("FAULT", Kill("tests/rtl/test_branch.py", "fails")), ("FAULT & 0", None)])
def test_a_unit_is_judged_by_its_bench(effect: str, kill: Kill | None) -> None:
    mutation = Mutation("m", "rtl/branch.py", "self.jump | self.conditional", f"(self.jump ^ {effect}) | self.conditional")
    assert by_its_bench(mutation) == kill


def test_a_bench_that_does_not_end_has_seen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "BENCH_SECONDS", 0.01)
    mutation = Mutation("m", "rtl/branch.py", "self.jump | self.conditional", "self.jump & ~FAULT | self.conditional")
    assert by_its_bench(mutation) == Kill("tests/rtl/test_branch.py", "does not end")


def test_without_a_bench_nothing_is_judged() -> None:
    assert by_its_bench(Mutation("m", "rtl/nothing.py", "a", "FAULT")) is None
