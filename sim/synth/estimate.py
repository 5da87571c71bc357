"""python -m sim.synth.estimate WHAT: the longest paths of a synthesised design, in seconds, before anything is placed.

Delays of cells are those of nextpnr's ECP5 database, speed 6, rounded. A wire costs what it costs on the average, more with its
fanout. That ranks paths and compares versions of a design; routed paths of the core became about 1.5 times as long.
"""

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtl.config import CONFIGS
from sim.synth import area, tools
from sim.synth.netlist import FRAME, synthesise, unit_of

STARTS = {"TRELLIS_FF": ("Q", 0.5), "DP16KD": ("DO", 5.7)}      # outputs, and when they are valid after the clock edge
ENDS = {"TRELLIS_FF": ("DI", "M", "CE", "LSR"), "TRELLIS_DPR16X4": ("DI", "WAD", "WRE"),
        "DP16KD": ("AD", "DI", "CE", "OCE", "WE", "CS", "RST")}
OUTPUTS = {"LUT4": ("Z",), "CCU2C": ("S0", "S1", "COUT"), "TRELLIS_DPR16X4": ("DO",), "MULT18X18D": ("P",)}
LUT, MULTIPLIER, CARRY_IN, CARRY_ON = 0.24, 3.9, 0.44, 0.07
WIRE, FANOUT = 0.65, 0.12

Cells = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class LongestPath:
    """One path to a register or memory: its delay in nanoseconds, and when it has left each of the units that it passes."""

    delay: float
    end: str
    units: tuple[tuple[str, float], ...]

    def text(self) -> str:
        """One line."""
        return f"{self.delay:.1f} ns: " + ", ".join(f"{unit} {at:.1f}" for unit, at in self.units) + f" -> {self.end}"


def _is(port: str, names: tuple[str, ...]) -> bool:
    return re.sub(r"[AB]?\d*$", "", port) in names or port in names


def _arc(kind: str, source: str, output: str) -> float | None:
    """Delay from an input of a cell to an output; None if there is no way."""
    if kind == "LUT4":
        return LUT
    if kind == "TRELLIS_DPR16X4":
        return LUT if source == "RAD" else None
    if kind == "MULT18X18D":
        return MULTIPLIER if re.fullmatch(r"[AB]\d+", source) else None
    if kind == "CCU2C" and source == "CIN":
        return CARRY_ON if output == "COUT" else CARRY_IN
    if kind == "CCU2C" and re.fullmatch(r"[ABCD][01]", source):
        return None if output == "S0" and source[1] == "1" else CARRY_IN
    return None


class Estimate:
    """Arrival times of all nets of a flat netlist (cells and nets of Yosys' JSON)."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._drivers: dict[int, tuple[str, str]] = {}
        self._fanout: dict[int, int] = {}
        self._arrivals: dict[int, tuple[float, int | None]] = {}      # and the net before it
        for name, cell in cells.items():
            kind = cell["type"]
            outputs = OUTPUTS.get(kind) or STARTS.get(kind, ("",))[:1]
            for port, bits in cell["connections"].items():
                for bit in bits:
                    if isinstance(bit, int) and _is(port, outputs):
                        self._drivers[bit] = name, port
                    elif isinstance(bit, int):
                        self._fanout[bit] = self._fanout.get(bit, 0) + 1

    def _wire(self, net: int, port: str) -> float:
        return 0.0 if port == "CIN" else WIRE + FANOUT * math.log2(1 + self._fanout.get(net, 0))

    def _before(self, net: int) -> Iterator[tuple[int, float]]:
        """Nets that a net depends on in the same cycle, with the delay from each."""
        name, output = self._drivers.get(net, ("", ""))
        cell = self._cells.get(name, {"type": "", "connections": {}})
        for port, bits in cell["connections"].items():
            arc = None if _is(port, (output,)) else _arc(cell["type"], port, output)
            if arc is not None:
                yield from ((bit, arc + self._wire(bit, port)) for bit in bits if isinstance(bit, int))

    def arrival(self, net: int) -> float:
        """When a net is valid, in ns after the clock edge."""
        todo = [net]
        while todo:
            at = todo[-1]
            before = list(self._before(at))
            missing = [other for other, _ in before if other not in self._arrivals]
            if missing:
                todo += missing
                continue
            kind = self._cells[self._drivers[at][0]]["type"] if at in self._drivers else ""
            start = STARTS[kind][1] if kind in STARTS else 0.0
            self._arrivals[at] = max(((self._arrivals[other][0] + delay, other) for other, delay in before),
                                     default=(start, None), key=lambda found: found[0])
            todo.pop()
        return self._arrivals[net][0]

    def paths(self) -> list[LongestPath]:
        """The longest path into each cell with a clock, longest first."""
        found = []
        for name, cell in self._cells.items():
            ends = [(self.arrival(bit) + self._wire(bit, port), bit)
                    for port, bits in cell["connections"].items() if _is(port, ENDS.get(cell["type"], ()))
                    for bit in bits if isinstance(bit, int)]
            if ends:
                delay, last = max(ends)
                found.append(LongestPath(delay, unit_of(name), self._units(last)))
        return sorted(found, key=lambda path: -path.delay)

    def _units(self, net: int | None) -> tuple[tuple[str, float], ...]:
        steps: list[tuple[str, float]] = []
        while net is not None:
            at, before = self._arrivals[net]
            unit = unit_of(self._drivers[net][0]) if net in self._drivers else FRAME
            if not steps or steps[-1][0] != unit:
                steps.append((unit, at))
            net = before
        return tuple(reversed(steps))


def read(netlist: Path) -> Estimate:
    """Of a netlist in Yosys' JSON whose top is the frame."""
    return Estimate(json.loads(netlist.read_text())["modules"][FRAME]["cells"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sim.synth.estimate", description="Longest paths before placement.")
    parser.add_argument("what", help="NAME or NAME-noh, a configuration")
    parser.add_argument("--paths", type=int, default=10, help="so many, each to another unit")
    arguments = parser.parse_args()
    try:
        ends: dict[str, LongestPath] = {}
        for path in read(synthesise(area.core(arguments.what)).folder / "netlist.json").paths():
            ends.setdefault(path.end, path)
        print(*(path.text() for path in list(ends.values())[:arguments.paths]), sep="\n")
    except KeyError as error:
        sys.exit(f"no configuration is called {error}; there are {', '.join(CONFIGS)}")
    except tools.ToolError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
