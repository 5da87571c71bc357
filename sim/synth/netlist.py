"""Synthesis for ECP5: a design in a frame of registers becomes a netlist, with its cells counted unit by unit.

The frame keeps a design whole without a pin for each port: inputs come from a shift register, outputs go through registers
into one parity. Its cells count to the unit `frame` and not to the design.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.bench.build import BUILD, digest, made_once
from sim.synth import tools

FRAME = "frame"
LUT4 = {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4}    # LUTs that a cell fills
KINDS = {"TRELLIS_FF": "FF", "DP16KD": "block RAM", "MULT18X18D": "DSP"}


@dataclass(frozen=True)
class Design:
    """What to synthesise: Verilog sources, its top module, and the ports that are not framed.

    `unused`: outputs for verification alone, left open.
    """

    name: str
    sources: tuple[Path, ...]
    top: str
    clock: str = "clk"
    unused: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()


@dataclass
class Netlist:
    """Cells of a synthesised design by unit and kind: "LUT4" (carry chains and distributed RAM included), "FF", "block RAM",
    "DSP"."""

    folder: Path
    cells: dict[str, Counter[str]] = field(default_factory=dict)
    frame_ff: int = 0       # registers of the frame; some go by the name of the port behind them and count to its unit

    @property
    def total(self) -> Counter[str]:
        """Cells of the design, those of the frame left out."""
        out = sum((counts for unit, counts in self.cells.items() if unit != FRAME), Counter[str]())
        out["FF"] += self.cells.get(FRAME, Counter())["FF"] - self.frame_ff
        return out


def frame(ports: dict[str, tuple[str, int]], design: Design) -> str:
    """Verilog of the frame; `ports`: direction and width of each port of the design."""
    inputs = [(name, width) for name, (direction, width) in ports.items() if direction == "input" and name != design.clock]
    outputs = [(name, width) for name, (direction, width) in ports.items()
               if direction == "output" and name not in design.unused]
    wide_in, wide_out = max(1, sum(width for _, width in inputs)), max(1, sum(width for _, width in outputs))
    lines, at = [], 0
    for name, width in inputs:
        lines.append(f"    .\\{name} (frame_in[{at + width - 1}:{at}]),")
        at += width
    at = 0
    for name, width in outputs:
        lines.append(f"    .\\{name} (frame_out[{at + width - 1}:{at}]),")
        at += width
    return "\n".join((
        f"module {FRAME}(input clk, input si, output reg so);",
        f"  reg [{wide_in - 1}:0] frame_in; wire [{wide_out - 1}:0] frame_out; reg [{wide_out - 1}:0] frame_held;",
        "  always @(posedge clk) begin",
        "    frame_in <= {frame_in, si}; frame_held <= frame_out; so <= ^frame_held;",
        "  end",
        f"  \\{design.top} dut (", *lines, f"    .\\{design.clock} (clk)", "  );", "endmodule", ""))


def synthesise(design: Design) -> Netlist:
    """The netlist of a framed design, from the cache under build/fpga when it is there. Raises ToolError."""
    key = digest(repr((design.top, design.clock, design.unused, design.defines)), *tools.versions(),
                 Path(__file__).read_bytes(),
                 *(path.read_bytes() for path in design.sources))
    folder = BUILD / "fpga" / f"netlist-{key}"
    with made_once(folder) as scratch:
        if scratch:
            _synthesise(design, scratch)
    cells = json.loads((folder / "netlist.json").read_text())["modules"][FRAME]["cells"]
    return Netlist(folder, count(cells), int((folder / "frame_ff").read_text()))


def _synthesise(design: Design, folder: Path) -> None:
    read = [_read(path, design.defines) for path in design.sources]
    tools.yosys(folder, [*read, f"hierarchy -top {design.top}", "proc", "write_json ports.json"], "ports.log")
    module = json.loads((folder / "ports.json").read_text())["modules"][design.top]
    (folder / "ports.json").unlink()
    ports = {name: (port["direction"], len(port["bits"])) for name, port in module["ports"].items()}
    text = frame(ports, design)
    (folder / "frame.v").write_text(text)
    (folder / "frame_ff").write_text(str(1 + sum(int(top) + 1 for top in re.findall(r"reg \[(\d+):0\]", text))))
    tools.yosys(folder, [*read, "read_verilog frame.v", f"{tools.SYNTHESIS} -top {FRAME} -json netlist.json"])


def _read(path: Path, defines: Sequence[str]) -> str:
    macros = "".join(f" -D{name}" for name in defines)
    return f"read_verilog -sv{macros} {path}"


def count(cells: dict[str, dict[str, object]]) -> dict[str, Counter[str]]:
    """Cells by unit, from the cells of a flat netlist in Yosys' JSON."""
    out: dict[str, Counter[str]] = {}
    for name, cell in cells.items():
        kind = str(cell["type"])
        counts = out.setdefault(unit_of(name), Counter())
        counts["LUT4"] += LUT4.get(kind, 0)
        if kind in KINDS:
            counts[KINDS[kind]] += 1
    return out


def unit_of(name: str) -> str:
    """Path of the unit that a cell belongs to: cells of a flat netlist are named after the nets that they drive."""
    if not name.startswith("dut."):
        return FRAME
    parts = name.removeprefix("dut.").split(".")
    path = [re.sub(r"\$\d+$", "", part) for part in parts[:-1]]
    return "/".join(path) or "top"
