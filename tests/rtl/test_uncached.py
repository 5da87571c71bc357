"""rtl/uncached.py: which beats each access becomes, when it is done, and what a host's `flush` holds back."""

import random

import pytest

from rtl.types import MemoryOp
from rtl.uncached import Uncached
from rtl.wishbone import Bte, Cti
from tests.rtl.wishbone_checks import checker, memory, simulate

READ, WRITE, CLEAN, FLUSH, ZERO = MemoryOp
BLOCK, OTHER = 0x8000_0040, 0x8000_0100


def run(accesses, words, seed=0, delay=0):
    """Each access is (op, paddr, sel, wdata, lock). Results (error, rdata), the beats, and where writes were lost."""
    dut = Uncached(zeroes=True)
    results, beats, lost, bursts = [], [], [], []

    async def bench(ctx):
        port = dut.port
        for op, paddr, sel, wdata, lock in accesses:
            for signal, value in ((port.op, op), (port.paddr, paddr), (port.sel, sel), (port.wdata, wdata),
                                  (port.lock, lock), (port.valid, 1)):
                ctx.set(signal, value)
            results.append(await ctx.tick().sample(port.error, port.rdata).until(port.done))
            ctx.set(port.valid, 0)

    async def watch(ctx):
        async for _, _, is_lost, where, stb, cti, bte in ctx.tick().sample(
                dut.lost, dut.lost_paddr, dut.bus.stb & (dut.bus.ack | dut.bus.err), dut.bus.cti, dut.bus.bte):
            if is_lost:
                lost.append(where)
            if stb:
                bursts.append((cti, bte))

    simulate(dut, bench, background=(memory(dut.bus, words, seed, delay), checker(dut.bus, beats), watch))
    return results, beats, lost, bursts


@pytest.mark.parametrize("delay", [0, 3])
def test_reads_and_writes_are_single_beats(delay):
    rng = random.Random(delay)
    words = {BLOCK // 8 + i: rng.getrandbits(64) for i in range(8)}
    want, accesses, results = dict(words), [], []
    for _ in range(50):
        address = BLOCK // 8 + rng.randrange(8)
        write, data = rng.randrange(2), rng.getrandbits(64)
        accesses.append((WRITE if write else READ, address * 8, 0x0F if write else 0xFF, data, 0))
        results.append(want[address])
        if write:
            want[address] = want[address] & ~0xFFFF_FFFF | data & 0xFFFF_FFFF
    got, beats, lost, bursts = run(accesses, words, 1, delay)
    assert [r for (_, r), a in zip(got, accesses, strict=True) if a[0] == READ] == [
        r for r, a in zip(results, accesses, strict=True) if a[0] == READ]
    assert words == want and not lost and len(beats) == 50
    assert set(bursts) == {(Cti.CLASSIC, Bte.LINEAR)}


def test_a_beat_in_every_cycle():
    """Full rate: on a bus that answers at once an access takes one cycle, with nothing between two."""
    dut = Uncached(zeroes=True)

    async def bench(ctx):
        ctx.set(dut.bus.ack, 1)
        ctx.set(dut.port.valid, 1)
        for i in range(20):
            for signal, value in ((dut.port.op, WRITE if i % 3 else READ), (dut.port.paddr, BLOCK + 8 * i),
                                  (dut.port.sel, 0xFF), (dut.bus.dat_r, i)):
                ctx.set(signal, value)
            assert ctx.get(dut.port.done) and ctx.get(dut.bus.stb) and ctx.get(dut.bus.adr) == BLOCK // 8 + i
            assert ctx.get(dut.port.rdata) == i
            await ctx.tick()

    simulate(dut, bench)


@pytest.mark.parametrize("op", [READ, WRITE, CLEAN, FLUSH, ZERO])
def test_nothing_there_is_an_error_of_one_beat(op):
    sel = 0xFF if op in (READ, WRITE) else 0
    got, beats, lost, _ = run([(op, OTHER, sel, 1, 0)], {})
    assert [error for error, _ in got] == [1]
    assert [(adr, we, s, err) for adr, we, s, _, err in beats] == [(OTHER // 8, int(op == WRITE), sel, 1)] and not lost


@pytest.mark.parametrize("op", [CLEAN, FLUSH])
def test_nothing_is_cached_so_nothing_is_cleaned(op):
    words = {BLOCK // 8: 5}
    got, beats, _, _ = run([(op, BLOCK, 0, 0, 0)], words)
    assert [error for error, _ in got] == [0] and [b[1:3] for b in beats] == [(0, 0)] and words == {BLOCK // 8: 5}


@pytest.mark.parametrize("delay", [0, 2])
def test_zero_writes_its_block_in_a_burst(delay):
    words = {BLOCK // 8 + i: 5 for i in range(-1, 9)}
    got, beats, lost, bursts = run([(ZERO, BLOCK + 13, 0, 7, 0), (READ, BLOCK - 8, 0xFF, 0, 0)], words, 2, delay)
    assert [error for error, _ in got] == [0, 0] and got[1][1] == 5 and not lost
    assert words == {BLOCK // 8 + i: 0 if i in range(8) else 5 for i in range(-1, 9)}
    assert [b[0] for b in beats[1:9]] == [BLOCK // 8 + i for i in range(8)]
    assert bursts[1:9] == [(Cti.INCREMENT, Bte.WRAP_8)] * 7 + [(Cti.END, Bte.WRAP_8)]


def test_an_error_in_the_burst_is_told_and_not_the_instructions():
    words = {BLOCK // 8 + i: 5 for i in range(8) if i != 3}
    got, _, lost, _ = run([(ZERO, BLOCK, 0, 0, 0)], words)
    assert [error for error, _ in got] == [0] and lost == [BLOCK + 24]
    assert set(words.values()) == {0}


def test_a_host_waits_for_the_access_under_way_and_holds_back_the_next():
    """A pair that has begun is finished first."""
    dut, seen = Uncached(zeroes=False), []

    async def bench(ctx):
        port, bus = dut.port, dut.bus
        for valid, op, lock, ack, flush in [
                (1, READ, 0, 0, 0), (1, READ, 0, 0, 1), (1, READ, 0, 1, 1), (1, READ, 0, 0, 1), (1, READ, 0, 0, 1),
                (1, READ, 1, 1, 0), (1, WRITE, 1, 0, 1), (1, WRITE, 1, 1, 1), (0, READ, 0, 0, 1), (0, READ, 0, 0, 0)]:
            for signal, value in ((port.valid, valid), (port.op, op), (port.lock, lock), (bus.ack, ack), (dut.flush, flush)):
                ctx.set(signal, value)
            await ctx.delay(1e-9)
            seen.append((ctx.get(bus.stb), ctx.get(dut.flushed)))
            await ctx.tick()

    simulate(dut, bench)
    assert seen == [(1, 0), (1, 0), (1, 0), (0, 1), (0, 1), (1, 0), (1, 0), (1, 0), (0, 1), (0, 0)]
