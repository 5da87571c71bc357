# amaranth: UnusedElaboratable=no
"""rtl/icache.py: random words against a memory that changes only when the cache is told, on a bus that stalls and fails."""

import random
from dataclasses import dataclass, field

import pytest
from amaranth.sim import Simulator

from rtl.config import Config
from rtl.icache import Icache
from rtl.wishbone import Bte, Cti

BASE = 0x8000_0000
FAR = 0x1_8000_0000         # above what is cached
LINE = 64


@dataclass
class Memory:
    """Answers the bus of a cache and checks its rules; a beat fails by chance, or always in `broken`."""

    rng: random.Random
    stalls: float = 0.0
    errors: float = 0.0
    broken: range = range(0)
    version: int = 0
    beats: list = field(default_factory=list)       # (address, cti, error)
    waiting: tuple | None = None                    # (payload, cycles left)
    burst: tuple | None = None                      # (next address, beats done)

    def word(self, address):
        """Eight bytes; all change with `version`."""
        return random.Random(address << 20 | self.version).getrandbits(64)

    def cycle(self, ctx, bus):
        ctx.set(bus.ack, 0)
        ctx.set(bus.err, 0)
        ctx.set(bus.dat_r, self.rng.getrandbits(64))
        if not ctx.get(bus.stb):
            assert self.waiting is None, "a beat that has begun is finished"
            assert self.burst is None, "a burst goes to its end or to an error"
            return
        address, cti, bte = ctx.get(bus.adr) << 3, ctx.get(bus.cti), ctx.get(bus.bte)
        assert ctx.get(bus.cyc) and not ctx.get(bus.we) and ctx.get(bus.sel) == 0xFF
        payload = (address, cti)
        before, left = self.waiting or (payload, self.rng.randrange(1, 5) if self.rng.random() < self.stalls else 0)
        assert payload == before, "stable until it ends"
        self.waiting = (payload, left - 1) if left else None
        if left:
            return
        if cti is Cti.CLASSIC:
            assert self.burst is None
        else:
            wanted, done = self.burst or (address, 0)
            assert (address, bte) == (wanted, Bte.WRAP_8)
            assert (cti is Cti.END) == (done == 7)
            line = address & -LINE
            self.burst = (line | address + 8 & LINE - 1, done + 1) if done < 7 else None
        error = address in self.broken or self.rng.random() < self.errors
        if error:
            self.burst = None
        self.beats.append((address, cti, error))
        ctx.set(bus.err if error else bus.ack, 1)
        if not error:
            ctx.set(bus.dat_r, self.word(address))


class Reader:
    """The side of fetch: one word after the other, `index` a cycle ahead."""

    def __init__(self, dut, memory):
        self.dut, self.memory, self.address = dut, memory, None
        self.hits = 0       # words that were done without a beat

    async def cycle(self, ctx, following, *, asks=True, flush=None, invalidate=False, jump=True):
        """Ask for the word at `self.address`; when it is done go on with `following()`. `flush` is where to go instead.
        Returns (data, error) or None."""
        dut = self.dut
        busy = ctx.get(dut.busy)
        ctx.set(dut.valid, asks and not busy and self.address is not None)
        if self.address is not None:
            ctx.set(dut.paddr, self.address)
        ctx.set(dut.jump, jump)
        ctx.set(dut.flush, flush is not None)
        ctx.set(dut.invalidate, invalidate)
        before = len(self.memory.beats)
        self.memory.cycle(ctx, dut.bus)
        result = None
        if ctx.get(dut.done):
            result = ctx.get(dut.data), ctx.get(dut.error)
            self.hits += len(self.memory.beats) == before
            if result[1]:
                address, cti, error = self.memory.beats[-1]
                assert (address, cti, error) == (self.address, Cti.CLASSIC, True), "only the word's own error counts"
            else:
                assert result[0] == self.memory.word(self.address), hex(self.address)
        self.address = flush if flush is not None else following() if result else self.address
        ctx.set(dut.index, self.address % 4096)
        await ctx.tick()
        if invalidate:
            self.memory.version += 1
        return result if flush is None else None


def run(config, bench):
    dut = Icache(config)
    sim = Simulator(dut)
    sim.add_clock(1e-6)

    async def start(ctx):
        ctx.set(dut.cached, 1)
        await bench(ctx, dut)

    sim.add_testbench(start)
    sim.run()


def cache(kib, ways):
    return Config("icache", icache_kib=kib, icache_ways=ways)


@pytest.mark.parametrize("kib, ways", [(0, 1), (1, 1), (4, 4), (4, 1), (8, 2)])
@pytest.mark.parametrize("stalls, errors", [(0.0, 0.0), (0.4, 0.0), (0.3, 0.05)])
def test_random_words(kib, ways, stalls, errors):
    rng = random.Random(81)
    memory = Memory(rng, stalls, errors)
    seen = {"done": 0, "error": 0}

    async def bench(ctx, dut):
        reader = Reader(dut, memory)
        reader.address = BASE

        def somewhere():
            return rng.choice((BASE, BASE + 0x4000, BASE + 0x14000, FAR)) + 8 * rng.randrange(40)

        for _ in range(2500):
            jump = rng.random() < 0.2
            following = somewhere() if jump else reader.address + 8
            flushes, invalidates = rng.random() < 0.03, rng.random() < 0.004
            result = await reader.cycle(
                ctx, lambda to=following: to, asks=rng.random() < 0.9, jump=jump, invalidate=invalidates,
                flush=somewhere() if flushes or invalidates else None)
            if result:
                seen["error" if result[1] else "done"] += 1
        assert reader.hits > 120 or not kib
        assert all(cti is Cti.CLASSIC for address, cti, _ in memory.beats if not kib or address >= FAR)

    run(cache(kib, ways), bench)
    assert seen["done"] > 300 and (seen["error"] > 2 or not errors)


async def until_done(ctx, reader, address, **fields):
    """Read one word, coming from elsewhere; the cycles it took and (data, error)."""
    await reader.cycle(ctx, lambda: address, asks=False, flush=address)
    for cycles in range(1, 200):
        result = await reader.cycle(ctx, lambda: address, **fields)
        if result:
            return cycles, result
    raise AssertionError("never done")


async def reset(ctx, reader):
    """Wait until the lines are invalid."""
    for _ in range(70):
        await reader.cycle(ctx, lambda: BASE, asks=False, flush=BASE)


@pytest.mark.parametrize("kib, ways", [(4, 1), (16, 4)])
def test_a_line_is_refilled_from_the_wanted_word_on(kib, ways):
    memory = Memory(random.Random(82))

    async def bench(ctx, dut):
        reader = Reader(dut, memory)
        await reset(ctx, reader)
        cycles, _ = await until_done(ctx, reader, BASE + 40)
        assert cycles == 2, "the wanted word is done with its beat"
        for _ in range(12):
            await reader.cycle(ctx, lambda: BASE, asks=False)
        assert [address - BASE for address, _, _ in memory.beats] == [40, 48, 56, 0, 8, 16, 24, 32]
        for word in range(8):
            assert (await until_done(ctx, reader, BASE + 8 * word))[0] == 1
        assert len(memory.beats) == 8

    run(cache(kib, ways), bench)


def test_words_that_follow_are_done_with_their_beats():
    memory = Memory(random.Random(83))

    async def bench(ctx, dut):
        reader = Reader(dut, memory)
        await reset(ctx, reader)
        await reader.cycle(ctx, lambda: BASE, asks=False, flush=BASE)
        done = [await reader.cycle(ctx, lambda: reader.address + 8, jump=False) is not None for _ in range(9)]
        assert done == [False] + [True] * 8
        # Not those behind a jump within the line: its words are not where the beats are.
        await reader.cycle(ctx, lambda: BASE, asks=False, flush=BASE + LINE)
        assert await reader.cycle(ctx, lambda: BASE) is None
        assert await reader.cycle(ctx, lambda: BASE + LINE + 8, jump=True)
        assert await reader.cycle(ctx, lambda: BASE) is None

    run(cache(4, 1), bench)


def test_an_error_of_another_word_is_not_told():
    memory = Memory(random.Random(84), broken=range(BASE + 16, BASE + 24))

    async def bench(ctx, dut):
        reader = Reader(dut, memory)
        await reset(ctx, reader)
        for word in (1, 0, 3):
            _, (_, error) = await until_done(ctx, reader, BASE + 8 * word)
            assert not error
            for _ in range(12):
                await reader.cycle(ctx, lambda: BASE, asks=False)
        _, (_, error) = await until_done(ctx, reader, BASE + 16)
        assert error
        assert memory.beats[-2:] == [(BASE + 16, Cti.INCREMENT, True), (BASE + 16, Cti.CLASSIC, True)]

    run(cache(4, 1), bench)


def test_pages_that_are_not_cached():
    memory = Memory(random.Random(85))

    async def bench(ctx, dut):
        reader = Reader(dut, memory)
        await reset(ctx, reader)
        ctx.set(dut.cached, 0)
        for _ in range(3):
            assert (await until_done(ctx, reader, BASE + 8))[0] == 1
        assert memory.beats == [(BASE + 8, Cti.CLASSIC, False)] * 3

    run(cache(4, 1), bench)


@pytest.mark.parametrize("kib, ways", [(3, 1), (8, 1), (4, 3), (4, 0)])
def test_impossible_sizes(kib, ways):
    with pytest.raises(ValueError, match=f"{kib} KiB in {ways} ways do not"):
        Icache(cache(kib, ways))
