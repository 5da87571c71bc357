"""rtl/branch.py: every decision, targets and return addresses modulo 2**64, and whether fetch went there."""

import random

from amaranth.sim import Simulator

from rtl.branch import Branch, Condition

MASK = (1 << 64) - 1
# By whether rs1 is less and whether it is equal.
HOLDS = {
    Condition.EQ:  lambda less, equal: equal,
    Condition.NE:  lambda less, equal: not equal,
    Condition.LT:  lambda less, equal: less,
    Condition.GE:  lambda less, equal: not less,
    Condition.LTU: lambda less, equal: less,
    Condition.GEU: lambda less, equal: not less,
}


def simulate(bench):
    dut = Branch()
    sim = Simulator(dut)

    async def testbench(ctx):
        await bench(ctx, dut)

    sim.add_testbench(testbench)
    sim.run()


def test_conditions():
    async def bench(ctx, dut):
        ctx.set(dut.conditional, 1)
        for condition, holds in HOLDS.items():
            ctx.set(dut.condition, condition)
            for less, equal in ((0, 0), (0, 1), (1, 0)):
                ctx.set(dut.less, less)
                ctx.set(dut.equal, equal)
                await ctx.delay(1e-9)
                assert ctx.get(dut.taken) == holds(less, equal), (condition, less, equal)

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
            indirect, compressed = rng.getrandbits(1), rng.getrandbits(1)
            imm = rng.choice([rng.randrange(-2**31, 2**31), -1, 1, 0, 2**31 - 1, -2**31]) & (-1 if indirect else ~1)
            for port, value in ((dut.pc, pc), (dut.a, a), (dut.imm, imm), (dut.indirect, indirect),
                                (dut.compressed, compressed)):
                ctx.set(port, value)
            await ctx.delay(1e-9)
            target = (a + imm & MASK & ~1) if indirect else pc + imm & MASK
            assert ctx.get(dut.target) == target
            others = [target ^ (1 << bit) for bit in range(64)] + [rng.getrandbits(64) for _ in range(4)]
            for behind in [target, *others]:
                ctx.set(dut.behind, behind)
                await ctx.delay(1e-9)
                assert ctx.get(dut.foreseen) == (behind == target), (hex(target), hex(behind))
            assert ctx.get(dut.link) == pc + (2 if compressed else 4) & MASK

    simulate(bench)
