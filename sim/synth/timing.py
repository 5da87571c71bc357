"""Place and route for ECP5, and the longest paths unit by unit."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.bench.build import BUILD, digest, made_once
from sim.synth import tools
from sim.synth.netlist import unit_of

DEVICE = ("--85k", "--package", "CABGA381", "--speed", "6")


@dataclass(frozen=True)
class LongPath:
    """One path between two registers: its delay in nanoseconds, and how much of it lies in each unit, in order."""

    delay: float
    units: tuple[tuple[str, float], ...]

    def text(self) -> str:
        """One line."""
        return f"{self.delay:.1f} ns: " + ", ".join(f"{unit} {delay:.1f}" for unit, delay in self.units)


@dataclass(frozen=True)
class Timing:
    """Highest clock frequency in MHz, and the critical path of each clock."""

    fmax: float
    paths: tuple[LongPath, ...]


def _arguments(seed: int, frequency: float, device: Iterable[str] = DEVICE, extra: Iterable[str] = ()) -> list[str]:
    return ["--json", "netlist.json", *device, "--seed", str(seed), "--freq", f"{frequency:g}", "--timing-allow-fail",
            "--report", "report.json", *extra]


def _folder(netlist: Path, arguments: Sequence[str], files: Sequence[Path] = ()) -> Path:
    key = digest(netlist.read_bytes(), repr(arguments), *(path.read_bytes() for path in files), *tools.versions())
    return BUILD / "fpga" / f"route-{key}"


def is_routed(netlist: Path, seed: int, frequency: float) -> bool:
    """Is what `place_and_route` would do for the device alone there already?"""
    return _folder(netlist, _arguments(seed, frequency)).exists()


def place_and_route(netlist: Path, seed: int, frequency: float, *, device: Iterable[str] = DEVICE, extra: Iterable[str] = (),
                    files: Sequence[Path] = ()) -> Path:
    """Folder with `report.json`, `nextpnr.log` and, if `extra` asks for it, `board.config`; cached. Raises ToolError.

    `netlist`: Yosys' JSON. `frequency`: wanted, in MHz; what misses it is reported, not refused. `files` go into the folder.
    """
    arguments = _arguments(seed, frequency, device, extra)
    folder = _folder(netlist, arguments, files)
    with made_once(folder) as scratch:
        if scratch:
            for path in files:
                (scratch / path.name).write_bytes(path.read_bytes())
            (scratch / "netlist.json").write_bytes(netlist.read_bytes())
            tools.wasm("nextpnr-ecp5", scratch, arguments, "nextpnr.log")
            (scratch / "netlist.json").unlink()
    return folder


def read(folder: Path) -> Timing:
    """What nextpnr reported."""
    report = json.loads((folder / "report.json").read_text())
    fmax = min((clock["achieved"] for clock in report["fmax"].values()), default=0.0)
    paths = [_path(entry["path"]) for entry in report["critical_paths"] if "<async>" not in (entry["from"], entry["to"])]
    return Timing(fmax, tuple(sorted(paths, key=lambda path: -path.delay)))


def _path(steps: list[dict[str, Any]]) -> LongPath:
    units: list[tuple[str, float]] = []
    for step in steps:
        unit = unit_of(step["to"]["cell"])
        if units and units[-1][0] == unit:
            units[-1] = unit, units[-1][1] + step["delay"]
        else:
            units.append((unit, step["delay"]))
    return LongPath(sum(step["delay"] for step in steps), tuple(units))
