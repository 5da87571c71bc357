"""A write-back that fails: no instruction takes a fault, a register and an interrupt tell of it."""

from pathlib import Path

import pytest

from sim.bench.build import build_soc
from sim.bench.job import BusError, Job, Verdict
from sim.bench.session import Session
from sim.programs import build_program

PROGRAM = Path(__file__).with_name("bus_error.S")
LOST = 0x8001_C010      # in bus_error.S


@pytest.fixture(scope="module")
def soc():
    with Session(build_soc("default")) as session:
        yield session


def run(soc, *errors):
    return soc.run(Job(elf=str(build_program(PROGRAM)), errors=list(errors), quiet_limit=10_000, max_records=20_000))


def test_it_is_told(soc):
    result = run(soc, BusError(LOST, LOST + 7, fetch=False, read=False))
    assert (result.verdict, result.code, result.detail) == (Verdict.PASS, 0, "")
    assert result.bus_errors == 1


def test_without_an_error_the_program_waits_for_ever(soc):
    assert run(soc).verdict is Verdict.LIMIT


def test_random_errors_spare_write_backs(soc):
    result = soc.run(Job(elf=str(build_program(PROGRAM)), error_chance=0.2, seed=0, quiet_limit=10_000, max_records=20_000))
    assert result.verdict is not Verdict.DIVERGED and result.bus_errors > 0
