"""The demo: two guests side by side on the RTL in lockstep, and what that cost."""

from pathlib import Path
from typing import Any

from isa import platform
from sim.firmware import DEMO, build_firmware
from sim.model import Machine
from sim.outcome import BadInput, Outcome
from sim.run import Options, in_lockstep
from sim.terminal import Terminal
from sim.toolchain import ToolchainError

MAX_INSTRUCTIONS = 100_000_000      # ends a demo that would never end


def run_demo(config: str, timeout: float, terminal: Terminal) -> Outcome:
    """The hypervisor and its two guests on the RTL, every record compared with the model. Raises BadInput."""
    try:
        firmware = build_firmware(DEMO)
    except ToolchainError as error:
        raise BadInput(str(error)) from error
    total = _length(firmware)

    def progress(done: int) -> None:
        terminal.progress("lockstep", min(done, total), total, f"{done:,} compared")

    return in_lockstep(firmware, Options(
        config=config, ram_size=platform.RAM_SIZE, max_instructions=MAX_INSTRUCTIONS, timeout=timeout, signature=None,
        console=terminal.console, progress=progress, statistics="sim.stats:Statistics"))


def _length(firmware: Path) -> int:
    """About how many records the run will have: as many as on the model alone, but for the timing of its interrupts."""
    machine = Machine()
    machine.load_elf(firmware)
    machine.run(MAX_INSTRUCTIONS)
    return machine.hart.steps


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The tables of a run: where instructions and cycles went, exits by cause, cycles per exit."""
    statistics: dict[str, Any] = outcome.figures["statistics"]
    owners = [(f"guest {number}", share) for number, share in enumerate(statistics["guests"])]
    owners += [("hypervisor (HS)", statistics["hypervisor"]), ("firmware (M)", statistics["firmware"])]
    terminal.table("Where instructions and cycles went", ("", "instructions", "cycles", "exits"),
                   [(name, share["instructions"], share["cycles"], share.get("exits")) for name, share in owners])
    terminal.table("Cycles per exit, from the trap to the next guest instruction",
                   ("cause", "exits", "minimum", "median", "99th percentile"),
                   [(cause, p["count"], p["min"], p["median"], p["p99"])
                    for cause, p in [*statistics["exits"].items(), ("all exits", statistics["all exits"])]])
