"""The pipeline as the viewer Konata shows it: which instruction was in which stage, cycle by cycle, from a waveform.

The format is Kanata 0004: lines of a command and tab-separated numbers (C: cycles go by, I: an instruction appears, L: its
label, S: a stage begins, R: it retires or is flushed).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from isa.disasm import disassemble
from sim.bench.vcd import Vcd

CORE = "bench.soc.core"
STAGES = ("d", "x", "m", "w")
_SIGNALS = [f"{CORE}.{stage}.{name}" for stage in STAGES for name in ("valid", "moves")]
_PC, _INSN = f"{CORE}.d.payload.pc", f"{CORE}.x.payload.insn"
RETIRED, FLUSHED = 0, 1


@dataclass
class Token:
    """An instruction under way."""

    number: int
    pc: int
    labelled: bool = False


def lines(vcd: Vcd) -> Iterator[str]:
    """The file, line by line. Raises VcdError for a waveform of something else."""
    yield "Kanata\t0004"
    yield "C=\t0"
    held: dict[str, Token] = {}         # by stage, in the cycle before
    moved: dict[str, Token] = {}        # by stage that they enter
    count = retired = 0
    for values in vcd.cycles([*_SIGNALS, _PC, _INSN]):
        now: dict[str, Token] = {}
        for stage in STAGES:
            if not values[f"{CORE}.{stage}.valid"]:
                continue
            token = moved.pop(stage, None)
            if token is None and (stays := held.get(stage)) and stays not in moved.values():
                token = stays
            if token is None:
                if stage != "d":        # it was there before the waveform began
                    continue
                token = Token(count, values[_PC])
                count += 1
                yield f"I\t{token.number}\t{token.number}\t0"
                yield f"L\t{token.number}\t0\t{token.pc:x}"
            if held.get(stage) is not token:
                yield f"S\t{token.number}\t0\t{stage.upper()}"
            now[stage] = token
        if (token := now.get("x")) and not token.labelled:
            token.labelled = True
            yield f"L\t{token.number}\t0\t: {disassemble(values[_INSN], token.pc)}"
        for stage, token in held.items():
            if token not in now.values():
                yield f"R\t{token.number}\t{retired}\t{RETIRED if stage in 'mw' else FLUSHED}"
                retired += stage in "mw"
        moved = {following: now[stage] for stage, following in pairwise(STAGES)
                 if stage in now and values[f"{CORE}.{stage}.moves"]}
        held = now
        yield "C\t1"


def write(waveform: Path, target: Path) -> None:
    """Write the pipeline view of a waveform of the SoC. Raises VcdError."""
    target.write_text("".join(f"{line}\n" for line in lines(Vcd(waveform))))
