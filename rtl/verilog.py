"""Amaranth to Verilog: RTLIL, passes of a Yosys library, one file that tells its origin."""

import hashlib
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from amaranth import Elaboratable
from amaranth.back import rtlil
from amaranth.lib import wiring

from .config import Config
from .core import Core
from .soc import Soc

KINDS = {"core": Core, "soc": Soc}

# `switch` stays `case`, which readers understand, instead of a tree of multiplexers. These are the steps of
# `proc -nomux -norom` without proc_rmdead: looking for dead cases among 32-bit patterns takes most of a minute.
PASSES = ("proc_clean", "proc_prune", "proc_init", "proc_arst", "proc_dlatch", "proc_dff", "proc_memwr",
          "proc_clean", "opt_expr -keepdc", "memory_collect")

# In a process of its own: in which order Yosys writes cells depends on all that its process has read before.
_YOSYS = """
import sys
from pyosys import libyosys
design = libyosys.Design()
for step in sys.argv[1:]:
    design.run_pass("tee -q -o /dev/null " + step)
"""

# Warnings of Verilator that the way of writing causes, and why each is harmless.
WAIVED = {
    "WIDTHEXPAND": "operators extend their operands as the expression needs it, by the rules of Verilog",
    "WIDTHTRUNC": "a reduction to one bit is written as a logical operator on a vector",
    "CASEOVERLAP": "the first case that matches counts",
    "CASEINCOMPLETE": "what no case assigns keeps the default that is assigned before the case",
}


def write(kind: str, config: Config, path: Path) -> Path:
    """Writes the `core` (flat ports `ibus__*`, `dbus__*`) or the whole `soc` of a configuration."""
    return to_verilog(KINDS[kind](config), kind, path, config.name)


def to_verilog(component: wiring.Component, name: str, path: Path, configuration: str = "") -> Path:
    """Writes a component to one file whose top module is `name`. The same input gives the same bytes."""
    path = Path(path)
    path.write_text(verilog(component, name, configuration))
    return path


def verilog(component: Elaboratable, name: str, configuration: str = "") -> str:
    """What `to_verilog` writes."""
    text = rtlil.convert(component, name=name, emit_src=False)
    return _header(name, configuration, text) + _translate(text)


def _header(name, configuration, text):
    of = f", configuration {configuration}" if configuration else ""
    return "\n".join((
        f"// {name}: Doppelhart {version('doppelhart')}{of}",
        f"// Amaranth {version('amaranth')}, Yosys {version('pyosys')}, SHA-256 of the RTLIL:",
        f"// {hashlib.sha256(text.encode()).hexdigest()}",
        *(f"/* verilator lint_off {warning} */  // {reason}" for warning, reason in WAIVED.items()),
        ""))


def _translate(text):
    """Verilog of an RTLIL text."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, "in.il"), Path(folder, "out.v")
        source.write_text(text)
        subprocess.run([sys.executable, "-c", _YOSYS, f"read_rtlil {source}", *PASSES, f"write_verilog {result}"], check=True)
        _, _, verilog = result.read_text().partition("*/\n")   # the banner tells how Yosys was built
    # `always @*` waits for a change; a signal with an initial value starts it at time 0. Yosys gives that signal
    # a name that counts through the life of the process, and forgets it where a slice is driven alone.
    verilog = re.sub(r"\\\$auto\$verilog_backend\.cc:\d+:dump_module\$\d+ ", "_start_", verilog)
    return re.sub(r"^  always @\*\n    (.*;)$", r"  always @* begin\n    if (_start_) begin end\n    \1\n  end",
                  verilog, flags=re.M)
