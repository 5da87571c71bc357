"""rtl/serial.py: the line bit by bit, and both ends joined."""

import random
from itertools import pairwise

import pytest
from amaranth.hdl import Module
from amaranth.sim import Simulator

from rtl.serial import Serial

DIVISOR = 7


def simulate(dut, *testbenches):
    m = Module()
    m.submodules.dut = dut
    m.d.comb += dut.rx.eq(dut.tx)
    simulator = Simulator(m)
    simulator.add_clock(1e-6)
    for testbench in testbenches:
        simulator.add_testbench(testbench)
    simulator.run()


async def send(ctx, dut, byte):
    ctx.set(dut.sent.payload, byte)
    ctx.set(dut.sent.valid, 1)
    await ctx.tick().until(dut.sent.ready)
    ctx.set(dut.sent.valid, 0)


def test_a_byte_is_ten_bits_on_the_line():
    dut = Serial(DIVISOR)

    async def testbench(ctx):
        assert ctx.get(dut.tx) == 1
        await send(ctx, dut, 0b0101_1001)
        levels = []
        for _ in range(10):
            bit = []
            for _ in range(DIVISOR):
                bit.append(ctx.get(dut.tx))
                await ctx.tick()
            assert len(set(bit)) == 1, "a bit lasts `divisor` cycles"
            levels.append(bit[0])
        assert levels == [0, 1, 0, 0, 1, 1, 0, 1, 0, 1]
        assert ctx.get(dut.sent.ready) and ctx.get(dut.tx) == 1

    simulate(dut, testbench)


@pytest.mark.parametrize("pauses", [0, 3 * DIVISOR])
def test_what_is_sent_is_received(pauses):
    """Without a pause a byte arrives every ten bits; random pauses of both ends change nothing but the time."""
    dut, message, got, rng = Serial(DIVISOR), bytes(range(0, 256, 5)), [], random.Random(pauses)
    arrivals = []

    async def sender(ctx):
        for byte in message:
            for _ in range(rng.randint(0, pauses)):
                await ctx.tick()
            await send(ctx, dut, byte)

    async def receiver(ctx):
        cycle = 0
        while len(got) < len(message):
            ctx.set(dut.received.ready, rng.randint(0, pauses // 4) == 0)
            cycle += 1
            _, _, valid, ready, byte = await ctx.tick().sample(dut.received.valid, dut.received.ready, dut.received.payload)
            if valid and ready:
                got.append(byte)
                arrivals.append(cycle)

    simulate(dut, sender, receiver)
    assert bytes(got) == message
    gaps = {b - a for a, b in pairwise(arrivals)}
    assert gaps == {10 * DIVISOR + 1} if pauses == 0 else max(gaps) > 10 * DIVISOR + 1


def test_a_break_is_not_a_byte():
    dut = Serial(DIVISOR)

    async def testbench(ctx):
        ctx.set(dut.rx, 0)
        for _ in range(10 * DIVISOR):
            await ctx.tick()
        ctx.set(dut.rx, 1)
        for _ in range(12 * DIVISOR):
            await ctx.tick()
            assert not ctx.get(dut.received.valid)

    simulator = Simulator(dut)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()


def test_a_bit_is_long_enough_to_find_its_middle():
    with pytest.raises(ValueError, match="at least 4 clock cycles, not 3"):
        Serial(3)
