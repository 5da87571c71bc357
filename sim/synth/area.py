"""python -m sim.synth.area WHAT: cells and, with --time, the longest paths of the core or of one unit, on LFE5U-85F-6.

WHAT is a configuration (`default`), one without H (`default-noh`), or a unit: an expression after a module of rtl, such as
`rtl.mmu.mmu:Mmu(config)`, in which `config` is the configuration of --config.
"""

import argparse
import importlib
import sys
import tempfile
from collections import Counter
from pathlib import Path

from amaranth.lib import wiring
from rich.console import Console
from rich.table import Table

from rtl.config import CONFIGS
from rtl.core import Core
from rtl.verilog import verilog
from sim.bench.build import BUILD, digest
from sim.synth import timing, tools
from sim.synth.netlist import FRAME, Design, Netlist, synthesise

KINDS = ("LUT4", "FF", "block RAM", "DSP")
UNUSED = ("retire", "activity")     # outputs for verification: nothing is connected to them on a board


def design(component: wiring.Component, name: str) -> Design:
    """A component of rtl/ as something to synthesise; its Verilog goes to the build folder."""
    text = verilog(component, "top")
    path = BUILD / "fpga" / f"source-{digest(text)}.v"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as partial:
        partial.write(text)
    Path(partial.name).replace(path)
    return Design(name, (path,), "top", unused=UNUSED)


def core(name: str) -> Design:
    """The core of a configuration, `NAME` or `NAME-noh`. Raises KeyError."""
    config = CONFIGS[name.removesuffix("-noh")]
    return design(Core(config.without_h() if name.endswith("-noh") else config), name)


def table(netlist: Netlist, depth: int) -> Table:
    """Cells of each unit down to a depth of the hierarchy, units inside others included in these."""
    units: dict[str, Counter[str]] = {}
    for unit, count in netlist.cells.items():
        for level in range(1, min(depth, unit.count("/") + 1) + 1):
            key = "/".join(unit.split("/")[:level])
            units[key] = units.get(key, Counter()) + count
    out = Table("unit", *KINDS)
    for unit in sorted(units):
        if unit != FRAME:
            out.add_row("  " * unit.count("/") + unit, *(str(units[unit][kind]) for kind in KINDS))
    out.add_section()
    total = netlist.total
    out.add_row("all", *(str(total[kind]) for kind in KINDS))
    return out


def _unit(expression: str, config: str) -> Design:
    module, _, call = expression.partition(":")
    names = {**vars(importlib.import_module(module)), "config": CONFIGS[config]}
    return design(eval(call, names), expression)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sim.synth.area", description="What the core or a unit costs on ECP5.")
    parser.add_argument("what", help="NAME, NAME-noh, or MODULE:EXPRESSION")
    parser.add_argument("--config", default="default", choices=sorted(CONFIGS))
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--time", action="store_true", help="place and route")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    console = Console(highlight=False)
    try:
        chosen = _unit(arguments.what, arguments.config) if ":" in arguments.what else core(arguments.what)
        netlist = synthesise(chosen)
        console.print(table(netlist, arguments.depth))
        if arguments.time:
            found = timing.read(timing.place_and_route(netlist.folder / "netlist.json", arguments.seed, 50))
            console.print(f"{found.fmax:.1f} MHz")
            for path in found.paths:
                console.print(path.text(), soft_wrap=True)
    except KeyError as error:
        sys.exit(f"no configuration is called {error}; there are {', '.join(CONFIGS)}")
    except tools.ToolError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
