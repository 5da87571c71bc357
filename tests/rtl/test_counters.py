"""rtl/counters.py: increments, inhibition, writes, and the comparisons of Sstc."""

import random

from amaranth.sim import Simulator

from rtl.counters import Counters, Timer

ALL = (1 << 64) - 1


def simulate(dut, bench):
    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


def test_counters():
    """A write wins over the increment of its own cycle; nothing stops the clock."""
    dut, r = Counters(), random.Random(1)

    async def bench(ctx):
        cycle = instret = 0
        for clock in range(400):
            assert (ctx.get(dut.cycle), ctx.get(dut.instret), ctx.get(dut.clock)) == (cycle, instret, clock)
            value = r.choice((0, ALL, ALL - 1, r.getrandbits(64)))
            bits = {name: r.randrange(2) for name in ("retire", "inhibit_cycle", "inhibit_instret")}
            bits |= {name: r.random() < 0.1 for name in ("write_cycle", "write_instret")}
            for name, bit in bits.items():
                ctx.set(getattr(dut, name), bit)
            ctx.set(dut.value, value)
            await ctx.tick()
            cycle = value if bits["write_cycle"] else cycle + 1 - bits["inhibit_cycle"] & ALL
            counted = bits["retire"] and not bits["inhibit_instret"]
            instret = value if bits["write_instret"] else instret + counted & ALL

    simulate(dut, bench)


def test_timer():
    """The outputs of a cycle belong to one moment, two cycles ago; the comparisons wrap at 64 bits (corner case 29)."""
    dut, r = Timer(), random.Random(2)

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
