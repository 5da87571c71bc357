"""Small faults planted in the RTL (sim/bench/faults.py), each of which lockstep must see. One build holds them all; each run
switches on one, and runs the program that is known to find it.
"""

import pytest

from sim.bench import mutants
from sim.bench.faults import FAULTS
from sim.bench.job import Job, Verdict
from sim.bench.mutate import build_soc_mutants
from sim.bench.session import Session
from sim.programs import SOURCES, build_program


@pytest.fixture(scope="module")
def faulty():
    with Session(build_soc_mutants([fault.mutation for fault in FAULTS], mutants.CONFIG)) as session:
        yield session


def job(program: str, number: int = 0) -> Job:
    return Job(elf=str(build_program(SOURCES / f"{program}.S")), config=mutants.CONFIG, mutant=number,
               max_records=mutants.LONGEST, quiet_limit=mutants.DEAD)


@pytest.mark.parametrize("number", range(1, len(FAULTS) + 1), ids=[fault.name for fault in FAULTS])
def test_lockstep_sees_it(faulty, number):
    result = faulty.run(job(FAULTS[number - 1].program, number))
    assert result.verdict in (*mutants.SEEN, Verdict.FAIL), result


@pytest.mark.parametrize("program", sorted({fault.program for fault in FAULTS}))
def test_without_a_fault_the_same_build_agrees(faulty, program):
    result = faulty.run(job(program))
    assert (result.verdict, result.code) == (Verdict.PASS, 0), result
