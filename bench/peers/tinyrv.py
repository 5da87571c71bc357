"""tinyrv, plain Python, without and with its trace, which is thrown away."""

import contextlib
import os
from functools import partial
from pathlib import Path
from time import process_time

import tinyrv

from bench.peers.measure import Measurement, serve
from isa.platform import RAM_BASE, RAM_SIZE
from sim.model.elf import read_elf


def run(trace: bool, elf: Path, count: int) -> Measurement:
    core = tinyrv.sim(xlen=64)
    image = read_elf(elf, RAM_BASE, RAM_BASE + RAM_SIZE)
    for address, data in image.segments:
        core.copy_in(address, data)
    core.pc = image.entry
    while core.pc != image.symbols["work"]:
        core.step(trace=False)
    with open(os.devnull, "w") as sink, contextlib.redirect_stdout(sink):
        start = process_time()
        for _ in range(count):
            core.step(trace=trace)
        seconds = process_time() - start
    return Measurement(count, seconds, count, core.pc)


if __name__ == "__main__":
    serve({"free": partial(run, False), "trace": partial(run, True)})
