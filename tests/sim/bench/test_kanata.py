"""sim/bench/kanata.py, on stages moved by hand."""

from sim.bench import kanata
from sim.bench.kanata import CORE, STAGES

ADDI, NOP = 0x00A58593, 0x13


class Stages:
    """What `Vcd.cycles` gives: rows of stages that hold an instruction, stages where it moves, pc in D, insn in X."""

    def __init__(self, *rows):
        self.rows = rows

    def cycles(self, names):
        for held, moves, pc, insn in self.rows:
            values = {f"{CORE}.{stage}.valid": int(stage in held) for stage in STAGES}
            values |= {f"{CORE}.{stage}.moves": int(stage in moves) for stage in STAGES}
            values |= {f"{CORE}.d.payload.pc": pc, f"{CORE}.x.payload.insn": insn}
            yield {name: values[name] for name in names}


def fates(*rows):
    """Lines but for those that count cycles."""
    return [line for line in kanata.lines(Stages(*rows)) if line not in ("C\t1", "C=\t0", "Kanata\t0004")]


def test_an_instruction_passes_and_retires():
    assert fates(("d", "d", 0x80, 0), ("x", "x", 0, ADDI), ("m", "m", 0, 0), ("w", "w", 0, 0), ("", "", 0, 0)) == [
        "I\t0\t0\t0", "L\t0\t0\t80", "S\t0\t0\tD", "S\t0\t0\tX", "L\t0\t0\t: addi a1, a1, 10", "S\t0\t0\tM", "S\t0\t0\tW",
        "R\t0\t0\t0"]


def test_a_stall_repeats_nothing():
    lines = fates(("d", "", 0x80, 0), ("d", "", 0x80, 0), ("d", "d", 0x80, 0), ("x", "", 0, NOP))
    assert [line for line in lines if line[0] in "IS"] == ["I\t0\t0\t0", "S\t0\t0\tD", "S\t0\t0\tX"]


def test_what_a_redirect_drops_is_flushed():
    lines = fates(("d", "d", 0x80, 0), ("dx", "x", 0x84, NOP), ("m", "m", 0, 0), ("d", "", 0x100, 0))
    assert "R\t1\t0\t1" in lines                # flushed in D
    assert "R\t0\t0\t0" in lines                # a trap leaves from M
    assert lines[-2:] == ["S\t2\t0\tD", "R\t0\t0\t0"]


def test_what_was_there_before_the_waveform_is_left_out():
    assert fates(("xmw", "xmw", 0, NOP), ("mw", "mw", 0, NOP)) == []


def test_the_file_counts_cycles():
    assert list(kanata.lines(Stages(("", "", 0, 0)))) == ["Kanata\t0004", "C=\t0", "C\t1"]
