"""rtl/tinst.py: the formats of "Transformed Instruction or Pseudoinstruction", written out field by field."""

from dataclasses import replace

import pytest
from amaranth.sim import Simulator

from isa.insns import BY_NAME
from rtl.config import CONFIGS
from rtl.decode import Unit
from rtl.tinst import Tinst

CONFIG = CONFIGS["default"]
RD, RS1, RS2, AQRL = 0b10101, 0b11111, 0b01110, 0b11


def value(unit, insn, *, compressed=0, explicit=1, implicit=0, config=CONFIG):
    dut = Tinst(config)
    out = []

    async def bench(ctx):
        for port, setting in ((dut.unit, unit), (dut.insn, insn), (dut.compressed, compressed),
                              (dut.explicit, explicit), (dut.implicit, implicit)):
            ctx.set(port, setting)
        await ctx.delay(1e-9)
        out.append(ctx.get(dut.value))

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
    return out[0]


def word(name, *, rd=RD, rs1=RS1, rs2=RS2, extra=0):
    """The instruction with these registers where it has them, and `extra` bits."""
    insn = BY_NAME[name]
    fields = {"rd": rd << 7, "rs1": rs1 << 15, "rs2": rs2 << 20}
    return insn.match | extra | sum(bits for field, bits in fields.items() if field in insn.operands)


# What stays: opcode and funct3; a load keeps rd, a store rs2, the others everything but rs1.
@pytest.mark.parametrize("unit, insn, kept", [
    (Unit.LOAD,   word("lhu", extra=0xABC << 20), word("lhu", rs1=0)),
    (Unit.STORE,  word("sd", rs2=RS2, extra=0x7F << 25 | 0x1F << 7), word("sd", rs1=0)),
    (Unit.AMO,    word("amoadd.d", extra=AQRL << 25), word("amoadd.d", rs1=0, extra=AQRL << 25)),
    (Unit.AMO,    word("lr.w"), word("lr.w", rs1=0)),
    (Unit.AMO,    word("sc.d"), word("sc.d", rs1=0)),
    (Unit.HLOAD,  word("hlvx.hu"), word("hlvx.hu", rs1=0)),
    (Unit.HSTORE, word("hsv.b"), word("hsv.b", rs1=0)),
    (Unit.CBO,    word("cbo.flush"), word("cbo.flush", rs1=0)),
])
def test_explicit_accesses(unit, insn, kept):
    assert value(unit, insn) == kept


def test_compressed_instructions_clear_bit_1():
    assert value(Unit.LOAD, word("ld", extra=8 << 20), compressed=1) == word("ld", rs1=0) & ~2


def test_page_table_reads_give_the_pseudoinstruction():
    zero = replace(CONFIG, profile=replace(CONFIG.profile, tinst_zero=True))
    for config in (CONFIG, zero):
        assert value(Unit.LOAD, word("ld"), implicit=1, config=config) == 0x3000
    assert value(Unit.ALU, 0, explicit=0, implicit=1) == 0x3000
    assert value(Unit.LOAD, word("ld"), config=zero) == 0


def test_other_traps_give_zero():
    assert value(Unit.LOAD, word("ld"), explicit=0) == 0
