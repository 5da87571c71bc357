"""Registers byte by byte against plain integers; the timer against the clock."""

import random

from isa import platform
from rtl.clint import Clint
from tests.rtl.wishbone_checks import Master, byte_mask, checker, simulate

BASE = platform.CLINT.base
MTIMECMP, MTIME = BASE + platform.CLINT_MTIMECMP, BASE + platform.CLINT_MTIME
NEVER = 2**64 - 1


def test_msip():
    dut = Clint()

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        for value, size, wanted in ((1, 4, 1), (0xFFFF_FFFE, 4, 0), (3, 8, 1), (0, 1, 0)):
            await master.write(BASE, value, size)
            assert ctx.get(dut.msip) == wanted
            assert await master.read(BASE) == wanted
        await master.write(BASE + 4, 1, 4)
        assert ctx.get(dut.msip) == 0

    simulate(dut, bench, background=(checker(dut.bus),))


def test_mtime_counts_every_few_cycles():
    for period in (1, 3, 8):
        dut = Clint(period)

        async def bench(ctx, dut=dut, period=period):
            for cycle in range(1, 10 * period):
                await ctx.tick()
                assert ctx.get(dut.time) == cycle // period

        simulate(dut, bench)


def test_store_to_mtime():
    """It wins over a tick in the same cycle, once."""
    dut = Clint(1)

    async def bench(ctx):
        await Master(ctx, dut.bus).write(MTIME, 1000)
        assert ctx.get(dut.time) == 1001        # one cycle after the store

    simulate(dut, bench)


def test_partial_writes():
    dut, rng = Clint(1 << 20), random.Random(3)

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        value = {MTIMECMP: NEVER, MTIME: 0}
        for _ in range(200):
            register, size = rng.choice(list(value)), rng.choice((1, 2, 4, 8))
            offset = rng.randrange(0, 8, size)
            data = rng.getrandbits(8 * size)
            await master.write(register + offset, data, size)
            mask = byte_mask((1 << size) - 1 << offset)
            value[register] = value[register] & ~mask | data << 8 * offset
            assert [await master.read(r) for r in value] == list(value.values())
            assert ctx.get(dut.time) == value[MTIME]
            assert ctx.get(dut.mtip) == (value[MTIME] >= value[MTIMECMP])

    simulate(dut, bench, background=(checker(dut.bus),))


def test_timer_interrupt():
    dut = Clint(8)

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        assert ctx.get(dut.mtip) == 0
        await master.write(MTIMECMP, 5)
        while ctx.get(dut.time) < 5:
            assert ctx.get(dut.mtip) == 0
            await ctx.tick()
        await ctx.tick()
        assert ctx.get(dut.mtip) == 1
        await master.write(MTIMECMP + 4, 1, 4)
        await ctx.tick()
        assert ctx.get(dut.mtip) == 0
        await master.write(MTIME, 1 << 32 | 5)
        await ctx.tick()
        assert ctx.get(dut.mtip) == 1

    simulate(dut, bench)


def test_the_rest_reads_zero():
    dut = Clint()

    async def bench(ctx):
        master = Master(ctx, dut.bus)
        for offset in (8, 0x4008, 0xBFF0, 0xC000, 0xFFF8):
            await master.write(BASE + offset, NEVER)
            assert await master.read(BASE + offset) == 0
        assert await master.read(MTIMECMP) == NEVER
        assert ctx.get(dut.msip) == 0

    simulate(dut, bench)
