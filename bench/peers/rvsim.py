"""rvsim, which simulates a pipeline cycle by cycle: as it comes (out of order), in order, with its commit log, stepped."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

from rvsim import Config, Simulator

from bench.peers.measure import Measurement, serve
from sim.model import Machine


def free(core: Simulator, count: int) -> None:
    core.run_to(instructions=count)


def log(core: Simulator, count: int) -> None:
    core.open_commit_log(os.devnull)
    core.run_to(instructions=count)


def fields(core: Simulator, count: int) -> None:
    registers = core.regs
    for _ in range(count):
        if (retired := core.step()) is not None:
            _ = retired.pc, retired.raw, registers[10]


def timed(way: Callable[[Simulator, int], None], config: Config, elf: Path, count: int) -> Measurement:
    core = Simulator(config, binary=str(elf))
    core.run_to(pc=Machine().load_elf(elf).symbols["work"])
    before, start = core.instructions_retired, process_time()
    way(core, count)
    seconds = process_time() - start
    done = core.instructions_retired - before
    return Measurement(done, seconds, done, core.pc)


if __name__ == "__main__":
    as_it_comes, in_order = Config(uart_quiet=True), Config(uart_quiet=True, width=1)
    serve({"free": partial(timed, free, as_it_comes), "in-order": partial(timed, free, in_order),
           "log": partial(timed, log, in_order), "fields": partial(timed, fields, in_order)})
