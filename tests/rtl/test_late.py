"""rtl/late.py: sums, differences and conditions against Python's integers."""

import random

from amaranth.sim import Simulator

from rtl.branch import Condition
from rtl.late import Late

CORNERS = (0, 1, 2, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
ONES = (1 << 64) - 1


def signed(value, bits=64):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


HOLDS = {
    Condition.EQ: lambda a, b: a == b, Condition.NE: lambda a, b: a != b,
    Condition.LT: lambda a, b: signed(a) < signed(b), Condition.GE: lambda a, b: signed(a) >= signed(b),
    Condition.LTU: lambda a, b: a < b, Condition.GEU: lambda a, b: a >= b,
}


def test_everything_it_computes():
    rng = random.Random(11)
    pairs = [(a, b) for a in CORNERS for b in CORNERS]
    pairs += [(a, a ^ rng.choice((0, 1 << rng.randrange(64)))) for a in (rng.getrandbits(64) for _ in range(50))]
    dut = Late()

    async def bench(ctx):
        for a, b in pairs:
            ctx.set(dut.a, a)
            ctx.set(dut.b, b)
            for subtract in (0, 1):
                for word in (0, 1):
                    ctx.set(dut.subtract, subtract)
                    ctx.set(dut.word, word)
                    await ctx.delay(1e-9)
                    total = a - b if subtract else a + b
                    assert ctx.get(dut.sum) == (signed(total, 32) if word else total) & ONES, (a, b, subtract, word)
            for condition, holds in HOLDS.items():
                ctx.set(dut.condition, condition)
                await ctx.delay(1e-9)
                assert ctx.get(dut.holds) == holds(a, b), (a, b, condition)

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
