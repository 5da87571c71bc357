"""The hypervisor's scenarios as the user runs them: build the firmware, run it in lockstep, show what it cost."""

from pathlib import Path
from typing import Any

from isa import platform
from sim.firmware import DEMO, build_firmware
from sim.outcome import BadInput, Outcome
from sim.run import Options, in_lockstep
from sim.terminal import Terminal
from sim.toolchain import ToolchainError


def run_demo(config: str, timeout: float, terminal: Terminal) -> Outcome:
    """The hypervisor and its two guests on the RTL, every record compared with the model. Raises BadInput."""
    return in_lockstep(_firmware(), _options(config, timeout, terminal))


def _firmware() -> Path:
    try:
        return build_firmware(DEMO)
    except ToolchainError as error:
        raise BadInput(str(error)) from error


def _options(config: str, timeout: float, terminal: Terminal) -> Options:
    def progress(done: int) -> None:
        terminal.progress("lockstep", done, None, f"{done:,} compared")

    return Options(config=config, ram_size=platform.RAM_SIZE, max_instructions=1 << 62, timeout=timeout, signature=None,
                   console=terminal.console, progress=progress, statistics="sim.stats:Statistics")


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
