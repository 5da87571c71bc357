"""rtl/div.py against Python's integers: corner values, division by zero, overflow, abandoned divisions,
stalls."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.div import Div, DivOp

MASK = (1 << 64) - 1
CORNERS = [0, 1, 3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, (1 << 63) - 1, 1 << 63, MASK]


def sext(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def expected(op, word, a, b):
    bits = 32 if word else 64
    if op in (DivOp.DIV, DivOp.REM):
        a, b = sext(a, bits), sext(b, bits)
    else:
        a, b = a & (1 << bits) - 1, b & (1 << bits) - 1
    if b == 0:
        quotient, remainder = -1, a
    else:
        quotient = abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)
        remainder = a - quotient * b
    return sext(quotient if op in (DivOp.DIV, DivOp.DIVU) else remainder, bits) & MASK


def simulate(bench):
    dut = Div()
    sim = Simulator(dut)
    sim.add_clock(1e-6)

    async def testbench(ctx):
        await bench(ctx, dut)

    sim.add_testbench(testbench)
    sim.run()


def sized(rng):
    """A number of random width."""
    return rng.getrandbits(rng.randrange(1, 65))


async def divide(ctx, dut, op, word, a, b, hold=0):
    """Result, and the cycles it took until `done`."""
    for port, value in ((dut.op, op), (dut.word, word), (dut.a, a), (dut.b, b), (dut.valid, 1)):
        ctx.set(port, value)
    cycles = 0
    while not ctx.get(dut.done):
        await ctx.tick()
        cycles += 1
        assert cycles < 80
    for _ in range(hold):
        await ctx.tick()
    assert ctx.get(dut.done)
    ctx.set(dut.take, 1)
    await ctx.tick()
    ctx.set(dut.take, 0)
    ctx.set(dut.valid, 0)
    return ctx.get(dut.result), cycles


def test_results():
    rng = random.Random(6)
    work = [(op, word, a, b) for op in DivOp for word in (0, 1)
            for a, b in [*((rng.choice(CORNERS), rng.choice(CORNERS)) for _ in range(14)),
                         *((sized(rng), sized(rng)) for _ in range(8)),
                         (1 << 63, MASK), (0x80000000, MASK), (rng.getrandbits(64), 0)]]

    async def bench(ctx, dut):
        for op, word, a, b in work:
            got, _ = await divide(ctx, dut, op, word, a, b, hold=rng.choice([0, 0, 0, 2]))
            assert got == expected(op, word, a, b), (op, word, hex(a), hex(b))

    simulate(bench)


def test_abandoned_division_leaves_no_trace():
    rng = random.Random(7)

    async def bench(ctx, dut):
        for _ in range(20):
            for port, value in ((dut.op, DivOp.DIVU), (dut.a, MASK), (dut.b, 3), (dut.valid, 1)):
                ctx.set(port, value)
            await ctx.tick().repeat(rng.randrange(1, 75))
            ctx.set(dut.valid, 0)
            await ctx.tick()
            got, _ = await divide(ctx, dut, DivOp.REMU, 0, 1000, 7)
            assert got == 1000 % 7

    simulate(bench)


@pytest.mark.parametrize(("a", "b", "cycles"), [
    (MASK, 3, 68), (200, 3, 19), (5, 1 << 40, 11), (1_000_000_000_007, 1_000_000_000, 26), (MASK, MASK, 19), (0, 7, 11),
    (7, 0, 68),
])
def test_small_quotients_are_quick(a, b, cycles):
    """Eight leading bits of the quotient take one cycle if they are zero, and finding that they are not takes one."""
    async def bench(ctx, dut):
        assert (await divide(ctx, dut, DivOp.DIVU, 0, a, b))[1] == cycles

    simulate(bench)


def test_a_negative_dividend_takes_one_cycle_more():
    async def bench(ctx, dut):
        positive, negative, unsigned = [(await divide(ctx, dut, op, 0, a & MASK, b & MASK))[1]
                                        for op, a, b in ((DivOp.DIV, 200, -3), (DivOp.DIV, -200, -3), (DivOp.DIVU, -200, -3))]
        assert negative == positive + 1
        assert unsigned == 11           # its quotient is 0

    simulate(bench)
