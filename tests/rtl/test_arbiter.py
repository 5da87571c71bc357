# amaranth: UnusedElaboratable=no
"""rtl/arbiter.py: ownership while `cyc`, grant without delay, circular order, and nobody waits for ever."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.arbiter import Arbiter

COUNT = 3


def simulate(bench):
    dut = Arbiter(COUNT)

    async def testbench(ctx):
        await bench(ctx, dut)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(testbench)
    sim.run()


def request(ctx, master, number, on):
    for port, value in ((master.cyc, on), (master.stb, on), (master.adr, 100 + number)):
        ctx.set(port, value)


def owner(ctx, dut):
    """The master whose address is on the bus."""
    return ctx.get(dut.bus.adr) - 100 if ctx.get(dut.bus.cyc) else None


def test_a_free_bus_is_granted_at_once():
    async def bench(ctx, dut):
        for number in (2, 0, 1):
            request(ctx, dut.masters[number], number, 1)
            await ctx.delay(1e-9)
            assert owner(ctx, dut) == number
            await ctx.tick()
            request(ctx, dut.masters[number], number, 0)
            await ctx.tick()

    simulate(bench)


def test_the_owner_keeps_the_bus_while_cyc():
    async def bench(ctx, dut):
        request(ctx, dut.masters[1], 1, 1)
        await ctx.tick()
        request(ctx, dut.masters[0], 0, 1)
        request(ctx, dut.masters[2], 2, 1)
        for stb in (1, 0, 0, 1):
            ctx.set(dut.masters[1].stb, stb)
            await ctx.delay(1e-9)
            assert owner(ctx, dut) == 1
            assert ctx.get(dut.bus.stb) == stb
            await ctx.tick()
        request(ctx, dut.masters[1], 1, 0)
        await ctx.delay(1e-9)
        assert owner(ctx, dut) == 2, "the master that follows in circular order"

    simulate(bench)


def test_answers_reach_only_the_owner():
    async def bench(ctx, dut):
        request(ctx, dut.masters[2], 2, 1)
        request(ctx, dut.masters[1], 1, 1)
        ctx.set(dut.bus.ack, 1)
        ctx.set(dut.bus.err, 1)
        ctx.set(dut.bus.dat_r, 42)
        await ctx.delay(1e-9)
        got = owner(ctx, dut)
        for number, master in enumerate(dut.masters):
            assert (ctx.get(master.ack), ctx.get(master.err)) == (number == got,) * 2
        assert ctx.get(dut.masters[got].dat_r) == 42

    simulate(bench)


def test_random_traffic_is_fair():
    rng = random.Random(17)

    async def bench(ctx, dut):
        wants, passed, locked, finished = [False] * COUNT, [0] * COUNT, None, None
        for _ in range(1500):
            for number in range(COUNT):
                wants[number] |= number != finished and rng.random() < 0.6
                request(ctx, dut.masters[number], number, wants[number])
            await ctx.delay(1e-9)
            got = owner(ctx, dut)
            assert (got is None) == (not any(wants))
            if locked is not None:
                assert got == locked
            elif got is not None:
                passed = [passed[n] + 1 if wants[n] and n != got else 0 for n in range(COUNT)]
                assert max(passed) < COUNT, "each other master goes first at most once"
            await ctx.tick()
            locked, finished = got, None
            if got is not None and rng.random() < 0.4:
                wants[got], locked, finished = False, None, got

    simulate(bench)


def test_one_master_needs_no_arbiter():
    with pytest.raises(ValueError, match="at least 2 masters, not 1"):
        Arbiter(1)


def test_owners_follow_each_other_without_a_gap():
    """Full rate: a beat in every cycle, whoever it is of, and one answer for each."""
    async def bench(ctx, dut):
        ctx.set(dut.bus.ack, 1)
        for number, master in enumerate(dut.masters):
            request(ctx, master, number, 1)
        owners, resting = [], None
        for _ in range(30):
            await ctx.delay(1e-9)
            owners.append(owner(ctx, dut))
            assert [ctx.get(master.ack) for master in dut.masters] == [n == owners[-1] for n in range(COUNT)]
            await ctx.tick()
            if resting is not None:
                request(ctx, dut.masters[resting], resting, 1)
            resting = owners[-1]
            request(ctx, dut.masters[resting], resting, 0)
        assert owners == [owners[0], *((owners[0] + i) % COUNT for i in range(1, 30))]

    simulate(bench)
