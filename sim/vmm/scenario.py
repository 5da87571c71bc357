"""What all scenarios share: firmware with chosen guests is run on the model or in lockstep on the RTL, and judged."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from isa import platform, retire
from isa.profile import PROFILES
from sim.firmware import Edit, build_firmware
from sim.model import Machine
from sim.outcome import BadInput, Outcome, Verdict, ended
from sim.run import Options, in_lockstep, named
from sim.terminal import Terminal
from sim.toolchain import ToolchainError

CHUNK = 100_000         # records between looks at the clock
FIGURE = re.compile(r"^\[guest (\d+)\] figure (\w+) (-?\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Image:
    """Firmware to run: guests in their order, macros of the build, the class that sees the records ("": none), and what is
    wrong on purpose."""

    guests: tuple[str, ...]
    defines: Mapping[str, str | int] = field(default_factory=dict)
    statistics: str = "sim.stats:Statistics"
    ram_size: int = platform.RAM_SIZE
    max_instructions: int = 200_000_000
    edits: tuple[Edit, ...] = ()
    shown: bool = True      # what it prints


@dataclass(frozen=True)
class Setting:
    """How the user wants scenarios to be run."""

    on: str                 # "model" or "rtl", which is in lockstep with the model
    config: str
    timeout: float
    terminal: Terminal


@dataclass
class Run:
    """One image after its run. `statistics` is what the class's summary() says."""

    outcome: Outcome
    text: str

    @property
    def statistics(self) -> dict[str, Any]:
        """What was counted."""
        counted: dict[str, Any] = self.outcome.figures["statistics"]
        return counted

    def figures(self, guest: int) -> dict[str, int]:
        """What a guest has found, from its lines `figure NAME VALUE`."""
        return {name: int(value) for number, name, value in FIGURE.findall(self.text) if int(number) == guest}

    def lines(self, guest: int) -> list[str]:
        """What a guest has printed."""
        return re.findall(rf"^\[guest {guest}\] (.*)$", self.text, re.MULTILINE)


def run(image: Image, setting: Setting) -> Run:
    """Build and run. Raises BadInput where the firmware cannot be built or the machine cannot be had."""
    try:
        elf = build_firmware(image.guests, image.defines, image.edits)
    except ToolchainError as error:
        raise BadInput(str(error)) from error
    console = bytearray()

    def tee(data: bytes) -> None:
        console.extend(data)
        if image.shown:
            setting.terminal.console(data)

    if setting.on == "model":
        outcome = _on_model(elf, image, setting, tee)
    else:
        outcome = in_lockstep(elf, Options(
            config=setting.config, ram_size=image.ram_size, max_instructions=image.max_instructions,
            timeout=setting.timeout, signature=None, console=tee, statistics=image.statistics,
            progress=lambda done: setting.terminal.progress("lockstep", done, None, f"{done:,} compared")))
    return Run(outcome, console.decode(errors="replace").replace("\r", ""))


def _on_model(elf: Path, image: Image, setting: Setting, tee: Any) -> Outcome:
    """The model alone, each of its records shown to the class that counts."""
    machine = Machine(profile=named(setting.config, PROFILES), ram_size=image.ram_size)
    machine.load_elf(elf)
    machine.on_console = tee
    counter = _counter(image.statistics)
    start, done = time.monotonic(), 0
    verdict, detail = Verdict.LIMIT, f"stopped after {image.max_instructions:,} instructions"
    while done < image.max_instructions and machine.exit_code is None:
        if counter is None:
            before = machine.instructions
            machine.run(CHUNK)
            done += machine.instructions - before
        else:
            records = memoryview(machine.trace(CHUNK)).cast("Q")
            counter.feed(records, len(records) // retire.WORDS)
            done += len(records) // retire.WORDS
        setting.terminal.progress("running on the model", done, None, f"{done:,}")
        if time.monotonic() - start > setting.timeout:
            detail = f"stopped after {setting.timeout:g} seconds"
            break
    if machine.exit_code is not None:
        verdict, detail = ended(machine.exit_code), ""
    return Outcome(verdict, "model", done, time.monotonic() - start, machine.exit_code, detail,
                   {"statistics": counter.summary() if counter is not None else None})


def _counter(name: str) -> Any:
    module, _, cls = name.partition(":")
    return getattr(import_module(module), cls)() if name else None
