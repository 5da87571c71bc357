"""rtl/forward.py: the youngest matching producer wins, and only it can make the reader wait."""

import itertools

from amaranth.sim import Simulator

from rtl.forward import Forward


def expected(number, producers, stored):
    """(value or None when it must wait)"""
    if number == 0:
        return 0
    for rd, ready, value in producers:
        if rd == number:
            return value if ready else None
    return stored


def test_all_combinations():
    dut = Forward()
    cases = list(itertools.product((0, 3), *[((0, 1), (3, 0), (3, 1), (4, 1), (4, 0))] * 3))

    async def bench(ctx):
        ctx.set(dut.stored, 99)
        for number, *settings in cases:
            producers = [(rd, ready, 10 + i) for i, (rd, ready) in enumerate(settings)]
            ctx.set(dut.number, number)
            for port, (rd, ready, value) in zip((dut.x, dut.m, dut.w), producers, strict=True):
                ctx.set(port, {"rd": rd, "ready": ready, "value": value})
            await ctx.delay(1e-9)
            want = expected(number, producers, 99)
            assert ctx.get(dut.wait) == (want is None), (number, producers)
            if want is not None:
                assert ctx.get(dut.value) == want, (number, producers)

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
