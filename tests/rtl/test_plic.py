"""The PLIC against a few lines of plain Python, with random sources and random accesses."""

import random

import pytest

from isa import platform
from rtl.plic import Plic
from tests.rtl.wishbone_checks import Master, checker, simulate

BASE = platform.PLIC.base
PENDING = BASE + platform.PLIC_PENDING
CONTEXTS = (M, S) = range(2)


def priority(source):
    return BASE + platform.PLIC_PRIORITY + 4 * source


def enable(context):
    return BASE + platform.PLIC_ENABLE + context * platform.PLIC_ENABLE_STRIDE


def threshold(context):
    return BASE + platform.PLIC_CONTEXT + context * platform.PLIC_CONTEXT_STRIDE


def claim(context):
    return threshold(context) + 4


class Reference:
    """What the specification says, without time."""

    def __init__(self):
        self.priority = [0] * 32
        self.enable, self.threshold = [0, 0], [0, 0]
        self.sources, self.pending, self.busy = 0, set(), set()

    def settle(self):
        self.pending |= {i for i in range(1, 32) if self.sources >> i & 1 and i not in self.busy}

    def best(self, context):
        wants = [i for i in self.pending if self.enable[context] >> i & 1 and self.priority[i]]
        return max(wants, key=lambda i: (self.priority[i], -i), default=0)

    def line(self, context):
        return self.priority[self.best(context)] > self.threshold[context]

    def claim(self, context):
        best = self.best(context)
        if best:
            self.pending.remove(best)
            self.busy.add(best)
        return best

    def complete(self, context, source):
        if source < 32 and self.enable[context] >> source & 1:
            self.busy.discard(source)


@pytest.mark.parametrize("seed", range(4))
def test_random(seed):
    dut, ref, rng = Plic(), Reference(), random.Random(seed)

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        claims = 0
        for _ in range(400):
            context, source = rng.choice(CONTEXTS), rng.randrange(32)
            match rng.randrange(8):
                case 0:
                    ref.sources = rng.getrandbits(32) & rng.getrandbits(32)
                    ctx.set(dut.sources, ref.sources)
                case 1:
                    value = rng.getrandbits(32)
                    ref.priority[source] = value & 7 if source else 0
                    await master.write(priority(source), value, 4)
                case 2:
                    value = rng.getrandbits(32)
                    ref.enable[context] = value & ~1
                    await master.write(enable(context), value, 4)
                case 3:
                    value = rng.choice((0, 1, 3, 7))
                    ref.threshold[context] = value
                    await master.write(threshold(context), value, 4)
                case 4 | 5:
                    claimed = ref.claim(context)
                    claims += claimed > 0
                    assert await master.read(claim(context), 4) == claimed
                case 6:
                    ref.complete(context, source)
                    await master.write(claim(context), source, 4)
                case 7:
                    assert await master.read(PENDING, 4) == sum(1 << i for i in ref.pending)
                    assert await master.read(priority(source), 4) == ref.priority[source]
                    assert await master.read(enable(context), 4) == ref.enable[context]
                    assert await master.read(threshold(context), 4) == ref.threshold[context]
            ref.settle()
            await ctx.tick().repeat(3)
            assert (ctx.get(dut.meip), ctx.get(dut.seip)) == (ref.line(M), ref.line(S))
        assert claims > 20

    simulate(dut, bench, background=(checker(dut.bus),))


async def prepare(ctx, dut):
    """Source 10 with priority 3 and source 11 with priority 5, enabled for both contexts."""
    master = Master(ctx, dut.bus)
    await master.write(priority(10), 5 << 32 | 3)
    for context in CONTEXTS:
        await master.write(enable(context), 3 << 10, 4)
    return master


def test_a_request_is_remembered_and_served_once():
    dut = Plic()

    async def bench(ctx):
        master = await prepare(ctx, dut)
        ctx.set(dut.sources, 1 << 10)
        await ctx.tick().repeat(2)
        ctx.set(dut.sources, 0)
        await ctx.tick()
        assert (ctx.get(dut.meip), ctx.get(dut.seip)) == (1, 1)
        assert await master.read(claim(S), 4) == 10
        await ctx.tick()
        assert (ctx.get(dut.meip), ctx.get(dut.seip)) == (0, 0)
        ctx.set(dut.sources, 1 << 10)
        await ctx.tick().repeat(3)
        assert await master.read(claim(M), 4) == 0
        await master.write(claim(S), 10, 4)
        await ctx.tick()
        assert await master.read(claim(M), 4) == 10

    simulate(dut, bench)


@pytest.mark.parametrize("source", [32 + 10, 1 << 31 | 10, 9])
def test_completion_of_another_source_is_ignored(source):
    dut = Plic()

    async def bench(ctx):
        master = await prepare(ctx, dut)
        ctx.set(dut.sources, 1 << 10)
        await ctx.tick()
        assert await master.read(claim(M), 4) == 10
        await master.write(claim(M), source, 4)
        await ctx.tick().repeat(3)
        assert await master.read(PENDING, 4) == 0
        assert ctx.get(dut.meip) == 0

    simulate(dut, bench)


def test_only_a_whole_claim_register_claims():
    dut = Plic()

    async def bench(ctx):
        master = await prepare(ctx, dut)
        ctx.set(dut.sources, 3 << 10)
        await ctx.tick()
        await master.write(threshold(M), 2, 4)
        assert await master.read(threshold(M), 4) == 2      # the other half of the dword
        assert await master.read(claim(M), 1) == 11
        assert await master.read(PENDING, 4) == 3 << 10
        assert await master.read(threshold(M), 8) == 11 << 32 | 2
        assert await master.read(PENDING, 4) == 1 << 10
        ctx.set(dut.sources, 0)
        await master.write(threshold(M), 11 << 32 | 6, 8)   # threshold and completion in one store
        assert await master.read(threshold(M), 8) == 10 << 32 | 6
        await master.write(priority(11), 0, 1)
        await master.write(enable(M), 0, 2)
        assert await master.read(priority(11), 4) == 5
        assert await master.read(enable(M), 8) == 3 << 10

    simulate(dut, bench)


def test_the_rest_reads_zero():
    dut = Plic()

    async def bench(ctx):
        master = await prepare(ctx, dut)
        ctx.set(dut.sources, 1)
        for offset in (0x80, 0x1000, 0x1008, 0x2100, 0x1F_FFF8, 0x20_0008, 0x20_2000, 0x3FF_FFF8):
            await master.write(BASE + offset, 2**64 - 1)
            assert await master.read(BASE + offset) == 0
        assert await master.read(priority(10)) == 5 << 32 | 3

    simulate(dut, bench)
