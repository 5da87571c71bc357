"""The golden model with everything it has. DOPPELHART_MODEL says in which form."""

import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

from bench.peers.measure import Measurement, at_work, serve
from isa.profile import PROFILES
from sim.model import Machine

# Records at a time. Of more than about 1,000 the memory is asked of the system anew for each chunk, which halves the rate.
CHUNK = 512


def ready(elf: Path) -> Machine:
    """A machine with the whole profile that stands at `work`."""
    machine = Machine(PROFILES["full"])
    at_work(elf, machine)
    return machine


def timed(way: Callable[[Machine, int], None], elf: Path, count: int) -> Measurement:
    machine = ready(elf)
    before, start = machine.instructions, process_time()
    way(machine, count)
    seconds = process_time() - start
    done = machine.instructions - before
    return Measurement(done, seconds, done, machine["pc"])


def free(machine: Machine, count: int) -> None:
    machine.run(count)


def trace(machine: Machine, count: int) -> None:
    for _ in range(count // CHUNK):
        machine.trace(CHUNK)


def tuples(machine: Machine, count: int) -> None:
    for _ in range(count // CHUNK):
        for _record in struct.iter_unpack("<16q", machine.trace(CHUNK)):
            pass


def fields(machine: Machine, count: int) -> None:
    step, retire = machine.step, machine.hart.retire
    for _ in range(count):
        step()
        _ = retire.pc, retire.insn, retire.rd_value


def lock(elf: Path, count: int) -> Measurement:
    """Only the comparing is on the clock; the records come from a second machine, a chunk at a time."""
    leader, follower = ready(elf), ready(elf)
    before, seconds = follower.instructions, 0.0
    for _ in range(count // CHUNK):
        records = leader.trace(CHUNK)
        start = process_time()
        equal = follower.lock(records, CHUNK)
        seconds += process_time() - start
        if equal != CHUNK:
            raise SystemExit(f"the model differs from itself: {follower.lock_reason}")
    done = follower.instructions - before
    return Measurement(done, seconds, done, follower["pc"])


if __name__ == "__main__":
    serve({"free": partial(timed, free), "trace": partial(timed, trace), "tuples": partial(timed, tuples),
           "fields": partial(timed, fields), "lock": lock})
