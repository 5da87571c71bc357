"""Disassembled text goes through LLVM's assembler and must come back as the same word."""

import re

import pytest

from isa.disasm import REGISTERS, disassemble
from isa.insns import COMPRESSED, INSNS
from tests.isa import assembler

PC = 0x8000_0000


def offsets(text: str) -> str:
    """Assembler text of a branch disassembled at pc 0: its target is the offset, negative ones as such."""
    return re.sub(r"0xf{8,}\w*", lambda m: str(int(m[0], 16) - (1 << 64)), text)


def test_round_trip():
    lines = [assembler.line(insn, values) for insn in INSNS for values in assembler.operand_sets(insn)]
    words = assembler.words(lines, "norvc")
    texts = [offsets(disassemble(word)) for word in words]
    assert not [text for text in texts if text.startswith(".")]
    again = assembler.words(texts, "norvc")
    assert [t for t, a, b in zip(texts, words, again, strict=True) if a != b] == []


def test_compressed_round_trip():
    """The instruction in parentheses, compressed by the assembler, is the word again."""
    rows = [row for row in COMPRESSED if row.base]
    cases = [(row, values) for row in rows for values in assembler.compressed_sets(row)]
    lines = [assembler.compressed_line(row, values) for row, values in cases]
    words = assembler.words(lines, "rvc")
    texts = [disassemble(word) for word in words]
    assert [text.split()[0] for text in texts] == [row.name for row, _ in cases]
    again = assembler.words([offsets(text.partition("(")[2].removesuffix(")")) for text in texts], "rvc")
    assert [(t, hex(a), hex(b)) for t, a, b in zip(texts, words, again, strict=True) if a != b] == []


@pytest.mark.parametrize(("word", "text"), [
    (0x0000_0297, "auipc t0, 0x0"),
    (0xF140_2573, "csrrs a0, mhartid, zero"),
    (0x6800_5073, "csrrwi zero, hgatp, 0"),
    (0x7FF0_5073, "csrrwi zero, 0x7ff, 0"),
    (0x0182_B283, "ld t0, 24(t0)"),
    (0x0002_8067, "jalr zero, 0(t0)"),
    (0xFE00_0EE3, "beq zero, zero, 0x7ffffffc"),
    (0x0080_006F, "jal zero, 0x80000008"),
    (0x6C05_4573, "hlv.d a0, (a0)"),
    (0x6EB5_4073, "hsv.d a1, (a0)"),
    (0x1EB5_35AF, "sc.d.aqrl a1, a1, (a0)"),
    (0x0100_000F, "pause"),
    (0x0230_000F, "fence r, rw"),
    (0x0000_852E, "c.mv (add a0, zero, a1)"),
    (0x0000_A001, "c.j (jal zero, 0x80000000)"),
    (0x0000_0000, ".2byte 0x0000"),
    (0xFFFF_FFFF, ".4byte 0xffffffff"),
    (0x1234_852E, "c.mv (add a0, zero, a1)"),
])
def test_text(word, text):
    assert disassemble(word, PC) == text


def test_registers_are_the_abi_names():
    assert len(set(REGISTERS)) == 32
    assert [REGISTERS[n] for n in (0, 1, 2, 5, 8, 9, 10, 17, 18, 27, 28, 31)] == [
        "zero", "ra", "sp", "t0", "s0", "s1", "a0", "a7", "s2", "s11", "t3", "t6"]
