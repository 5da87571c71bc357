"""A simulation process as seen from outside: start it, give it programs, hear how they ended.

    with Session(build_soc("default")) as session:
        result = session.run(Job(elf="program.elf"))

One process runs any number of programs, each from power-on state. The process ends with the session,
whatever ends it.
"""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from sim.bench import replay
from sim.bench.build import TOP, HarnessRunner, Model, build_soc
from sim.bench.job import Job, Result
from sim.bench.server import JOBS_FD, REPORTS_FD

Console = Callable[[bytes], None]
Progress = Callable[[int, int], None]
_GRACE_SECONDS = 5


class Refused(Exception):
    """The job cannot be run as it is; one sentence."""


class SimulationError(Exception):
    """The simulation process died; the text ends with what it last wrote."""


def _ignore(*_: Any) -> None:
    pass


def environment(test_module: str, results: Path) -> dict[str, str]:
    """What a simulation program needs to find Python, cocotb and the module of tests to run."""
    runner = HarnessRunner()
    runner.sim_hdl_toplevel, runner.hdl_toplevel_lang, runner.test_module = TOP, "verilog", test_module
    runner._set_env_test()
    return {**runner.env, "COCOTB_RESULTS_FILE": str(results), "COCOTB_LOG_LEVEL": "WARNING",
            "GPI_LOG_LEVEL": "WARNING"}


class Session:
    """One simulation process. A context manager; afterwards `coverage` is what a build that counts has counted."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._directory = tempfile.TemporaryDirectory(prefix="doppelhart-")
        self._log = Path(self._directory.name) / "simulation.log"
        self._coverage = Path(self._directory.name) / "coverage.dat"
        self.coverage = ""
        self._process: subprocess.Popen[bytes]
        self._jobs: IO[str]
        self._reports: IO[str]

    def __enter__(self) -> "Session":
        jobs_in, jobs_out = os.pipe()
        reports_in, reports_out = os.pipe()
        env = environment("sim.bench.server", Path(self._directory.name) / "results.xml")
        env |= {JOBS_FD: str(jobs_in), REPORTS_FD: str(reports_out)}
        with open(self._log, "wb") as log:
            # Its own session: an interrupt from the keyboard goes to this process alone, which then ends
            # the other.
            self._process = subprocess.Popen([self.model.executable], env=env, cwd=self._directory.name,
                                             pass_fds=(jobs_in, reports_out), stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        os.close(jobs_in)
        os.close(reports_out)
        self._jobs, self._reports = os.fdopen(jobs_out, "w"), os.fdopen(reports_in)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if kind is not None:
            self._process.terminate()
        with suppress(BrokenPipeError):
            self._jobs.close()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reports.close()
        self.coverage = self._coverage.read_text() if self._coverage.exists() else ""
        self._directory.cleanup()

    def run(self, job: Job, *, console: Console = _ignore, progress: Progress = _ignore) -> Result:
        """Run one program to its end. `console` gets its output as it comes, `progress` records and cycles
        so far.

        Raises Refused for a job that cannot run, SimulationError when the process dies.
        """
        try:
            self._jobs.write(json.dumps(job.to_json()) + "\n")
            self._jobs.flush()
        except BrokenPipeError:
            raise self._died() from None
        for line in self._reports:
            message = json.loads(line)
            if "console" in message:
                console(message["console"].encode("latin-1"))
            elif "progress" in message:
                progress(*message["progress"])
            elif "refused" in message:
                raise Refused(message["refused"])
            else:
                result = Result.from_json(message["result"])
                if result.divergence:
                    result.divergence.elf = job.elf
                return result
        raise self._died()

    def _died(self) -> SimulationError:
        status = self._process.wait()
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
        tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])
        return SimulationError(f"the simulation ended with {how}:\n{tail}")


def run_lockstep(elf: Path, *, config: str = "default", console: Console = _ignore,
                 progress: Progress = _ignore, **fields: Any) -> Result:
    """Build the SoC if need be and run one program on it, in lockstep with the model unless `check=False`.

    `fields` are those of Job. A divergence comes with the command that replays it. Raises BuildError,
    Refused, SimulationError.
    """
    job = Job(elf=str(elf.absolute()), config=config, **fields)
    with Session(build_soc(config)) as session:
        result = session.run(job, console=console, progress=progress)
    if result.divergence:
        result.divergence.replay = replay.save(job, result.divergence)
    return result
