"""Spike as a process, free running or with its commit log thrown away.

Its start is left out: what is reported is the difference of two runs of the same program, cut off at different lengths.
"""

import resource
import subprocess
from functools import partial
from pathlib import Path

from bench.peers.measure import Measurement, serve
from sim.spike import BATCH, command

LOG = ["--log-commits", "--log=/dev/null"]


def seconds(options: list[str], elf: Path, count: int) -> float:
    """CPU time of one run of Spike, and of what it starts."""
    first, *rest = command(elf, count)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([first, *options, *rest], check=True, stdin=subprocess.DEVNULL, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def difference(options: list[str], elf: Path, count: int) -> Measurement:
    """Counts are rounded to whole batches, in which Spike counts."""
    batches = count // BATCH * BATCH
    return Measurement(batches, seconds(options, elf, BATCH + batches) - seconds(options, elf, BATCH))


if __name__ == "__main__":
    serve({"free": partial(difference, []), "log": partial(difference, LOG)})
