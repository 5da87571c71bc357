"""The simulation process from outside: refusals, progress, interruption, death."""

import os
import signal

import pytest

from sim.bench.build import Model
from sim.bench.job import Verdict
from sim.bench.session import Refused, Session, SimulationError
from tests.sim.bench.toy import Op

FOREVER = ((Op.ADD, 1), (Op.JUMP, "@0"))


def test_a_bad_job_is_refused_and_the_next_one_runs(session, job):
    with pytest.raises(Refused, match="multiple of 4096 bytes, not 5"):
        session.run(job((Op.FINISH, 0), ram_size=5))
    with pytest.raises(Refused, match=r"4800 bytes at 0x80000000 are not in RAM \(0x80000000 to 0x80001000\)"):
        session.run(job(*FOREVER * 300, ram_size=4096))
    with pytest.raises(Refused, match=r"between 0 and 1, not at 7"):
        session.run(job((Op.FINISH, 0), stall_chance=7))
    with pytest.raises(Refused, match="built without waveforms"):
        session.run(job((Op.FINISH, 0), wave="x.vcd"))
    assert session.run(job((Op.FINISH, 0))).verdict is Verdict.PASS


def test_progress_is_told_as_it_is_made(session, job):
    seen = []
    result = session.run(job(*FOREVER, check=False, max_cycles=500_000), progress=lambda *done: seen.append(done))
    assert seen[-1] == (result.records, result.cycles)
    assert [cycles for _, cycles in seen] == [200_000, 400_000, 500_000]


def test_the_console_goes_both_ways(session, job):
    seen = []
    program = ((Op.GET, 0), (Op.PUT, 0), (Op.JUMP, "@0"), (Op.FINISH, 0))
    assert session.run(job(*program, uart_input="caf\xe9\0"), console=seen.append).verdict is Verdict.PASS
    assert b"".join(seen) == b"caf\xe9\0"


def test_an_interrupt_ends_the_process(toy, job):
    def interrupt(records, cycles):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Session(toy) as session:
        session.run(job(*FOREVER), progress=interrupt)
    assert session._process.returncode == -signal.SIGTERM


def test_the_end_of_a_session_ends_the_process(toy, job):
    with Session(toy) as session:
        session.run(job((Op.FINISH, 0)))
    assert session._process.returncode == 0


def test_a_process_that_dies_is_reported_with_its_last_words(toy, job):
    with Session(toy) as session:
        def kill(records, cycles):
            os.kill(session._process.pid, signal.SIGKILL)

        with pytest.raises(SimulationError, match="signal SIGKILL"):
            session.run(job(*FOREVER), progress=kill)
        with pytest.raises(SimulationError, match="signal SIGKILL"):
            session.run(job((Op.FINISH, 0)))
    with Session(toy) as session, pytest.raises(SimulationError, match="No module named 'nowhere'"):
        session.run(job((Op.FINISH, 0), machine="nowhere:Machine"))


def test_a_program_that_cannot_start(tmp_path):
    broken = tmp_path / "soc"
    broken.write_text("#!/bin/sh\necho last words\nexit 3\n")
    broken.chmod(0o755)
    from sim.bench.job import Job

    with Session(Model(broken)) as session, pytest.raises(SimulationError, match=r"status 3:\nlast words"):
        session.run(Job("x"))
