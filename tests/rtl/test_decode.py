"""rtl/decode.py: every row of the table with random operands, and a profile that leaves extensions out."""

import random
from dataclasses import replace

import pytest
from amaranth.sim import Simulator

from isa import insns
from isa.insns import FIELDS, IMMEDIATES, extract
from isa.profile import PROFILES
from rtl.alu import AluOp, Output, operation
from rtl.config import CONFIGS
from rtl.decode import EARLY, Control, Decode, Unit, immediate_name, telling
from rtl.types import CboOp, CsrOp, SysOp

CONFIG = replace(CONFIGS["default"], profile=PROFILES["full"])
INSNS = [row for row in insns.INSNS if row.ext != "Zicbop"]     # a prefetch is the ORI to x0 that it is encoded as
MASKED = ("M", "A", "Zba", "Zbb", "Zbs", "Zicond", "Zicbom", "Zicboz")     # docs/xdoppel.md: hisadis, bit 0 first


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
        assert control.unit == Unit["ALU" if row.unit == "bits" else row.unit.upper()]
        assert control.masked_by == (1 << MASKED.index(row.ext) if row.ext in MASKED else 0), row.name
        assert control.pause == (row.name == "pause")
        for name in ("rd", "rs1", "rs2"):
            assert control[name] == (field(word, name) if name in row.operands else 0), (row.name, name)
        name = immediate_name(row)
        value = extract(word, IMMEDIATES[name]) if name in IMMEDIATES else field(word, name) if name else 0
        assert control.imm == (value - (1 << 32) if value >> 31 == 1 else value), row.name


def test_unknown_words_are_illegal():
    rng = random.Random(9)
    words = [0, 0xFFFFFFFF, 0x0000001F, 0x0000107F] + [rng.getrandbits(32) | 3 for _ in range(1500)]
    words += [word_of(row, rng) ^ 1 << rng.randrange(32) for row in INSNS for _ in range(6)]
    early = [Control.as_shape()[name] for name in ("rs1", "rs2", *EARLY)]
    anything = sum((1 << field.width) - 1 << field.offset for field in early)
    for word, control in zip(words, decode(words), strict=True):
        row = first(word)
        assert control.illegal == (row is None), hex(word)
        if row is None:
            assert control.as_bits() & ~anything == 1, "an illegal word does nothing else"


def test_few_bits_tell_instructions_apart():
    wanted, others = ["0-11", "0-10"], ["1-11", "1-0-"]
    assert telling(wanted, others) == ["0---"]
    assert telling(others, wanted) == ["1---"]
    with pytest.raises(ValueError, match="pattern in common"):
        telling(["0-1"], ["-11"])


@pytest.mark.parametrize("name, fields", {
    "add":       {"use_imm": 0, "late": 0},
    "addiw":     {"use_imm": 1, "alu": AluOp.const({"word": 1})},
    "divuw":     {"word": 1, "late": 1},
    "beq":       {"conditional": 1, "jump": 0, "use_imm": 0, "alu": AluOp.const({})},
    "bge":       {"conditional": 1, "alu": AluOp.const({"signed": 1})},
    "add.uw":    {"use_imm": 0, "alu": AluOp.const({"zero_high": 1})},
    "roriw":     {"use_imm": 1, "alu": AluOp.const({"output": Output.SHIFT, "rotate": 1, "word": 1})},
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
    "pause":     {"fence_i": 0, "sys": SysOp.NONE, "pause": 1},
    "cbo.clean": {"cbo": CboOp.CLEAN, "late": 0, "use_imm": 1, "imm": 0},
    "cbo.zero":  {"cbo": CboOp.ZERO},
    "prefetch.r": {"unit": Unit.ALU, "rd": 0},
    "sinval.vma": {"sys": SysOp.SINVAL_VMA},
    "sfence.w.inval": {"sys": SysOp.SFENCE_W_INVAL},
    "hinval.gvma": {"sys": SysOp.HINVAL_GVMA},
    "wfi":       {"sys": SysOp.WFI},
    "sret":      {"sys": SysOp.SRET},
}.items())
def test_controls(name, fields):
    control, = decode([word_of(insns.BY_NAME[name], random.Random(name))])
    assert {key: control[key] for key in fields} == fields


def test_every_alu_and_amo_row_has_its_own_operation():
    rows = {unit: [row for row in INSNS if row.unit in units]
            for unit, units in (("alu", ("alu", "bits")), ("amo", ("amo",)))}
    rng = random.Random(10)
    for row, control in zip(rows["alu"], decode([word_of(r, rng) for r in rows["alu"]]), strict=True):
        assert control.alu == AluOp.const(operation(row.name)), row.name
    for row, control in zip(rows["amo"], decode([word_of(r, rng) for r in rows["amo"]]), strict=True):
        assert control.amo.name.lower() == row.name.split(".")[0].removeprefix("amo"), row.name


def test_absent_extensions_are_illegal():
    rng = random.Random(11)
    rows = [row for row in INSNS if row.ext in ("H", "M")]
    controls = decode([word_of(row, rng) for row in rows], CONFIG.without_h())
    assert [control.illegal for control in controls] == [int(row.ext == "H") for row in rows]


def test_nothing_is_masked_without_hisadis():
    row = insns.BY_NAME["mul"]
    control, = decode([word_of(row, random.Random(12))], CONFIGS["tiny"])
    assert not control.masked_by


def test_units_are_those_of_the_table():
    assert {unit.name.lower() for unit in Unit} == {row.unit for row in INSNS} - {"bits"}
