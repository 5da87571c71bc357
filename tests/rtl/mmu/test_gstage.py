"""rtl/mmu/gstage.py: its protocol. `test_mmu` compares its answers with the manual's algorithm."""

import random

from amaranth.sim import Simulator

from rtl.config import CONFIGS
from rtl.mmu.gstage import GStage
from rtl.types import Access

POINTER, LEAF = 0x8100_0 << 10 | 1, 0x8000_0 << 10 | 0xdf     # a table at 0x8100_0000; a 1 GiB leaf


def simulate(bench):
    dut = GStage(CONFIGS["tiny"])
    sim = Simulator(dut)
    sim.add_clock(1e-6)

    async def drive(ctx):
        ctx.set(dut.root, 0x80403)      # the two low bits are no part of the address of a 16 KiB table
        await bench(ctx, dut)
    sim.add_testbench(drive)
    sim.run()


async def translate(ctx, dut, address, ptes, drop_at=None):
    """Translate with these PTEs as answers of the reader; returns what is said at the end, and the reads."""
    ctx.set(dut.address, address)
    ctx.set(dut.access, Access.LOAD)
    ctx.set(dut.translate, 1)
    reads, cycle = [], 0
    ptes = iter(ptes)
    while True:
        ctx.set(dut.drop, drop_at is not None and cycle >= drop_at)
        ctx.set(dut.read_done, 0)
        if ctx.get(dut.read):
            reads.append(ctx.get(dut.read_at))
            ctx.set(dut.read_pte.as_value(), next(ptes))
            ctx.set(dut.read_done, 1)
        if ctx.get(dut.done):
            break
        await ctx.tick()
        cycle += 1
        assert cycle < 20
    answer = {name: ctx.get(getattr(dut, name)) for name in ("fault", "failed", "ppn", "level")}
    await ctx.tick()
    for name in ("translate", "drop", "read_done"):
        ctx.set(getattr(dut, name), 0)
    return answer, reads


def test_walk_then_cache():
    """The root table is 16 KiB large and aligned: corner case 27. A second translation reads nothing."""
    async def bench(ctx, dut):
        answer, reads = await translate(ctx, dut, 0x1ff_c000_1000, [LEAF])
        assert answer == {"fault": 0, "failed": 0, "ppn": 0x80001, "level": 2}
        assert reads == [0x8040_0000 + 8 * 0x7ff]
        answer, reads = await translate(ctx, dut, 0x1ff_ffff_f000, [])
        assert (answer["ppn"], answer["level"], reads) == (0xbffff, 2, [])
        answer, reads = await translate(ctx, dut, 0x4020_3000, [POINTER, POINTER, LEAF])
        assert (answer["ppn"], answer["level"]) == (0x80000, 0)
        assert reads == [0x8040_0008, 0x8100_0008, 0x8100_0018]
    simulate(bench)


def test_more_than_41_bits():
    """Corner case 2: a guest-page fault without any read."""
    async def bench(ctx, dut):
        for bit in range(41, 56):
            answer, reads = await translate(ctx, dut, 1 << bit, [])
            assert answer["fault"] and not answer["failed"] and reads == []
    simulate(bench)


def test_a_dropped_walk_is_done_soon_and_not_cached():
    r = random.Random(1)

    async def bench(ctx, dut):
        for drop_at in range(6):
            address = r.randrange(1 << 29) << 12
            answer, reads = await translate(ctx, dut, address, [POINTER, POINTER, LEAF], drop_at)
            assert len(reads) <= drop_at // 2 + 1
            answer, reads = await translate(ctx, dut, address, [POINTER, POINTER, LEAF])
            assert (answer["ppn"], len(reads)) == (0x80000, 3)
    simulate(bench)
