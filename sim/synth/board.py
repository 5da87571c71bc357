"""A bitstream for a board: the SoC with the hypervisor in its block RAM, from Amaranth to the file that the board loads."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil

from rtl.board import Board, Machine, pll
from rtl.config import CONFIGS
from sim.bench.build import BUILD, ROOT, digest, made_once
from sim.firmware import build_firmware
from sim.model.elf import read_elf
from sim.synth import timing, tools

CONSTRAINTS = ROOT / "constraints"
TOP = "board"
# Main memory takes most of the block RAM, and the wires between are scarce: the other router, which tears up one net at a time,
# does not come to an end.
ROUTER = ("--router", "router2")


@dataclass(frozen=True)
class BoardFacts:
    """One board, as its `board.toml` says. Frequencies in MHz, memory in KiB."""

    name: str
    pins: Path
    device: tuple[str, ...]
    oscillator_mhz: float
    clock_mhz: float
    baud: int
    ram_kib: int
    guest_host_base: int
    guest_ram_size: int


@dataclass(frozen=True)
class Bitstream:
    """What came of it. `met`: the clock of the board is not faster than the longest path allows."""

    path: Path
    timing: timing.Timing
    clock_mhz: float

    @property
    def met(self) -> bool:
        """Is the bitstream safe to use?"""
        return self.timing.fmax >= self.clock_mhz


def boards() -> dict[str, BoardFacts]:
    """All boards of constraints/, by name."""
    out = {}
    for file in sorted(CONSTRAINTS.glob("*/board.toml")):
        for name, facts in tomllib.loads(file.read_text()).items():
            out[name] = BoardFacts(name, **{**facts, "pins": file.parent / facts["pins"], "device": tuple(facts["device"])})
    return out


def image(board: BoardFacts) -> bytes:
    """The hypervisor and its guests as they stand in memory at RAM_BASE. Raises ToolchainError."""
    elf = build_firmware(defines={"GUEST_HOST_BASE": hex(board.guest_host_base), "GUEST_RAM_SIZE": hex(board.guest_ram_size)})
    segments = read_elf(elf).segments
    base = min(address for address, _ in segments)
    memory = bytearray(max(address + len(data) for address, data in segments) - base)
    for address, data in segments:
        memory[address - base:address - base + len(data)] = data
    return bytes(memory)


def build(board: BoardFacts, config: str, seed: int, progress: Callable[[str], None] = lambda step: None) -> Bitstream:
    """Make a bitstream, or take it from build/fpga.

    Raises ToolError, ToolchainError, ValueError for a clock that the PLL cannot make.
    """
    progress("writing the design")
    machine = Machine(CONFIGS[config], image(board), ram_size=board.ram_kib << 10, frequency=round(board.clock_mhz * 1e6),
                      baud=board.baud)
    text = rtlil.convert(Board(machine, pll(board.oscillator_mhz, board.clock_mhz)), name=TOP, emit_src=False)
    netlist = _netlist(text, progress)
    progress("place and route")
    folder = timing.place_and_route(netlist, seed, board.clock_mhz, device=board.device, files=[board.pins],
                                    extra=["--lpf", board.pins.name, "--textcfg", "board.config", *ROUTER])
    progress("packing")
    with made_once(packed := folder.with_name(folder.name.replace("route", "bitstream"))) as scratch:
        if scratch:
            (scratch / "board.config").write_bytes((folder / "board.config").read_bytes())
            tools.wasm("ecppack", scratch, ["--compress", "--freq", "38.8", "board.config", "board.bit"], "ecppack.log")
            (scratch / "board.config").unlink()
    return Bitstream(packed / "board.bit", timing.read(folder), board.clock_mhz)


def _netlist(text: str, progress: Callable[[str], None]) -> Path:
    folder = BUILD / "fpga" / f"board-{digest(text, *tools.versions())}"
    with made_once(folder) as scratch:
        if scratch:
            progress("synthesis")
            # Not as Verilog: Yosys takes minutes to read the contents of a memory from it.
            (scratch / "board.il").write_text(text)
            tools.yosys(scratch, ["read_rtlil board.il", f"{tools.SYNTHESIS} -top {TOP} -json netlist.json"])
            (scratch / "board.il").unlink()
    return folder / "netlist.json"
