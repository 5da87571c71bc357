"""rtl/decompress.py against the integer helpers of `isa.insns`, and against expansions typed from the
manual's text."""

import random

import pytest
from amaranth.sim import Simulator

from isa.insns import BY_NAME, COMPRESSED, COMPRESSED_FIELDS, FIELDS, IMMEDIATES, extract, insert
from rtl.decompress import Decompress


def expand(half):
    """The 32-bit instruction of a 16-bit one, 0 when the encoding is reserved."""
    row = next((r for r in COMPRESSED if half & r.mask == r.match), None)
    if row is None or not row.base:
        return 0
    base = BY_NAME[row.base]
    word = base.match
    for operand in base.operands:
        if operand in ("rd", "rs1", "rs2"):
            source = row.operands[operand]
            if source[0] == "x":
                number = int(source[1:])
            else:
                hi, lo = COMPRESSED_FIELDS[source]
                number = (half >> lo & (1 << hi - lo + 1) - 1) + (8 if source.endswith("'") else 0)
            word |= number << FIELDS[operand][1]
        else:
            value = extract(half, row.imm, row.signed)
            spec = IMMEDIATES.get(operand)
            word |= insert(value, spec) if spec else value << FIELDS[operand][1]
    return word


def run(vectors):
    dut = Decompress()
    seen = []

    async def bench(ctx):
        for raw in vectors:
            ctx.set(dut.raw, raw)
            await ctx.delay(1e-9)
            seen.append((ctx.get(dut.insn), ctx.get(dut.compressed)))

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
    return seen


def test_every_row_with_random_operands():
    rng = random.Random(1)
    halves = [(rng.getrandbits(16) & ~row.mask) | row.match for row in COMPRESSED for _ in range(60)]
    halves += [row.match for row in COMPRESSED] + [row.match | 0xFFFF & ~row.mask for row in COMPRESSED]
    halves += [half for half in (rng.getrandbits(16) for _ in range(2000)) if half & 3 != 3]
    noise = [rng.getrandbits(16) << 16 for _ in halves]
    seen = run([half | above for half, above in zip(halves, noise, strict=True)])
    for half, (insn, compressed) in zip(halves, seen, strict=True):
        assert (insn, compressed) == (expand(half), 1), hex(half)


def test_long_instructions_pass_unchanged():
    words = [0x00000013, 0xFFFFFFFF, 0x8000006F, 0x12345673]
    assert run(words) == [(word, 0) for word in words]


@pytest.mark.parametrize("half, insn", [
    (0x0001, 0x00000013),   # c.nop        -> addi x0, x0, 0
    (0x1141, 0xFF010113),   # c.addi sp,-16 -> addi x2, x2, -16
    (0x8082, 0x00008067),   # ret          -> jalr x0, 0(x1)
    (0x9002, 0x00100073),   # c.ebreak
    (0xE406, 0x00113423),   # c.sdsp ra, 8
    (0x60A2, 0x00813083),   # c.ldsp ra, 8
    (0x7179, 0xFD010113),   # c.addi16sp -48
    (0x4501, 0x00000513),   # c.li a0, 0
    (0x852E, 0x00B00533),   # c.mv a0, a1
    (0xBFFD, 0xFFFFF06F),   # c.j -2
])
def test_known_expansions(half, insn):
    assert run([half]) == [(insn, 1)]


def test_all_zeros_stays_all_zeros():
    assert run([0]) == [(0, 1)]
