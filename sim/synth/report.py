"""python -m sim.synth.report: what the core costs on LFE5U-85F-6, beside cores of others, as the page docs/fpga.md.

Everything is cached by content under build/fpga: a run that is stopped goes on where it was.
"""

import argparse
import statistics
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from rtl.config import CONFIGS
from sim.bench.build import ROOT
from sim.synth import area, timing, tools
from sim.synth.netlist import Design, synthesise

PAGE = ROOT / "docs" / "fpga.md"
WANTED_MHZ = 50.0
SEEDS = (1, 2, 3)
HEAD = """# On an FPGA

`make fpga-report` writes this page: synthesis by Yosys, place and route by nextpnr for LFE5U-85F-6 (CABGA381), each core alone
in a frame of registers (`sim/synth/netlist.py`), the same tools for all in one run. LUT4 counts carry chains and distributed
RAM as the LUTs that they fill. fmax is the median of as many seeds as the last column says; the tools were asked for 50 MHz.

"""


def vexriscv() -> Design:
    """RV32IMA with an MMU and 4 KiB caches, from PyPI."""
    return Design("VexRiscv_Linux (RV32IMA)", (_data("pythondata_cpu_vexriscv", "verilog/VexRiscv_Linux.v"),), "VexRiscv")


def rocket() -> Design:
    """RV64IMAC with Sv39, from PyPI; the uncore and debug module are part of it."""
    folder = "verilog/generated-src/freechips.rocketchip.system.LitexLinuxConfig"
    sources = (f"{folder}.v", f"{folder}.behav_srams.v", "verilog/vsrc/plusarg_reader.v", "verilog/vsrc/AsyncResetReg.v",
               "verilog/vsrc/EICG_wrapper.v")
    return Design("Rocket LitexLinux (RV64IMAC, uncore)", tuple(_data("pythondata_cpu_rocket", name) for name in sources),
                  "ExampleRocketSystem", clock="clock")


def _data(package: str, name: str) -> Path:
    try:
        return Path(str(files(package))) / name
    except ModuleNotFoundError:
        raise tools.ToolError(f"{package} is not installed; `pip install 'doppelhart[fpga]'` brings it.") from None


def ours() -> Iterator[Design]:
    """Each configuration, with H and without."""
    for name in CONFIGS:
        yield area.core(name)
        yield area.core(f"{name}-noh")


def row(design: Design, seeds: Sequence[int], console: Console, *, routed: bool = False) -> tuple[list[str], str]:
    """A row of the table, and the longest path. `routed`: of the seeds, only those that have been placed and routed already."""
    console.print(f"{design.name}: synthesis")
    netlist = synthesise(design)
    total = netlist.total
    found = []
    for seed in seeds:
        if routed and not timing.is_routed(netlist.folder / "netlist.json", seed, WANTED_MHZ):
            continue
        console.print(f"{design.name}: place and route, seed {seed}")
        found.append(timing.read(timing.place_and_route(netlist.folder / "netlist.json", seed, WANTED_MHZ)))
    fmax = f"{statistics.median(each.fmax for each in found):.1f}" if found else "-"
    path = next((each.paths[0].text() for each in found if each.paths), "")
    return [design.name, *(f"{total[kind]:,}" for kind in area.KINDS), fmax, str(len(found))], path


def page(rows: Sequence[tuple[list[str], str]]) -> str:
    """The text of docs/fpga.md."""
    lines = ["| core | LUT4 | FF | block RAM | DSP | fmax, MHz | seeds |", "|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells) + " |" for cells, _ in rows]
    if paths := [f"- {cells[0]}: {path}" for cells, path in rows if path]:
        lines += ["", "## Longest paths", "", "Of the first seed, by unit, in nanoseconds:", "", *paths]
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sim.synth.report", description="Area and timing on ECP5.")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), choices=range(len(SEEDS) + 1), help="0: no place and route")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME",
                        help="NAME or NAME-noh; without it all, and cores of others")
    parser.add_argument("--routed", action="store_true", help="of the seeds, only what has been placed and routed already")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    designs = [area.core(name) for name in arguments.only] or [vexriscv(), *ours(), rocket()]
    try:
        rows = [row(design, SEEDS[:arguments.seeds], console, routed=arguments.routed) for design in designs]
    except tools.ToolError as error:
        sys.exit(str(error))
    PAGE.write_text(page(rows))
    console.print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
