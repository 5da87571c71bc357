"""rtl/stage.py: a queue of one against a stream of numbers under random stalls, kills and back-pressure."""

import random

from amaranth.hdl import Signal
from amaranth.sim import Simulator

from rtl.stage import Stage


def simulate(bench):
    dut, stall, kill = Stage(16), Signal(), Signal()
    dut.stall_on(stall)
    dut.kill_on(kill)
    sim = Simulator(dut)
    sim.add_clock(1e-6)

    async def testbench(ctx):
        await bench(ctx, dut, stall, kill)

    sim.add_testbench(testbench)
    sim.run()


def test_order_without_loss_or_repetition():
    rng = random.Random(13)

    async def bench(ctx, dut, stall, kill):
        held, number, moved = None, 0, 0
        for _ in range(3000):
            offer, stop, drop, ready = (rng.random() < p for p in (0.7, 0.3, 0.05, 0.7))
            for port, value in ((dut.enter.valid, offer), (dut.enter.p, number), (stall, stop), (kill, drop),
                                (dut.next_ready, ready)):
                ctx.set(port, int(value))
            await ctx.delay(1e-9)
            moves = held is not None and not stop and not drop and ready
            free = held is None or (not stop and ready)
            assert ctx.get(dut.valid) == (held is not None)
            assert ctx.get(dut.moves) == moves
            assert ctx.get(dut.enter.ready) == free
            if held is not None:
                assert ctx.get(dut.payload) == held
            moved += moves
            await ctx.tick()
            entered = number if offer and free else None
            number += entered is not None
            held = None if drop else entered if free else held
        assert moved > 500

    simulate(bench)


def test_full_rate():
    async def bench(ctx, dut, stall, kill):
        ctx.set(dut.enter.valid, 1)
        ctx.set(dut.next_ready, 1)
        await ctx.tick()
        for _ in range(20):
            assert ctx.get(dut.moves)
            await ctx.tick()

    simulate(bench)
