"""What every way of running has in common: it is a process of its own, `python -m bench.peers.NAME WAY ELF COUNT`.

It goes to the symbol `work` of the program, executes COUNT instructions on the clock (CPU time of the process), and
prints one line of JSON, the Measurement.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sim.model import Machine


@dataclass(frozen=True)
class Measurement:
    """Instructions executed in so many seconds of CPU time, and where the hart stood afterwards.

    `pc` is that after `since_work` instructions from `work` on; -1 where the peer does not tell.
    """

    instructions: int
    seconds: float
    since_work: int = 0
    pc: int = -1


def serve(ways: Mapping[str, Callable[[Path, int], Measurement]]) -> None:
    """The main program of a peer: its ways by name, each called with the ELF and the count."""
    way, elf, count = sys.argv[1:]
    print(json.dumps(asdict(ways[way](Path(elf), int(count)))))


def at_work(elf: Path, machine: Machine) -> int:
    """Load the program into a machine and run it up to `work`; instructions that took."""
    machine.load_elf(elf)
    while machine["pc"] != machine.symbols["work"]:
        machine.step()
    return machine.instructions
