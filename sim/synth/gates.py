"""The SoC after synthesis for ECP5: the netlist of its cells as Verilog, and the same in a form that simulates fast.

A simulator needs hours for a netlist of instances, tens of thousands with a parameter each: the second form has the logic
of Yosys' own models in their place. Block RAMs, multipliers and distributed RAMs stay instances; models follow the netlist.
"""

import re
from importlib.util import find_spec
from pathlib import Path

from rtl.config import CONFIGS
from rtl.soc import Soc
from rtl.verilog import verilog
from sim.bench.build import BUILD, DESIGN, digest, made_once
from sim.synth import tools

MODELS = Path(__file__).with_name("cells.v")    # of cells that Yosys has none of
_LOGIC = "t:PFUMX t:L6MUX21 t:CCU2C t:TRELLIS_FF"
_LUT4 = """module LUT4 (input A, B, C, D, output Z);
    parameter [15:0] INIT = 0;
    \\$lut #(.LUT(INIT), .WIDTH(4)) _TECHMAP_REPLACE_ (.A({D, C, B, A}), .Y(Z));
endmodule
"""


def netlist(config: str) -> Path:
    """Verilog of the cells of the SoC in a named configuration: module `soc`, with the ports of the source, `retire` too.

    Made once for each content. Raises KeyError, ToolError.
    """
    return _gates(config) / "netlist.v"


def simulation(config: str) -> Path:
    """The same netlist for a simulator; raises as `netlist`."""
    return _gates(config) / "simulation.v"


def _gates(config: str) -> Path:
    text = verilog(Soc(CONFIGS[config]), DESIGN)
    key = digest(text, *tools.versions(), Path(__file__).read_bytes(), MODELS.read_bytes())
    folder = BUILD / "fpga" / f"gates-{key}"
    with made_once(folder) as scratch:
        if scratch:
            synthesise(text, DESIGN, scratch)
    return folder


def synthesise(text: str, top: str, folder: Path) -> None:
    """Writes `netlist.v` and `simulation.v` of a Verilog text into a folder. Raises ToolError."""
    (folder / "source.v").write_text(text)
    (folder / "lut4.v").write_text(_LUT4)
    tools.yosys(folder, [
        "read_verilog -sv source.v", f"{tools.SYNTHESIS} -top {top}", "write_verilog -noattr netlist.v",
        "techmap -map lut4.v t:LUT4", f"techmap -autoproc -D NO_INCLUDES -map {_share() / 'cells_sim.v'} {_LOGIC}", "opt_clean",
        "write_verilog -noattr simulation.v"])
    with open(folder / "simulation.v", "a") as out:
        out.write(f"\n{_distributed_ram()}\n\n{MODELS.read_text()}")
    for name in ("source.v", "lut4.v", "script.ys"):
        (folder / name).unlink()


def _distributed_ram() -> str:
    """Yosys' model, without its delays."""
    found = re.search(r"^module TRELLIS_DPR16X4 .*?^endmodule", (_share() / "common_sim.vh").read_text(), re.M | re.S)
    assert found is not None
    return re.sub(r"^\s*specify.*?endspecify", "", found[0], flags=re.M | re.S)


def _share() -> Path:
    spec = find_spec("pyosys")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "share" / "ecp5"
