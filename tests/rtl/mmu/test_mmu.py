"""rtl/mmu/mmu.py against the manual's algorithm, with random tables that are broken now and then."""

import random
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from rtl.types import Access
from tests.rtl.mmu.bench import CONFIG, FULL, LEAF, RWX, SATP, SFENCE, Bench, Tables
from tests.rtl.mmu.reference import (
    FETCH,
    LOAD,
    STORE,
    VS,
    VU,
    Context,
    M,
    Memory,
    S,
    Translator,
    U,
)


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
                before = bench.reads
                got = await bench.translate(ctx, vaddr, access, mode, hlvx)
                what = f"{vaddr:x} {access} {hlvx} {mode:03b} {context}"
                assert got == want, what
                seen["hit" if bench.reads == before and mode != M and not got["fault"] else got.get("cause")] += 1
                seen["implicit"] += got.get("implicit", 0)
    bench.run(drive)
    print(seen)
    for what in ("hit", "implicit", 12, 13, 15, 20, 21, 23, 5):
        assert seen[what] > 2, (what, seen)


def test_ports_do_not_mix():
    """A load with a forced guest mode and a fetch of HS at the same time, walk after walk: corner case 9."""
    memory = Memory(seed=77)
    r = random.Random(3)
    bench = Bench(memory, delays=lambda: r.choice((0, 0, 2)))
    context = roots(replace(FULL, sum=1), private=False)

    async def side(ctx, port, accesses, modes, seed):
        r = random.Random(seed)
        for _ in range(60):
            vaddr, access, mode = some_address(r), r.choice(accesses), r.choice(modes)
            want = Translator(memory, context).response(vaddr, access, 0, mode)
            assert await bench.translate(ctx, vaddr, access, mode, port=port) == want
            await ctx.tick().repeat(r.randrange(1, 4))

    async def load(ctx):
        bench.set_context(ctx, context)
        await side(ctx, bench.dut.data, (LOAD, STORE), (VS, VU), 1)

    async def fetch(ctx):
        await side(ctx, bench.dut.fetch, (FETCH,), (S, U), 2)

    bench.run(load, fetch)


def test_withdrawn_requests():
    """A withdrawn request leaves no trace, whatever the walk was doing; a started beat is completed."""
    memory = Memory(seed=31)
    r = random.Random(4)
    bench = Bench(memory, delays=lambda: r.choice((0, 1, 3)))
    context = roots(FULL, private=False)

    async def drive(ctx):
        bench.set_context(ctx, context)
        for _ in range(120):
            port, access = r.choice(((bench.dut.fetch, FETCH), (bench.dut.data, LOAD)))
            for last in (False, True):
                vaddr, mode = some_address(r), r.choice((S, VS, VU))
                if last:
                    want = Translator(memory, context).response(vaddr, access, 0, mode)
                    assert await bench.translate(ctx, vaddr, access, mode, port=port) == want
                    continue
                ctx.set(port.request.p, {"vaddr": vaddr, "access": Access(access), "hlvx": 0, "mode": mode})
                ctx.set(port.request.valid, 1)
                await ctx.tick().repeat(r.randrange(1, 13))
                ctx.set(port.request.valid, 0)
                await ctx.tick().repeat(r.randrange(1, 4))
    bench.run(drive)


@pytest.mark.parametrize("delay", (0, 2))
def test_changes_during_a_walk(delay):
    """In whichever cycle of a walk a fence or a write of satp comes: no page and no fault of before it is answered after."""
    memory = Tables()
    pages = {}
    for vaddr in range(0x1000, 0x6000, 0x1000):     # several, so that the victim of a fill is another page
        pages[vaddr] = memory.map(SATP, vaddr, 0, 0)
        memory.map(SATP + 0x10, vaddr, 0x8060_0000, LEAF | RWX)
    r = random.Random(8)
    bench = Bench(memory, delays=lambda: delay)

    async def drive(ctx):
        request, response = bench.dut.data.request, bench.dut.data.response
        for cycles, fenced, old in product(range(10 + 3 * delay), (False, True), (0, LEAF | RWX | 0x8050_0000 >> 2)):
            vaddr, leaf = r.choice(list(pages.items()))
            memory.words[leaf] = old
            bench.set_context(ctx, FULL)
            await bench.fence(ctx, SFENCE)
            ctx.set(request.p, {"vaddr": vaddr, "access": Access.LOAD, "hlvx": 0, "mode": S})
            ctx.set(request.valid, 1)
            for _ in range(cycles):
                await ctx.tick()
            if fenced:
                memory.words[leaf] = LEAF | RWX | 0x8070_0000 >> 2
                await bench.fence(ctx, SFENCE, addr=vaddr)
            else:
                await ctx.tick()
                bench.set_context(ctx, replace(FULL, satp_ppn=SATP + 0x10, satp_asid=1))
            ctx.set(request.valid, 0)       # as the pipeline does after either
            await ctx.tick()
            ctx.set(request.valid, 1)
            while not ctx.get(request.ready):
                await ctx.tick()
            expected = 0x8070_0000 if fenced else 0x8060_0000
            assert not ctx.get(response.fault) and ctx.get(response.paddr) == expected, (cycles, fenced, hex(old))
            await ctx.tick()
            ctx.set(request.valid, 0)
            await ctx.tick()
    bench.run(drive)


def test_without_h():
    """The same unit for S and U alone."""
    config = CONFIG.without_h()
    memory = Memory(seed=5)
    bench = Bench(memory, config)
    r = random.Random(6)

    async def drive(ctx):
        for _ in range(100):
            context = replace(some_context(r, private=False), vsatp_mode=0, hgatp_mode=0)
            bench.set_context(ctx, context)
            vaddr, access, mode = some_address(r), r.choice((FETCH, LOAD, STORE)), r.choice((U, S))
            want = Translator(memory, context).response(vaddr, access, 0, mode)
            assert await bench.translate(ctx, vaddr, access, mode) == want
    bench.run(drive)
