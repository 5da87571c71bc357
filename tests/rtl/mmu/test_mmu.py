"""`rtl/mmu/mmu.py` against the manual's algorithm, with random tables that are broken now and then."""

import random
from collections import Counter
from dataclasses import asdict, replace

import pytest
from amaranth.sim import Simulator

from rtl.config import CONFIGS
from rtl.mmu.mmu import Mmu
from rtl.types import Access, FenceKind
from tests.rtl.mmu.reference import (
    FETCH,
    LOAD,
    STORE,
    UBIT,
    VS,
    VU,
    A,
    BusError,
    Context,
    D,
    G,
    M,
    Memory,
    R,
    S,
    Translator,
    U,
    V,
    W,
    X,
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


# Directed tests. Tables are built here; what is not built reads as zero.

RWX, LEAF = R | W | X, V | A | D
SATP, VSATP, HGATP = 0x80100, 0x80200, 0x80400      # root pages
FULL = Context(satp_mode=1, satp_ppn=SATP, vsatp_mode=1, vsatp_ppn=VSATP, hgatp_mode=1, hgatp_ppn=HGATP)


class Tables(Memory):
    """Memory with helpers that map pages; tables are taken from a pool of pages. Nothing is invented."""

    def __init__(self):
        super().__init__(invent=False)
        self.pool = iter(range(0x80800, 0x80c00))

    def map(self, root, vaddr, paddr, bits, level=0, bits_of_root=9):
        """Map one page of a size; returns the address of the leaf."""
        table = root << 12
        for depth in (2, 1, 0):
            at = table + 8 * (vaddr >> 12 + 9 * depth & (1 << (bits_of_root if depth == 2 else 9)) - 1)
            if depth == level:
                self.words[at] = paddr >> 12 << 10 | bits
                return at
            self.words.setdefault(at, next(self.pool) << 10 | V)
            table = self.words[at] >> 10 << 12
        raise AssertionError

    def guest(self, root=VSATP, groot=HGATP):
        """Map guest-physical RAM one to one with 1 GiB pages, so that VS-stage tables can lie in `pool`."""
        for gib in range(4):
            self.map(groot, gib << 30, gib << 30, LEAF | RWX | UBIT, level=2, bits_of_root=11)


def directed(bench_function, memory=None, **options):
    bench = Bench(memory or Tables(), **options)

    async def drive(ctx):
        bench.set_context(ctx, FULL)
        await bench_function(bench, ctx)
    bench.run(drive)


SFENCE, VVMA, GVMA = FenceKind.SFENCE_VMA, FenceKind.HFENCE_VVMA, FenceKind.HFENCE_GVMA
# What is cached. The guest with vsatp Bare uses a guest page of its own, so that no other walk brings it back.
CACHED = {
    "asid 1":        (S, {"satp_asid": 1}, 0x1000),
    "asid 2":        (S, {"satp_asid": 2}, 0x1000),
    "other page":    (S, {"satp_asid": 1}, 0x2000),
    "global":        (S, {"satp_asid": 1}, 0x3000),
    "vm 1 asid 1":   (VS, {"hgatp_vmid": 1, "vsatp_asid": 1}, 0x1000),
    "vm 1 asid 2":   (VS, {"hgatp_vmid": 1, "vsatp_asid": 2}, 0x1000),
    "vm 1 large":    (VS, {"hgatp_vmid": 1, "vsatp_asid": 1}, 0x20_1000),
    "vm 1 global":   (VS, {"hgatp_vmid": 1, "vsatp_asid": 1}, 0x3000),
    "vm 2":          (VS, {"hgatp_vmid": 2, "vsatp_asid": 1}, 0x1000),
    "vm 1 bare":     (VS, {"hgatp_vmid": 1, "vsatp_mode": 0}, 0xc000_1000),
}
HS, VM1 = set(list(CACHED)[:4]), {name for name in CACHED if name.startswith("vm 1")}
FENCES = [
    # kind, V, address, identifier, hgatp.VMID at the fence -> what is ordered
    (SFENCE, 0, None, None, 1, HS),
    (SFENCE, 0, None, 1,    1, {"asid 1", "other page"}),
    (SFENCE, 0, 0x1000, None, 1, {"asid 1", "asid 2"}),
    (SFENCE, 0, 0x3fff, None, 1, {"global"}),
    (SFENCE, 0, 0x1000, 2,  1, {"asid 2"}),
    (SFENCE, 0, 0x3000, 1,  1, set()),
    (SFENCE, 0, 0x1000, 1 | 1 << 15, 1, {"asid 1"}),      # bits above ASIDLEN are ignored
    (SFENCE, 1, None, None, 1, VM1 - {"vm 1 bare"}),
    (SFENCE, 1, None, None, 2, {"vm 2"}),
    (SFENCE, 1, None, 1,    1, {"vm 1 asid 1", "vm 1 large"}),
    (SFENCE, 1, 0x20_0000, None, 1, {"vm 1 large"}),      # the VS page is 2 MiB, the merged one 4 KiB
    (SFENCE, 1, 0x3f_f000, 1, 1, {"vm 1 large"}),
    (VVMA, 0, None, None, 1, VM1 - {"vm 1 bare"}),
    (VVMA, 0, 0x1000, 2, 1, {"vm 1 asid 2"}),
    (VVMA, 0, 0x3f_f000, None, 1, {"vm 1 large"}),
    (GVMA, 0, None, None, 1, VM1 | {"vm 2"}),
    (GVMA, 0, None, 1, 2, VM1),
    (GVMA, 0, None, 2 | 1 << 13, 1, {"vm 2"}),            # bits above VMIDLEN are ignored
]


@pytest.mark.parametrize("fence", range(len(FENCES)))
def test_fences(fence):
    """Dropped is what the fence orders, and no more: corner case 26."""
    kind, virtual, addr, id_, vmid, ordered = FENCES[fence]
    memory = Tables()
    memory.guest()
    for root in (SATP, VSATP):
        for page in (0x1000, 0x2000):
            memory.map(root, page, 0x8050_0000 + page, LEAF | RWX)
        memory.map(root, 0x3000, 0x8050_3000, LEAF | RWX | G)
    memory.map(VSATP, 0x20_0000, 0x4000_0000, LEAF | RWX, level=1)
    memory.words.pop((HGATP << 12) + 8)                   # behind the large VS page lie small G pages
    for page in range(4):
        memory.map(HGATP, 0x4000_0000 + page * 0x1000, 0x8060_0000 + page * 0x1000, LEAF | RWX | UBIT, bits_of_root=11)

    async def scenario(bench, ctx):
        for mode, fields, vaddr in CACHED.values():
            bench.set_context(ctx, replace(FULL, **fields))
            answer = await bench.translate(ctx, vaddr, LOAD, mode)
            assert not answer["fault"], hex(vaddr)
        bench.set_context(ctx, replace(FULL, hgatp_vmid=vmid))
        await bench.fence(ctx, kind, virtual, addr, id_)
        walked = set()
        for name, (mode, fields, vaddr) in CACHED.items():
            bench.set_context(ctx, replace(FULL, **fields))
            before = bench.beats
            await bench.translate(ctx, vaddr, LOAD, mode)
            if bench.beats != before:
                walked.add(name)
        assert walked == ordered

    directed(scenario, memory, config=replace(CONFIG, tlb_entries=16))


def test_fences_order_the_g_stage_cache():
    """After HFENCE.GVMA, and only then, a new walk sees a G-stage entry that was read before."""
    memory = Tables()
    memory.guest()
    leaf = memory.map(HGATP, 0x1_0000_0000, 0x8050_0000, LEAF | RWX | UBIT, bits_of_root=11)

    async def scenario(bench, ctx):
        bench.set_context(ctx, replace(FULL, vsatp_mode=0))

        async def page():
            # The two TLBs do not know of each other: the fetch has to ask the cache of the walker.
            return (await bench.translate(ctx, 0x1_0000_0000, FETCH, VS))["paddr"]

        assert (await bench.translate(ctx, 0x1_0000_0000, LOAD, VS))["paddr"] == 0x8050_0000
        before = bench.beats
        assert await page() == 0x8050_0000 and bench.beats == before
        memory.words[leaf] = 0x8060_0000 >> 2 | LEAF | RWX | UBIT
        for addr, id_, expected in ((0x1_0000_1000 >> 2, None, 0x8050_0000), (None, 1, 0x8050_0000),
                                    (0x1_0000_0000 >> 2, 0, 0x8060_0000)):
            await bench.fence(ctx, VVMA)            # no effect on either
            await bench.fence(ctx, GVMA, addr=addr, id=id_)
            assert await page() == expected
    directed(scenario, memory)


def test_page_sizes():
    """All pairs of page sizes: the merged entry covers the smaller one, and no more."""
    sizes = [1 << 12 + 9 * level for level in range(3)]

    async def scenario(bench, ctx):
        memory = bench.memory
        memory.guest()
        vaddr, region = 0x3f_8000_0000, 0x1_0000_0000
        for level in range(3):
            for glevel in range(3):
                memory.map(VSATP, vaddr & -1 << 30, region, LEAF | RWX, level)
                for part in range(2):
                    memory.map(HGATP, region + part * sizes[glevel], 0x8_0000_0000 + part * sizes[glevel],
                               LEAF | RWX | UBIT, glevel, bits_of_root=11)
                await bench.fence(ctx, SFENCE, virtual=1)
                smaller = min(sizes[level], sizes[glevel])
                for offset in (0x123, smaller - 1, smaller):
                    want = Translator(memory, FULL).response(vaddr + offset, LOAD, 0, VS)
                    before = bench.beats
                    assert await bench.translate(ctx, vaddr + offset, LOAD, VS) == want
                    assert (bench.beats == before) == (offset == smaller - 1), (level, glevel, offset)
                memory.words = {at: pte for at, pte in memory.words.items() if at >> 12 != VSATP}
                region += 0x8000_0000
    directed(scenario)


def test_mapping_changed_without_a_fence():
    """Old entries may live on, but never mix with new ones: a page grew, and a permission was raised."""
    memory = Tables()
    small = memory.map(SATP, 0x20_1000, 0x8070_1000, LEAF | R)

    async def scenario(bench, ctx):
        async def load(vaddr, access=LOAD):
            answer = await bench.translate(ctx, vaddr, access, S)
            return answer["cause"] if answer["fault"] else answer["paddr"]

        assert await load(0x20_1000) == 0x8070_1000
        assert await load(0x20_1000, STORE) == 15
        memory.words[small] |= W | D
        assert await load(0x20_1000, STORE) == 0x8070_1000, "a store fault is not cached"
        memory.map(SATP, 0x20_0000, 0x80a0_0000, LEAF | RWX, level=1)
        assert await load(0x20_2000) == 0x80a0_2000
        assert await load(0x20_1000) in (0x8070_1000, 0x80a0_1000)
    directed(scenario, memory)


def test_fault_priority():
    """First-stage faults come before those of the G-stage; both before access faults of the page: 2, 3, 4, 32."""
    memory = Tables()
    memory.guest()
    memory.map(VSATP, 0x1000, 0x1_0000_0000, LEAF | R)                    # G-stage: not mapped
    memory.map(VSATP, 0x2000, 1 << 41, LEAF | RWX)                        # outside of Sv39x4
    memory.map(VSATP, 0x3000, 1 << 41, LEAF | RWX & ~X)
    memory.map(VSATP, 0x4000, 0x1_4000_0000, LEAF | R)                    # G-stage: no U
    memory.map(HGATP, 0x1_4000_0000, 0x8000_0000, LEAF | RWX, bits_of_root=11)

    async def scenario(bench, ctx):
        for vaddr, access, cause, tval2 in (
                (0x1004, LOAD,  21, 0x1_0000_0004 >> 2),
                (0x1004, STORE, 15, 0),
                (0x2008, STORE, 23, (1 << 41 | 8) >> 2),
                (0x2008, FETCH, 20, (1 << 41 | 8) >> 2),
                (0x3000, FETCH, 12, 0),
                (0x4000, STORE, 15, 0),
                (0x4000, LOAD,  21, 0x1_4000_0000 >> 2)):
            answer = await bench.translate(ctx, vaddr, access, VS)
            assert (answer["cause"], answer["tval2"], answer["implicit"]) == (cause, tval2, 0)
        # vsatp Bare: the address itself must fit.
        bench.set_context(ctx, replace(FULL, vsatp_mode=0))
        answer = await bench.translate(ctx, 1 << 63 | 0x1000, STORE, VU)
        assert (answer["cause"], answer["tval2"], answer["implicit"]) == (23, (1 << 63 | 0x1000) >> 2, 0)
    directed(scenario, memory)


def test_implicit_accesses():
    """Reads of VS-stage PTEs: loads for the G-stage, never by MXR, reported for the access: 5, 6, 16, 17."""
    memory = Tables()
    memory.guest()
    memory.map(HGATP, VSATP << 12, VSATP << 12, LEAF | X | UBIT, bits_of_root=11, level=2)

    async def scenario(bench, ctx):
        for mxr in (0, 1):
            bench.set_context(ctx, replace(FULL, mxr=mxr, vs_mxr=mxr))
            for access, cause in ((FETCH, 20), (LOAD, 21), (STORE, 23)):
                answer = await bench.translate(ctx, 0x40_0008, access, VS)
                pte = (VSATP << 12) + 8 * (0x40_0008 >> 30)
                assert (answer["cause"], answer["tval2"], answer["implicit"]) == (cause, pte >> 2, 1)
    directed(scenario, memory)


def test_page_tables_in_io_are_not_read():
    """Physical memory attributes: an access fault of the original type, and no bus transaction."""
    async def scenario(bench, ctx):
        for table in (0x0, 0x1_1000, 0x200_0000, 0x1000_0000, 0x7fff_f000):
            bench.set_context(ctx, replace(FULL, satp_ppn=table >> 12))
            for access, cause in ((FETCH, 1), (LOAD, 5), (STORE, 7)):
                answer = await bench.translate(ctx, 0x1000, access, S)
                assert (answer["cause"], answer["bus_error"], bench.beats) == (cause, 0, 0)
        for table in (0x1000, 0x1_0000, 0x8000_0000):
            bench.set_context(ctx, replace(FULL, satp_ppn=table >> 12))
            before = bench.beats
            assert (await bench.translate(ctx, 0x1000, LOAD, S))["cause"] == 13
            assert bench.beats == before + 1
    directed(scenario)


def test_addresses_beyond_the_physical_width():
    """With fewer physical address bits: page tables, pages and bare addresses beyond them are access faults."""
    config = replace(CONFIG, profile=replace(CONFIG.profile, pa_bits=40))
    memory = Tables()
    memory.map(SATP, 0x1000, 1 << 40, LEAF | RWX)
    memory.map(SATP, 0x2000, (1 << 40) - 0x1000, LEAF | RWX)
    memory.words[(SATP << 12) + 8] = 1 << 40 >> 2 | V

    async def scenario(bench, ctx):
        assert (await bench.translate(ctx, 0x1000, STORE, S))["cause"] == 7
        assert (await bench.translate(ctx, 0x4000_0000, FETCH, S))["cause"] == 1
        assert (await bench.translate(ctx, 0x2ff8, LOAD, S))["paddr"] == (1 << 40) - 8
        assert (await bench.translate(ctx, 1 << 40, LOAD, M))["cause"] == 5
        assert (await bench.translate(ctx, (1 << 40) - 8, LOAD, M))["paddr"] == (1 << 40) - 8
    directed(scenario, memory, config=config)


def test_hlvx_does_not_open_a_page():
    """A translation that HLVX brought in does not let a plain HLV read an execute-only page: 7, 8."""
    memory = Tables()
    memory.guest()
    memory.map(VSATP, 0x1000, 0x8050_0000, LEAF | X)

    async def scenario(bench, ctx):
        assert (await bench.translate(ctx, 0x1000, LOAD, VS, hlvx=1))["paddr"] == 0x8050_0000
        assert (await bench.translate(ctx, 0x1000, LOAD, VS))["cause"] == 13
        bench.set_context(ctx, replace(FULL, vs_mxr=1))
        assert (await bench.translate(ctx, 0x1000, LOAD, VS))["paddr"] == 0x8050_0000
    directed(scenario, memory)


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
    """A withdrawn or replaced request leaves no trace, whatever the walk was doing; a started beat is completed."""
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
                if r.random() < 0.5:
                    ctx.set(port.request.valid, 0)
                    await ctx.tick().repeat(r.randrange(1, 4))
    bench.run(drive)


def test_changes_during_a_walk():
    """A walk that began before a fence or a write of satp answers nothing: neither a page nor a fault."""
    r = random.Random(5)
    memory = Tables()
    leaf = memory.map(SATP, 0x1000, 0x8050_0000, LEAF | RWX)
    memory.map(SATP + 0x10, 0x1000, 0x8060_0000, LEAF | RWX)
    bench = Bench(memory, delays=lambda: r.choice((0, 1, 3)))

    async def drive(ctx):
        request, response = bench.dut.data.request, bench.dut.data.response
        for i in range(60):
            old = r.choice((0, LEAF | RWX | 0x8050_0000 >> 2))
            memory.words[leaf] = old
            bench.set_context(ctx, FULL)
            await bench.fence(ctx, SFENCE)
            ctx.set(request.p, {"vaddr": 0x1000, "access": Access.LOAD, "hlvx": 0, "mode": S})
            ctx.set(request.valid, 1)
            for _ in range(r.randrange(12)):
                if ctx.get(request.ready):
                    break
                await ctx.tick()
            if i % 2:
                bench.set_context(ctx, replace(FULL, satp_ppn=SATP + 0x10))
                expected = {0x8060_0000}
                if old:     # a finished walk may have left the old translation: no fence orders it
                    expected.add(0x8050_0000)
            else:
                memory.words[leaf] = LEAF | RWX | 0x8070_0000 >> 2
                ctx.set(bench.dut.fence, {"valid": 1, "kind": SFENCE})
                await ctx.tick()
                ctx.set(bench.dut.fence, {"valid": 0})
                expected = {0x8070_0000}
            while not ctx.get(request.ready):
                await ctx.tick()
            assert not ctx.get(response.fault)
            assert ctx.get(response.paddr) in expected
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
