"""rtl/mmu/walker.py, inside the unit: page sizes, the order of faults, and implicit accesses."""

import random
from collections import Counter
from copy import deepcopy
from dataclasses import replace

import pytest

from tests.rtl.mmu.bench import CONFIG, FULL, GVMA, HGATP, LEAF, RWX, SATP, SFENCE, VSATP, VVMA, Bench, Tables, directed
from tests.rtl.mmu.reference import FETCH, LOAD, STORE, UBIT, VS, VU, A, D, M, R, S, Translator, U, V, X

SVADU = replace(CONFIG, profile=replace(CONFIG.profile, extensions=CONFIG.profile.extensions | {"Svadu"}))


def test_page_sizes():
    """All pairs of page sizes: an entry of the TLB is 4 KiB, and a further fragment of large pages costs no walk."""
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
                for offset in (0x123, 0xfff, 0x1000, 0x1f_ffff, smaller - 1, smaller):
                    want = Translator(memory, FULL).response(vaddr + offset, LOAD, 0, VS)
                    before = bench.reads
                    assert await bench.translate(ctx, vaddr + offset, LOAD, VS) == want
                    if offset == 0xfff or level == 2 and glevel == 2 and offset == 0x1000:
                        assert bench.hit == (offset == 0xfff)
                    if 0xfff < offset < 0x20_0000 <= smaller:
                        assert bench.reads == before, (level, glevel, offset)
                memory.words = {at: pte for at, pte in memory.words.items() if at >> 12 != VSATP}
                region += 0x8000_0000
    directed(scenario)


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
    memory.map(HGATP, 0x8000_0000, 0x8000_0000, LEAF | X | UBIT, bits_of_root=11, level=2)

    async def scenario(bench, ctx):
        for mxr in (0, 1):
            bench.set_context(ctx, replace(FULL, mxr=mxr, vs_mxr=mxr))
            for access, cause in ((FETCH, 20), (LOAD, 21), (STORE, 23)):
                answer = await bench.translate(ctx, 0x40_0008, access, VS)
                pte = (VSATP << 12) + 8 * (0x40_0008 >> 30)
                assert (answer["cause"], answer["tval2"], answer["implicit"]) == (cause, pte >> 2, 1)
    directed(scenario, memory)


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


def some_leaf(r):
    """Flags: good, without A or D, or refusing something."""
    return V | r.choice((RWX, RWX, RWX, R | X, R)) | r.choice((0, A, A | D)) | r.choice((0, UBIT, UBIT))


@pytest.mark.parametrize("seed", range(2))
def test_accessed_and_dirty(seed):
    """Svadu: answers and tables are those of the manual's algorithm, and without `update` the tables stay as they are."""
    r, seen, memory = random.Random(seed), Counter(), Tables()
    vaddr, gpa, page = 0x4000_1000, 0x1_0000_0000, 0x8_0000_0000
    first = memory.map(VSATP, vaddr, gpa, 0)
    tables = sorted({at >> 12 << 12 for at in memory.words})
    second = [memory.map(HGATP, at, to, 0, bits_of_root=11) for at, to in (*zip(tables, tables, strict=True), (gpa, page))]
    native = memory.map(SATP, vaddr, page, 0)
    bench = Bench(memory, SVADU, delays=lambda: r.choice((0, 0, 1, 3)))

    async def drive(ctx):
        for _ in range(80):
            now = replace(FULL, sum=1, vs_sum=1, adue=int(r.random() < 0.8), vs_adue=int(r.random() < 0.8))
            bench.set_context(ctx, now)
            for leaf in (first, native, *second):
                memory.words[leaf] = memory.words[leaf] & ~0xff | some_leaf(r)
            for leaf in second[:-1]:
                memory.words[leaf] |= UBIT | r.choice((0, 0, A))
            for kind in (SFENCE, VVMA, GVMA):
                await bench.fence(ctx, kind)
            for _ in range(3):
                access, mode, update = r.choice((FETCH, LOAD, STORE)), r.choice((U, S, VU, VS, VS)), int(r.random() < 0.7)
                after, writes = deepcopy(memory), bench.writes
                want = Translator(after, now, update=update).response(vaddr, access, 0, mode)
                got = await bench.translate(ctx, vaddr, access, mode, update=update)
                what = f"{access} {mode:03b} {update} {now}"
                assert got == want, what
                assert memory.words == after.words, what
                assert update or bench.writes == writes
                seen.update(name for name in ("needs_update", "implicit_write") if got.get(name))
                seen[f"{bench.writes - writes} writes"] += 1
    bench.run(drive)
    assert min(seen[what] for what in ("needs_update", "implicit_write", "1 writes", "2 writes")) > 2, seen
