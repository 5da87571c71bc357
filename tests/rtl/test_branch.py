"""rtl/branch.py: decisions against integer comparisons, targets and return addresses modulo 2**64."""

import random

from amaranth.sim import Simulator

from rtl.branch import Branch, Condition

MASK = (1 << 64) - 1
CORNERS = [0, 1, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, MASK]


def sext(value):
    return value - (1 << 64) if value >> 63 else value


HOLDS = {
    Condition.EQ:  lambda a, b: a == b,
    Condition.NE:  lambda a, b: a != b,
    Condition.LT:  lambda a, b: sext(a) < sext(b),
    Condition.GE:  lambda a, b: sext(a) >= sext(b),
    Condition.LTU: lambda a, b: a < b,
    Condition.GEU: lambda a, b: a >= b,
}


def simulate(bench):
    dut = Branch()
    sim = Simulator(dut)

    async def testbench(ctx):
        await bench(ctx, dut)

    sim.add_testbench(testbench)
    sim.run()


def test_conditions():
    rng = random.Random(3)
    pairs = [(a, b) for a in CORNERS for b in CORNERS]
    pairs += [(rng.getrandbits(64), rng.getrandbits(64)) for _ in range(50)]

    async def bench(ctx, dut):
        ctx.set(dut.conditional, 1)
        for condition, holds in HOLDS.items():
            ctx.set(dut.condition, condition)
            for a, b in pairs:
                ctx.set(dut.a, a)
                ctx.set(dut.b, b)
                await ctx.delay(1e-9)
                assert ctx.get(dut.taken) == holds(a, b), (condition, hex(a), hex(b))

    simulate(bench)


def test_only_branches_and_jumps_are_taken():
    async def bench(ctx, dut):
        ctx.set(dut.condition, Condition.EQ)
        await ctx.delay(1e-9)
        assert not ctx.get(dut.taken)
        ctx.set(dut.jump, 1)
        ctx.set(dut.condition, Condition.NE)
        await ctx.delay(1e-9)
        assert ctx.get(dut.taken)

    simulate(bench)


def test_targets():
    rng = random.Random(4)

    async def bench(ctx, dut):
        for _ in range(300):
            pc, a = rng.choice([rng.getrandbits(64), MASK - 1, 0]) & ~1, rng.getrandbits(64)
            imm = rng.choice([rng.randrange(-2**31, 2**31), -1, 1, 0, 2**31 - 1, -2**31])
            indirect, compressed = rng.getrandbits(1), rng.getrandbits(1)
            for port, value in ((dut.pc, pc), (dut.a, a), (dut.imm, imm), (dut.indirect, indirect),
                                (dut.compressed, compressed)):
                ctx.set(port, value)
            await ctx.delay(1e-9)
            assert ctx.get(dut.target) == ((a + imm & MASK & ~1) if indirect else pc + imm & MASK)
            assert ctx.get(dut.link) == pc + (2 if compressed else 4) & MASK

    simulate(bench)
