"""The cocotb test that runs inside the simulation process: it serves jobs from its parent until the parent
hangs up.

Lines of JSON come in on one pipe (a Job each) and go out on another: {"console": text}, {"progress":
[records, cycles]}, and one {"result": ...} or {"refused": sentence} per job. sim/bench/session.py is the
other end.
"""

import gc
import json
import os
from importlib import import_module
from typing import IO, Any

import cocotb

from isa import platform
from rtl.config import CONFIGS
from rtl.rom import rom_image
from sim.bench.dut import Bench, BenchError
from sim.bench.job import Job, Result
from sim.bench.lockstep import Lockstep
from sim.model.elf import ElfError
from sim.model.htif import Htif

JOBS_FD, REPORTS_FD = "DOPPELHART_JOBS_FD", "DOPPELHART_REPORTS_FD"


def resolve(name: str) -> Any:
    """The object called `module:attribute`."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


class Server:
    """Runs jobs on the one design of this process."""

    def __init__(self, dut: Any, reports: IO[str]) -> None:
        self.bench = Bench(dut)
        self._reports = reports

    def tell(self, **message: Any) -> None:
        """Send one line to the parent."""
        self._reports.write(json.dumps(message) + "\n")
        self._reports.flush()

    def _console(self, data: bytes) -> None:
        if data:
            self.tell(console=data.decode("latin-1"))

    def _progress(self, records: int, cycles: int) -> None:
        self.tell(progress=[records, cycles])

    def _prepare(self, job: Job, image: Any) -> None:
        """Power-on state, the program in RAM, and the disturbances of this job."""
        bench, settings = self.bench, self.bench.settings
        bench.make_ram(job.ram_size)
        settings.boot_target, settings.seed, settings.mutant = image.entry, job.seed, job.mutant
        settings.quiet_limit, settings.latency = job.quiet_limit, job.latency
        bench.stalls(job.stall_chance, job.stall_longest)
        bench.random_errors(job.error_chance)
        bench.interrupts(job.irq_chance, job.irq_longest)
        if job.wave:
            bench.trace(job.wave, job.wave_from, job.wave_to)
        shared = [image.symbols[name] for name in ("tohost", "fromhost") if name in image.symbols]
        bench.uncache(*shared)
        bench.power_on()
        for error in job.errors:
            bench.error_at(**vars(error))
        for address, data in image.segments:
            bench.write(address, data)
        if "tohost" in image.symbols:
            bench.watch(image.symbols["tohost"])
        bench.uart_put(job.uart_input.encode("latin-1"))

    def _model(self, job: Job, image: Any) -> Any:
        if not job.check:
            return None
        config = CONFIGS[job.config]
        rom = rom_image(config, target=image.entry)
        machine = resolve(job.machine)(profile=config.profile, ram_size=job.ram_size, rom=rom)
        machine.load_elf(job.elf)
        return machine

    async def run(self, job: Job) -> Result:
        """One program from power-on to its end. Raises BenchError or the loader's own error on a bad job."""
        gc.collect()    # a machine is a cycle of references that holds its RAM; the collector would let many pile up
        image = resolve(job.image)(job.elf, platform.RAM_BASE, platform.RAM_BASE + job.ram_size)
        self._prepare(job, image)
        model = self._model(job, image)
        consumer = resolve(job.statistics)() if job.statistics else None
        tohost, fromhost = (image.symbols.get(name, -1) for name in ("tohost", "fromhost"))
        host = Htif(self.bench.read, self.bench.write, self._console, tohost, fromhost)
        lockstep = Lockstep(self.bench, job, model=model, host=host, consumer=consumer, console=self._console,
                            progress=self._progress)
        result = await lockstep.run()
        if job.signature:
            await self.bench.flush()
            first, last = (image.symbols[f"{end}_signature"] for end in ("begin", "end"))
            result.signature = self.bench.read(first, last - first).hex()
        if consumer is not None:
            result.statistics = consumer.summary()
        return result


@cocotb.test()
async def serve(dut: Any) -> None:
    """Jobs until the parent closes the pipe."""
    with os.fdopen(int(os.environ[JOBS_FD])) as jobs, os.fdopen(int(os.environ[REPORTS_FD]), "w") as reports:
        server = Server(dut, reports)
        for line in jobs:
            job = Job.from_json(json.loads(line))
            try:
                result = await server.run(job)
            except (ElfError, BenchError, ValueError) as error:
                server.tell(refused=str(error))
            else:
                server.tell(result=result.to_json())
