"""rtl/pause_loop.py: random pauses against the rules of docs/xdoppel.md, word for word."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.pause_loop import PauseLoop


class Reference:
    """The state is two moments, or none."""

    def __init__(self):
        self.first = self.last = None

    def exits(self, now, window, gap):
        """Does a pause trap? Otherwise it becomes part of a loop."""
        if self.last is None or now - self.last > gap:
            self.first = now
        elif now - self.first > window:
            return True
        self.last = now
        return False


@pytest.mark.parametrize("seed", range(4))
def test_pauses(seed):
    dut, r = PauseLoop(), random.Random(seed)

    async def bench(ctx):
        reference, now, exits, pauses = Reference(), 0, 0, 0
        for _ in range(40):
            window, gap = r.choice((0, 1, 20, r.randrange(60), 0xFFFF_FFFF)), r.choice((0, 1, 7, r.randrange(20), 0xFFFF))
            ctx.set(dut.window, window)
            ctx.set(dut.gap, gap)
            ctx.set(dut.clear, 1)       # as a write of hple does
            await ctx.tick()
            ctx.set(dut.clear, 0)
            now, reference = now + 1, Reference()
            for _ in range(60):
                pause = r.random() < 0.3
                ctx.set(dut.pause, pause)
                await ctx.delay(1e-9)
                leaves = ctx.get(dut.exit)
                assert leaves == (pause and reference.exits(now, window, gap)), f"window {window}, gap {gap}"
                ctx.set(dut.done, pause and not leaves)
                ctx.set(dut.clear, leaves)
                if leaves:
                    reference = Reference()
                exits, pauses, now = exits + leaves, pauses + pause, now + 1
                await ctx.tick()
                ctx.set(dut.pause, 0)
                ctx.set(dut.done, 0)
                ctx.set(dut.clear, 0)
        assert 20 < exits < pauses / 2

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


def test_the_watches_end():
    """A gap of the highest value is over in the end, and does not begin anew."""
    dut = PauseLoop()

    async def bench(ctx):
        ctx.set(dut.gap, 0xFFFF)
        for cycles, leaves in ((0x10000 - 1, 1), (0x10000, 0), (0x10000 + 5, 0)):
            ctx.set(dut.clear, 1)
            await ctx.tick()
            ctx.set(dut.clear, 0)
            ctx.set(dut.done, 1)
            await ctx.tick()
            ctx.set(dut.done, 0)
            await ctx.tick().repeat(cycles - 1)
            ctx.set(dut.pause, 1)
            assert ctx.get(dut.exit) == leaves, f"after {cycles} cycles"
            ctx.set(dut.pause, 0)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
