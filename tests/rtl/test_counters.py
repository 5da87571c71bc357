"""rtl/counters.py: every counter is exact whatever is accessed when, and none is lost in its few pending bits."""

import random
from dataclasses import replace

import pytest
from amaranth.hdl import ResetInserter, Signal
from amaranth.sim import Simulator

from isa.profile import PROFILES
from rtl.config import CONFIGS
from rtl.counters import Counters, counted

ALL = (1 << 64) - 1


def config(hpm):
    profile = replace(PROFILES["full"], hpm_counters=hpm) if hpm else PROFILES["full"].without("Zihpm")
    return replace(CONFIGS["default"], profile=profile)


@pytest.mark.parametrize("hpm", (0, 1, 4, 29))
@pytest.mark.parametrize("eager", (0.1, 0.5, 1.0))
def test_counters(hpm, eager):
    """Accesses now and then and in every cycle, increments in most cycles: a write wins over its cycle's increment."""
    dut, r = Counters(config(hpm)), random.Random(hpm)
    numbers = counted(config(hpm))

    async def bench(ctx):
        ctx.set(dut.increments, ALL)
        while ctx.get(dut.clearing):
            await ctx.tick()
        wanted, held, accessed = dict.fromkeys(numbers, None), 0, 0
        access, before, counts = False, {}, []
        for _ in range(40 * len(numbers) + 200):
            increments = ALL if r.random() < 0.9 else r.getrandbits(64)
            if not held:
                number, access, write = r.choice(numbers), r.random() < eager, r.randrange(2)
            value = r.choice((0, ALL, ALL - 1, r.getrandbits(64)))
            for name, setting in (("increments", increments), ("number", number), ("access", access), ("data", value)):
                ctx.set(getattr(dut, name), setting)
            served = access and not ctx.get(dut.hold)
            assert access <= (served or held < 2), "an access is held back twice"
            held = held + 1 if access and not served else 0
            ctx.set(dut.write, served and write)
            if served:
                accessed += 1
                if before[number] is not None:
                    assert ctx.get(dut.value) == before[number], f"counter {number}"
            before = dict(wanted)
            for i, n in enumerate(numbers):
                if served and n == number and write:
                    wanted[n] = value
                elif served and n == number and wanted[n] is None:
                    wanted[n] = ctx.get(dut.value) + counts[i] + (increments >> i & 1) & ALL
                elif wanted[n] is not None:
                    wanted[n] = wanted[n] + (increments >> i & 1) & ALL
            counts = [increments >> i & 1 for i in range(len(numbers))]
            await ctx.tick()
        assert None not in wanted.values() and accessed > 20

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


def test_reset():
    """After reset all are 0, but for the increments since."""
    dut, reset = Counters(config(4)), Signal()

    async def bench(ctx):
        for _ in range(2):
            cycles = 0
            while ctx.get(dut.clearing):
                await ctx.tick()
                cycles += 1
            assert cycles < 16
            for number in counted(config(4)):
                ctx.set(dut.number, number)
                ctx.set(dut.access, 1)
                while ctx.get(dut.hold):
                    await ctx.tick()
                assert ctx.get(dut.value) == 0
                ctx.set(dut.write, 1)
                ctx.set(dut.data, ALL)
                await ctx.tick()
                ctx.set(dut.write, 0)
            ctx.set(dut.access, 0)
            ctx.set(dut.data, 0)
            ctx.set(reset, 1)
            await ctx.tick()
            ctx.set(reset, 0)

    sim = Simulator(ResetInserter(reset)(dut))
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
