"""`rtl/mmu/mmu.py` against the manual's algorithm, with random tables that are broken now and then."""

import random
from collections import Counter
from dataclasses import asdict, replace

import pytest
from amaranth.sim import Simulator

from rtl.config import CONFIGS
from rtl.mmu.mmu import Mmu
from rtl.types import Access
from tests.rtl.mmu.reference import (
    A, D, FETCH, G, LOAD, M, R, S, STORE, U, UBIT, V, VS, VU, W, X, BusError, Context, Memory, Translator,
)

CONFIG = replace(CONFIGS["tiny"], tlb_entries=4, gtlb_entries=2)
FIELDS = ("fault", "cause", "paddr", "tval2", "implicit", "bus_error", "error_paddr")


class Bench:
    """The unit with a memory behind it. `delays` yields wait states of the bus."""

    def __init__(self, memory, config=CONFIG, delays=lambda: 0):
        self.dut, self.memory, self.config, self.delays = Mmu(config), memory, config, delays
        self.beats = 0

    def run(self, *benches):
        sim = Simulator(self.dut)
        sim.add_clock(1e-6)
        sim.add_testbench(self._bus, background=True)
        for bench in benches:
            sim.add_testbench(bench)
        sim.run()

    async def _bus(self, ctx):
        bus = self.dut.bus
        while True:
            while not ctx.get(bus.cyc & bus.stb):
                await ctx.tick()
            address = ctx.get(bus.adr) << 3
            assert not ctx.get(bus.we) and ctx.get(bus.sel) == 0xff
            for _ in range(self.delays()):
                await ctx.tick()
                assert ctx.get(bus.cyc & bus.stb) and ctx.get(bus.adr) << 3 == address, "a started beat is held"
            try:
                ctx.set(bus.dat_r, self.memory.read(address))
                ctx.set(bus.ack, 1)
            except BusError:
                ctx.set(bus.err, 1)
            self.beats += 1
            await ctx.tick()
            ctx.set(bus.ack, 0)
            ctx.set(bus.err, 0)

    def set_context(self, ctx, context):
        ctx.set(self.dut.context, asdict(context))

    async def translate(self, ctx, vaddr, access, mode, hlvx=0, port=None):
        port = port or (self.dut.fetch if access == FETCH else self.dut.data)
        ctx.set(port.request.p, {"vaddr": vaddr, "access": Access(access), "hlvx": hlvx, "mode": mode})
        ctx.set(port.request.valid, 1)
        cycles = 0
        while not ctx.get(port.request.ready):
            await ctx.tick()
            cycles += 1
            assert cycles < 500, "no answer"
        response = ctx.get(port.response)
        answer = {name: getattr(response, name) for name in FIELDS}
        await ctx.tick()
        ctx.set(port.request.valid, 0)
        return answer

    async def fence(self, ctx, kind, virtual=0, addr=None, id=None):
        ctx.set(self.dut.fence, {"valid": 1, "kind": kind, "virtual": virtual, "has_addr": addr is not None,
                                 "has_id": id is not None, "addr": addr or 0, "id": id or 0})
        await ctx.tick()
        ctx.set(self.dut.fence, {"valid": 0})


def roots(context, private):
    """Root tables for the identifiers of a context: the same address space always has the same table."""
    asid_part = (lambda asid: asid * 0x40) if private else (lambda asid: 0)
    return replace(context,
                   satp_ppn=0x90000 + asid_part(context.satp_asid),
                   vsatp_ppn=0x98000 + asid_part(context.vsatp_asid) + context.hgatp_vmid * 0x1000,
                   hgatp_ppn=0xa0000 + context.hgatp_vmid * 0x1000)


def some_context(r, private):
    flip = lambda p=0.5: int(r.random() < p)  # noqa: E731
    return roots(Context(
        satp_mode=flip(0.9), satp_asid=r.randrange(2), vsatp_mode=flip(0.85), vsatp_asid=r.randrange(2),
        hgatp_mode=flip(0.85), hgatp_vmid=r.randrange(2),
        sum=flip(), mxr=flip(0.3), vs_sum=flip(), vs_mxr=flip(0.3)), private)


def some_address(r):
    vaddr = r.choice((0, 0x4000_0000, 0x20_0000, 0x1000)) + r.choice((0, 0x8000_0000)) + r.randrange(0x2000)
    if r.random() < 0.25:
        vaddr |= 0xffff_ffc0_0000_0000
    if r.random() < 0.06:
        vaddr ^= 1 << r.randrange(30, 64)
    return vaddr


@pytest.mark.parametrize("seed", range(4))
def test_random_walks_and_hits(seed):
    """Whatever is in the TLBs, the answer is that of the walk: corner cases 2-9, 27, 32."""
    r = random.Random(seed)
    memory = Memory(seed=seed + 10, globals=seed % 2 == 0)
    bench = Bench(memory, delays=lambda: r.choice((0, 0, 0, 1, 3)))
    seen = Counter()

    async def drive(ctx):
        for _ in range(60):
            context = some_context(r, private=not memory.globals)
            bench.set_context(ctx, context)
            addresses = [some_address(r) for _ in range(2)]
            for _ in range(8):
                vaddr = r.choice(addresses)
                access, mode = r.choice((FETCH, LOAD, LOAD, STORE)), r.choice((U, S, VU, VS, VU, VS, M))
                hlvx = int(access == LOAD and mode in (VU, VS) and r.random() < 0.3)
                want = Translator(memory, context).response(vaddr, access, hlvx, mode)
                before = bench.beats
                got = await bench.translate(ctx, vaddr, access, mode, hlvx)
                what = f"{vaddr:x} {access} {hlvx} {mode:03b} {context}"
                assert got == want, what
                seen["hit" if bench.beats == before and mode != M and not got["fault"] else got["cause"]] += 1
                seen["implicit"] += got["implicit"]
    bench.run(drive)
    print(seen)
    for what in ("hit", "implicit", 12, 13, 15, 20, 21, 23, 5):
        assert seen[what] > 2, (what, seen)
