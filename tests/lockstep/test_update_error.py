"""Setting A or D meets a bus error: the access that wanted it takes an access fault."""

from pathlib import Path

from sim.bench.build import build_soc
from sim.bench.coverage import LEAF
from sim.bench.job import BusError, Job, Verdict
from sim.bench.session import Session
from sim.programs import build_program

PROGRAM = Path(__file__).with_name("update_error.S")


def test_the_access_faults():
    job = Job(elf=str(build_program(PROGRAM)), quiet_limit=10_000, max_records=20_000)
    with Session(build_soc("default")) as soc:
        assert (whole := soc.run(job)).verdict is Verdict.FAIL and whole.code == 2      # without an error A is set
        job.errors = [BusError(LEAF, LEAF + 7, fetch=False, read=False)]
        result = soc.run(job)
    assert (result.verdict, result.code, result.detail) == (Verdict.PASS, 0, "")
    assert result.bus_errors == 2
