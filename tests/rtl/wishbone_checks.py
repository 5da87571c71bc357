"""Wishbone for unit tests: a master, a memory with random delays, a checker of the rules of the bus."""

import random

from amaranth.hdl import ClockDomain, Module
from amaranth.sim import Simulator

PERIOD = 1e-6
NOISE = 0x5555_3333_7777_5555       # a load that is taken for a store may end a run


def byte_mask(select):
    """The 64 data bits that byte selects stand for."""
    return sum(0xFF << 8 * i for i in range(8) if select >> i & 1)


class BusError(Exception):
    """The beat ended with `err`."""


class Master:
    """Drives one bus, beat by beat. Addresses in bytes; data right-aligned, `size` bytes inside one dword.

    Write data is noise where it does not count: in loads and in the other bytes of a store.
    """

    def __init__(self, ctx, bus):
        self.ctx, self.bus = ctx, bus

    async def _beat(self, address, we, data, select):
        ctx, bus = self.ctx, self.bus
        for signal, value in ((bus.adr, address >> 3), (bus.we, we), (bus.dat_w, data), (bus.sel, select),
                              (bus.cyc, 1), (bus.stb, 1)):
            ctx.set(signal, value)
        answer, error = await ctx.tick().sample(bus.dat_r, bus.err).until(bus.ack | bus.err)
        ctx.set(bus.cyc, 0)
        ctx.set(bus.stb, 0)
        if error:
            raise BusError(f"bus error at {address:#x}")
        return answer

    async def read(self, address, size=8):
        """Load, zero-extended."""
        shift = address % 8
        answer = await self._beat(address, 0, NOISE, (1 << size) - 1 << shift)
        return answer >> 8 * shift & (1 << 8 * size) - 1

    async def write(self, address, data, size=8):
        """Store."""
        shift = address % 8
        select = (1 << size) - 1 << shift
        await self._beat(address, 1, data << 8 * shift | NOISE & ~byte_mask(select), select)


def memory(bus, words, seed=0, max_delay=4):
    """A background testbench that serves `bus` from `words` (dword address -> value), which stores change.

    A beat ends after 0 to `max_delay` cycles; an address outside `words` gets `err`. Without `ack`
    the read data is noise.
    """
    async def bench(ctx):
        rng = random.Random(seed)
        while True:
            await ctx.delay(PERIOD / 4)     # masters that are testbenches have spoken by now
            if ctx.get(bus.cyc & bus.stb):
                for _ in range(rng.randint(0, max_delay)):
                    ctx.set(bus.dat_r, rng.getrandbits(64))
                    await ctx.tick()
                    await ctx.delay(PERIOD / 4)
                address = ctx.get(bus.adr)
                known = address in words
                ctx.set(bus.dat_r, words.get(address, rng.getrandbits(64)))
                ctx.set(bus.ack, known)
                ctx.set(bus.err, not known)
                if known and ctx.get(bus.we):
                    mask = byte_mask(ctx.get(bus.sel))
                    words[address] = words[address] & ~mask | ctx.get(bus.dat_w) & mask
            await ctx.tick()
            ctx.set(bus.ack, 0)
            ctx.set(bus.err, 0)
            ctx.set(bus.dat_r, rng.getrandbits(64))
    return bench


class Rules:
    """The rules of a bus, cycle by cycle: `request` is the payload while a beat is offered, else None."""

    def __init__(self):
        self.waiting = None

    def cycle(self, request, ack, err):
        """Fails on a broken rule; is a beat over?"""
        assert self.waiting is None or request is not None, "the master withdrew a beat"
        assert self.waiting is None or request == self.waiting, "the master changed a beat that waits"
        assert request is not None or not (ack or err), "an answer to nobody"
        assert not (ack and err), "ack and err together"
        self.waiting = None if ack or err else request
        return bool(ack or err)


def checker(bus, beats=None):
    """A background testbench that fails on a broken rule; `beats` collects (adr, we, sel, data, err)."""
    async def bench(ctx):
        rules = Rules()
        payload = (bus.adr, bus.we, bus.sel, bus.dat_w, bus.cti.as_value(), bus.bte.as_value())
        samples = ctx.tick().sample(bus.cyc & bus.stb, bus.ack, bus.err, bus.dat_r, *payload)
        async for _, _, active, ack, err, dat_r, *request in samples:
            adr, we, sel, dat_w = request[:4]
            if rules.cycle(request if active else None, ack, err) and beats is not None:
                beats.append((adr, we, sel, dat_w if we else dat_r, err))
    return bench


def simulate(dut, *benches, background=()):
    """Runs testbenches to their end, with a clock, which a combinational unit gets too."""
    top = Module()
    top.domains.sync = ClockDomain()
    top.submodules.dut = dut
    sim = Simulator(top)
    sim.add_clock(PERIOD)
    for bench in background:
        sim.add_testbench(bench, background=True)
    for bench in benches:
        sim.add_testbench(bench)
    sim.run()
