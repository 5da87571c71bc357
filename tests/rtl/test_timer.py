"""rtl/timer.py: time, and the comparisons of Sstc."""

import random

from amaranth.sim import Simulator

from rtl.timer import Timer

ALL = (1 << 64) - 1


def simulate(dut, bench):
    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


def test_timer():
    """The outputs of a cycle belong to one moment, two cycles ago; the comparisons wrap at 64 bits (corner case 29)."""
    dut, r = Timer(has_h=True), random.Random(2)

    def expected(now, stimecmp, vstimecmp, htimedelta):
        guest = now + htimedelta & ALL
        return now, guest, int(now >= stimecmp), int(guest >= vstimecmp)

    def near(value):
        return value + r.choice((-1, 0, 1)) & ALL

    async def bench(ctx):
        history = []
        for _ in range(500):
            now, delta = r.choice((0, ALL, r.getrandbits(64))), r.choice((0, 1, ALL, r.getrandbits(64)))
            inputs = now, near(now), near(now + delta), delta
            for name, value in zip(("now", "stimecmp", "vstimecmp", "htimedelta"), inputs, strict=True):
                ctx.set(getattr(dut, name), value)
            history.append(expected(*inputs))
            if len(history) > 2:
                got = tuple(ctx.get(getattr(dut, name))
                            for name in ("time", "guest_time", "pending_s", "pending_vs"))
                assert got == history[-3]
                ahead = ctx.get(dut.next_pending_s), ctx.get(dut.next_pending_vs)
                assert ahead == history[-2][2:]
            await ctx.tick()

    simulate(dut, bench)


def test_settling():
    """From the cycle of a change on, until the next cycle is one in which it shows."""
    dut = Timer(has_h=True)

    async def bench(ctx):
        ctx.set(dut.now, 7)
        ctx.set(dut.stimecmp, 8)
        await ctx.tick().repeat(4)
        ctx.set(dut.changed, 1)
        seen = []
        for _ in range(5):
            seen.append((ctx.get(dut.settling), ctx.get(dut.pending_s)))
            await ctx.tick()
            ctx.set(dut.changed, 0)
            ctx.set(dut.stimecmp, 7)
        assert seen == [(1, 0), (1, 0), (0, 0), (0, 1), (0, 1)]

    simulate(dut, bench)
