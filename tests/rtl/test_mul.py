"""rtl/mul.py against Python's integers, with gaps between operations and at full rate."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.mul import Mul, MulOp

MASK = (1 << 64) - 1
CORNERS = [0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, MASK - 1, MASK]


def sext(value, bits=64):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def expected(op, word, a, b):
    if word:
        return sext(a * b, 32) & MASK
    return {
        MulOp.MUL:    a * b,
        MulOp.MULH:   sext(a) * sext(b) >> 64,
        MulOp.MULHSU: sext(a) * b >> 64,
        MulOp.MULHU:  a * b >> 64,
    }[op] & MASK


def vectors(rng):
    pairs = [(a, b) for a in CORNERS for b in CORNERS]
    pairs += [(rng.getrandbits(64), rng.getrandbits(64)) for _ in range(80)]
    return [(op, word, a, b) for op, word in [*((op, 0) for op in MulOp), (MulOp.MUL, 1)] for a, b in pairs]


@pytest.mark.parametrize("gaps", [False, True])
def test_products(gaps):
    rng = random.Random(5)
    work = vectors(rng)
    rng.shuffle(work)
    dut = Mul()

    async def bench(ctx):
        for op, word, a, b in work:
            for port, value in ((dut.op, op), (dut.word, word), (dut.a, a), (dut.b, b), (dut.start, 1)):
                ctx.set(port, value)
            await ctx.tick()
            assert ctx.get(dut.result) == expected(op, word, a, b), (op, word, hex(a), hex(b))
            if gaps:
                ctx.set(dut.start, 0)
                ctx.set(dut.a, rng.getrandbits(64))
                ctx.set(dut.op, rng.choice(list(MulOp)))
                await ctx.tick().repeat(rng.randrange(1, 3))
                assert ctx.get(dut.result) == expected(op, word, a, b), "stays until the next start"

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
