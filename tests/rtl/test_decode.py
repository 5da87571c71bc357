"""rtl/decode.py: every row of the table with random operands, and a profile that leaves extensions out."""

import random

import pytest
from amaranth.sim import Simulator

from isa import insns
from isa.insns import FIELDS, IMMEDIATES, extract
from rtl.config import CONFIGS
from rtl.decode import Decode, Unit, immediate_name
from rtl.types import CsrOp, SysOp

CONFIG = CONFIGS["default"]
INSNS = [row for row in insns.INSNS if CONFIG.profile.has(row.ext)]


def decode(words, config=CONFIG):
    dut = Decode(config)
    out = []

    async def bench(ctx):
        for word in words:
            ctx.set(dut.insn, word)
            await ctx.delay(1e-9)
            out.append(ctx.get(dut.control))

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
    return out


def word_of(row, rng):
    return rng.getrandbits(32) & ~row.mask | row.match


def first(word):
    return next((row for row in INSNS if word & row.mask == row.match), None)


def field(word, name):
    hi, lo = FIELDS[name]
    return word >> lo & (1 << hi - lo + 1) - 1


def test_operands_of_every_row():
    rng = random.Random(8)
    words = [word_of(row, rng) for row in INSNS for _ in range(6)]
    for word, control in zip(words, decode(words), strict=True):
        row = first(word)
        assert not control.illegal
        assert control.unit == Unit[row.unit.upper()]
        for name in ("rd", "rs1", "rs2"):
            assert control[name] == (field(word, name) if name in row.operands else 0), (row.name, name)
        name = immediate_name(row)
        value = extract(word, IMMEDIATES[name]) if name in IMMEDIATES else field(word, name) if name else 0
        assert control.imm == (value - (1 << 32) if value >> 31 == 1 else value), row.name


def test_unknown_words_are_illegal():
    rng = random.Random(9)
    words = [0, 0xFFFFFFFF, 0x0000001F, 0x0000107F] + [rng.getrandbits(32) | 3 for _ in range(1500)]
    words += [word_of(row, rng) ^ 1 << rng.randrange(32) for row in INSNS for _ in range(6)]
    for word, control in zip(words, decode(words), strict=True):
        row = first(word)
        assert control.illegal == (row is None), hex(word)
        if row is None:
            assert control.as_bits() == 1, "an illegal word does nothing else"


@pytest.mark.parametrize("name, fields", {
    "add":       {"use_imm": 0, "late": 0, "word": 0},
    "addiw":     {"use_imm": 1, "word": 1},
    "divuw":     {"word": 1, "late": 1},
    "beq":       {"conditional": 1, "jump": 0},
    "jal":       {"jump": 1, "indirect": 0, "conditional": 0},
    "jalr":      {"jump": 1, "indirect": 1},
    "auipc":     {"pc_relative": 1},
    "lbu":       {"size": 0, "unsigned": 1, "late": 1},
    "lw":        {"size": 2, "unsigned": 0},
    "sd":        {"size": 3, "late": 0},
    "hlvx.hu":   {"size": 1, "unsigned": 1, "hlvx": 1, "sys": SysOp.HLSV},
    "hlv.d":     {"size": 3, "unsigned": 0, "hlvx": 0, "sys": SysOp.HLSV},
    "hsv.w":     {"size": 2, "sys": SysOp.HLSV, "late": 0},
    "lr.w":      {"size": 2, "late": 1, "unsigned": 0},
    "amomaxu.d": {"size": 3, "late": 1},
    "csrrw":     {"csr_op": CsrOp.WRITE, "csr_always": 1, "late": 1},
    "csrrsi":    {"csr_op": CsrOp.SET, "csr_always": 0},
    "csrrc":     {"csr_op": CsrOp.CLEAR, "csr_always": 0},
    "fence.i":   {"fence_i": 1, "rd": 0},
    "fence":     {"fence_i": 0, "rd": 0},
    "pause":     {"fence_i": 0, "sys": SysOp.NONE},
    "wfi":       {"sys": SysOp.WFI},
    "sret":      {"sys": SysOp.SRET},
}.items())
def test_controls(name, fields):
    row = next(row for row in INSNS if row.name == name)
    control, = decode([word_of(row, random.Random(name))])
    assert {key: control[key] for key in fields} == fields


def test_every_alu_and_amo_row_has_its_own_operation():
    rows = {unit: [row for row in INSNS if row.unit == unit] for unit in ("alu", "amo")}
    rng = random.Random(10)
    for row, control in zip(rows["alu"], decode([word_of(r, rng) for r in rows["alu"]]), strict=True):
        name = row.name
        if name in ("lui", "auipc"):
            assert control.alu.name == "ADD"
        else:
            assert control.alu.name.lower() == name.replace("i", "").removesuffix("w"), name
    for row, control in zip(rows["amo"], decode([word_of(r, rng) for r in rows["amo"]]), strict=True):
        assert control.amo.name.lower() == row.name.split(".")[0].removeprefix("amo"), row.name


def test_absent_extensions_are_illegal():
    rng = random.Random(11)
    rows = [row for row in INSNS if row.ext in ("H", "M")]
    controls = decode([word_of(row, rng) for row in rows], CONFIG.without_h())
    assert [control.illegal for control in controls] == [int(row.ext == "H") for row in rows]


def test_units_are_those_of_the_table():
    assert {unit.name.lower() for unit in Unit} == {row.unit for row in INSNS}
