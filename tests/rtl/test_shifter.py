"""rtl/shifter.py: every amount, both directions and both widths, against Python's integers."""

import itertools
import random

from amaranth.sim import Simulator

from rtl.shifter import Shifter

MASK = (1 << 64) - 1


def expected(a, amount, left, rotate, arithmetic, bits):
    """The low `bits` bits."""
    a, amount = a & (1 << bits) - 1, amount % bits
    if rotate:
        both = a << bits | a
        return both >> (bits - amount if left else amount) & (1 << bits) - 1
    if left:
        return a << amount & (1 << bits) - 1
    fill = (1 << bits) - (1 << bits - amount) if arithmetic and a >> bits - 1 else 0
    return a >> amount | fill


def simulate(bench):
    dut = Shifter()
    sim = Simulator(dut)

    async def testbench(ctx):
        await bench(ctx, dut)

    sim.add_testbench(testbench)
    sim.run()


def test_every_amount():
    rng = random.Random(4)
    kinds = [k for k in itertools.product((0, 1), repeat=4) if not (k[2] and (k[0] or k[1]))]    # only right shifts have a sign

    async def bench(ctx, dut):
        ctx.set(dut.enable, 1)
        for (left, rotate, arithmetic, word), amount in itertools.product(kinds, range(64)):
            for port, value in ((dut.left, left), (dut.rotate, rotate), (dut.arithmetic, arithmetic), (dut.word, word),
                                (dut.amount, amount)):
                ctx.set(port, value)
            for a in (rng.getrandbits(64), rng.getrandbits(64) | 1 << 63 | 1 << 31, 1, MASK):
                ctx.set(dut.a, a)
                await ctx.delay(1e-9)
                bits = 32 if word else 64
                assert ctx.get(dut.result) & (1 << bits) - 1 == expected(a, amount, left, rotate, arithmetic, bits), \
                    (hex(a), amount, left, rotate, arithmetic, word)

    simulate(bench)


def test_the_high_half_can_count_as_zero():
    async def bench(ctx, dut):
        for port, value in ((dut.enable, 1), (dut.left, 1), (dut.zero_high, 1), (dut.a, MASK), (dut.amount, 8)):
            ctx.set(port, value)
        await ctx.delay(1e-9)
        assert ctx.get(dut.result) == 0xFFFFFFFF00

    simulate(bench)


def test_nothing_comes_out_of_an_idle_shifter():
    """Its result is ORed with others. `rotated` and `single` are always there."""
    async def bench(ctx, dut):
        for left, rotate, arithmetic, amount in itertools.product((0, 1), (0, 1), (0, 1), range(64)):
            for port, value in ((dut.left, left), (dut.rotate, rotate), (dut.arithmetic, arithmetic), (dut.a, MASK - 2),
                                (dut.amount, amount)):
                ctx.set(port, value)
            await ctx.delay(1e-9)
            assert ctx.get(dut.result) == 0
            if left:
                assert ctx.get(dut.single) == 1 << amount
            else:
                assert ctx.get(dut.rotated) & 1 == (MASK - 2) >> amount & 1

    simulate(bench)
