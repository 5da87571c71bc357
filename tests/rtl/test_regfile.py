"""rtl/regfile.py against a list of integers."""

import random

from amaranth.sim import Simulator

from rtl.regfile import RegFile


def test_random_reads_and_writes():
    rng = random.Random(12)
    dut, model = RegFile(), [0] * 32

    async def bench(ctx):
        for _ in range(600):
            rd, value, rs1, rs2 = rng.randrange(32), rng.getrandbits(64), rng.randrange(32), rng.randrange(32)
            for port, setting in ((dut.rd, rd), (dut.rd_value, value), (dut.rs1, rs1), (dut.rs2, rs2)):
                ctx.set(port, setting)
            await ctx.delay(1e-9)
            assert (ctx.get(dut.value1), ctx.get(dut.value2)) == (model[rs1], model[rs2])
            await ctx.tick()
            if rd:
                model[rd] = value

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
