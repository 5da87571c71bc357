"""bench/core/plan.py and the command: what is measured, in which order, and what is refused."""

import subprocess
import sys
from itertools import groupby

import pytest

from bench.core import plan as plans
from bench.core.plan import Case, plan
from bench.core.programs import COMPILERS, PROGRAMS, World
from rtl.config import CONFIGS
from sim.programs import ROOT


def test_each_simulation_is_started_once():
    cases = plan(list(CONFIGS), (0, 10), list(PROGRAMS))
    assert len(set(cases)) == len(cases)
    assert len([key for key, _ in groupby((case.config, case.h) for case in cases)]) == 2 * len(CONFIGS)


def test_without_h_there_is_no_guest():
    cases = plan(["tiny"], (0,), ["blend", "traps"])
    assert {case.world for case in cases if case.h and case.program == "blend"} == set(World)
    assert {case.world for case in cases if not case.h} == {World.M, World.HS}


def test_a_core_gets_no_instructions_that_it_lacks():
    assert {case.compiler for case in plan(["tiny"], (0,), ["blend"])} == {"gcc -O2"}


def test_the_case_beside_a_case():
    case = Case("linux", True, "blend", "gcc -O2", World.VS4K, 10)
    assert case.native == Case("linux", True, "blend", "gcc -O2", World.HS, 10)
    assert case.native.without_h == Case("linux", False, "blend", "gcc -O2", World.HS, 10)


def test_fast_memory_and_h_mean_lockstep(monkeypatch):
    """One session for each core; what a run is asked."""
    asked, started = [], []

    class Session:
        def __init__(self, model):
            started.append(model)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            started.append("ended")

    monkeypatch.setattr(plans, "Session", Session)
    monkeypatch.setattr(plans, "simulation", lambda config: config.name)
    monkeypatch.setattr(plans, "run", lambda session, elf, config, latency, check: asked.append((config, latency, check)) or [])
    cases = plan(["tiny"], (0, 10), ["records"])
    told = []
    assert [case for case, _ in plans.measure(cases, lambda number, case: told.append((number, case)))] == cases
    assert told == list(enumerate(cases))
    assert started == ["tiny", "ended", "tiny-noh", "ended"]
    assert set(asked[:8]) == {("tiny", 0, True), ("tiny", 10, False)} and {check for *_, check in asked[8:]} == {False}


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--latency", "-1"], "a latency is not negative: -1"),
    (["--write", "--config", "tiny"], "--write measures everything: leave the other options out"),
    (["--config", "huge"], "invalid choice: 'huge'"),
])
def test_bad_options(arguments, sentence):
    command = [sys.executable, "-m", "bench.core", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and sentence in done.stderr and "Traceback" not in done.stderr


def test_every_compiler_is_used():
    assert {name for program in PROGRAMS.values() for name in program.compilers} == set(COMPILERS)
