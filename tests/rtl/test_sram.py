"""rtl/sram.py against a dictionary."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.sram import Sram
from rtl.wishbone import Bte, Cti

SIZE = 320                  # not a power of two
WORDS = SIZE // 8
BASE = 0x8000_0000 >> 3
IMAGE = bytes(range(40))


async def beat(ctx, bus, **fields):
    """One beat: (cycles, err, data)."""
    for name, value in {"we": 0, "sel": 0xFF, "cti": Cti.CLASSIC, "bte": Bte.LINEAR, "cyc": 1, "stb": 1, **fields}.items():
        ctx.set(getattr(bus, name), value)
    cycles = 1
    while not (ctx.get(bus.ack) or ctx.get(bus.err)):
        await ctx.tick()
        cycles += 1
    result = cycles, ctx.get(bus.err), ctx.get(bus.dat_r)
    await ctx.tick()
    ctx.set(bus.cyc, 0)
    ctx.set(bus.stb, 0)
    return result


def run(testbench):
    dut = Sram(SIZE, IMAGE)
    simulator = Simulator(dut)
    simulator.add_clock(1e-6)

    async def bench(ctx):
        await testbench(ctx, dut)

    simulator.add_testbench(bench)
    simulator.run()


def test_random_traffic_on_both_ports():
    async def testbench(ctx, dut):
        rng = random.Random(1)
        words = [int.from_bytes(IMAGE[i:i + 8], "little") for i in range(0, SIZE, 8)]
        for _ in range(2000):
            at = rng.randrange(WORDS)
            if rng.random() < 0.4:
                sel, value = rng.getrandbits(8), rng.getrandbits(64)
                assert (await beat(ctx, dut.dbus, adr=BASE + at, we=1, sel=sel, dat_w=value))[:2] == (1, 0)
                mask = sum(0xFF << 8 * i for i in range(8) if sel >> i & 1)
                words[at] = words[at] & ~mask | value & mask
            else:
                bus = rng.choice((dut.ibus, dut.dbus))
                assert await beat(ctx, bus, adr=BASE + at) == (2, 0, words[at])
            for _ in range(rng.choice((0, 0, 1))):
                await ctx.tick()

    run(testbench)


@pytest.mark.parametrize("bte, order", [(Bte.LINEAR, range(5, 13)), (Bte.WRAP_8, (5, 6, 7, 0, 1, 2, 3, 4))])
def test_a_burst_takes_a_cycle_for_each_further_beat(bte, order):
    async def testbench(ctx, dut):
        for i in range(WORDS):
            await beat(ctx, dut.dbus, adr=BASE + i, we=1, dat_w=i + 100)
        for bus in (dut.ibus, dut.dbus):
            got = [await beat(ctx, bus, adr=BASE + at, bte=bte, cti=Cti.END if n == 7 else Cti.INCREMENT)
                   for n, at in enumerate(order)]
            assert [data for _, _, data in got] == [at + 100 for at in order]
            assert [cycles for cycles, _, _ in got] == [2] + [1] * 7
        assert (await beat(ctx, dut.dbus, adr=BASE))[0] == 2        # the burst is over

    run(testbench)


@pytest.mark.parametrize("at", [WORDS, 63, 64, 1 << 20])
def test_what_is_not_there_is_an_error(at):
    async def testbench(ctx, dut):
        assert (await beat(ctx, dut.ibus, adr=BASE + at))[1] == 1
        assert (await beat(ctx, dut.dbus, adr=BASE + at, we=1, dat_w=1))[1] == 1

    run(testbench)


def test_an_image_must_fit():
    with pytest.raises(ValueError, match="the image has 9 bytes, and the memory 8"):
        Sram(8, bytes(9))
