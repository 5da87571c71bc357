"""rtl/mmu/walk_cache.py, inside the unit: how many reads it saves, and what fences order."""

from dataclasses import replace

import pytest

from rtl.config import CONFIGS
from rtl.mmu.walk_cache import WalkCache
from tests.rtl.mmu.bench import CONFIG, FULL, GVMA, HGATP, LEAF, RWX, SATP, SFENCE, VSATP, VVMA, Tables, directed
from tests.rtl.mmu.reference import FETCH, LOAD, UBIT, VS, S


@pytest.mark.parametrize("entries", (0, 2, 6))
def test_sizes(entries):
    with pytest.raises(ValueError, match=f"not {entries}"):
        WalkCache(replace(CONFIGS["default"], walk_entries=entries))


def test_reads_of_a_miss():
    """One in each stage with small pages, none in one with large pages; all of them without the cache."""
    memory = Tables()
    memory.guest()
    memory.words.pop((HGATP << 12) + 8)
    for page in range(4):
        memory.map(SATP, page << 12, 0x8050_0000, LEAF | RWX)
        memory.map(SATP, page << 12 | 0x4000_0000, 0x8040_0000, LEAF | RWX, level=1)
        memory.map(VSATP, page << 12, 0x8050_0000, LEAF | RWX)                         # behind a large G page
        memory.map(VSATP, page << 12 | 0x4000_0000, 0x4000_0000 | page << 12, LEAF | RWX)
        memory.map(HGATP, 0x4000_0000 | page << 12, 0x8050_0000, LEAF | RWX | UBIT, bits_of_root=11)

    def scenario(wanted):
        async def run(bench, ctx):
            for (mode, base), counts in zip(((S, 0), (S, 0x4000_0000), (VS, 0), (VS, 0x4000_0000)), wanted, strict=True):
                for page, count in enumerate(counts):
                    before = bench.reads
                    assert not (await bench.translate(ctx, base | page << 12, LOAD, mode))["fault"]
                    assert bench.reads - before == count, (mode, hex(base), page)
        return run

    directed(scenario(((3, 1, 1), (2, 0, 0), (6, 1, 1), (6, 2, 2))), memory, config=replace(CONFIG, walk_entries=8))
    directed(scenario(((3, 3), (2, 2), (7, 7), (9, 9))), memory, config=replace(CONFIG, walk_entries=0))


def test_fences_order_the_g_stage():
    """After HFENCE.GVMA a new walk sees a G-stage leaf that was read before; other fences leave it."""
    memory = Tables()
    memory.guest()
    leaf = memory.map(HGATP, 0x1_0000_0000, 0x8040_0000, LEAF | RWX | UBIT, level=1, bits_of_root=11)

    async def scenario(bench, ctx):
        bench.set_context(ctx, replace(FULL, vsatp_mode=0))

        async def page():
            # The two TLBs do not know of each other: the fetch has to ask the walker.
            return (await bench.translate(ctx, 0x1_0000_0000, FETCH, VS))["paddr"]

        assert (await bench.translate(ctx, 0x1_0000_0000, LOAD, VS))["paddr"] == 0x8040_0000
        memory.words[leaf] ^= 0x20_0000 >> 2
        await bench.fence(ctx, VVMA)
        await bench.fence(ctx, SFENCE, virtual=1)
        await bench.fence(ctx, SFENCE)
        before = bench.reads
        assert await page() == 0x8040_0000 and bench.reads == before
        await bench.fence(ctx, GVMA, addr=0x1_0000_0000 >> 2, id=0)
        assert await page() == 0x8060_0000
    directed(scenario, memory)


@pytest.mark.parametrize("fence, seen", [
    ((SFENCE, 0), {S}), ((SFENCE, 1), {VS}), ((VVMA, 0), {VS}), ((GVMA, 0), {VS})])
def test_fences_order_pointers(fence, seen):
    """A table that moved, under the guest's stage also by the G-stage, is found by new walks after the fence."""
    memory = Tables()
    memory.guest()
    for root, base in ((SATP, 0x8050_0000), (VSATP, 0x8060_0000)):
        memory.map(root, 0x1000, base, LEAF | RWX)
        memory.map(root, 0x2000, base, LEAF | RWX)

    async def scenario(bench, ctx):
        for mode, root in ((VS, VSATP), (S, SATP)):
            await bench.translate(ctx, 0x1000, LOAD, mode)
            middle = memory.words[root << 12] >> 10 << 12
            old = memory.words[middle] >> 10 << 12
            new = next(memory.pool)
            memory.words[(new << 12) + 0x10] = memory.words[old + 0x10] ^ 0x1000 >> 2
            if fence[0] == GVMA:            # the guest's table stays where it is, its guest page moves
                memory.words.pop((HGATP << 12) + 16)
                for page, to in [(old >> 12, new)] + [(at, at) for at in (VSATP, middle >> 12, 0x80600, 0x80601)]:
                    memory.map(HGATP, page << 12, to << 12, LEAF | RWX | UBIT, bits_of_root=11)
            else:
                memory.words[middle] = new << 10 | 1
            await bench.fence(ctx, *fence)
            before = bench.reads
            moved = (await bench.translate(ctx, 0x2000, LOAD, mode))["paddr"] & 0x1000
            if mode in seen:
                assert moved
            else:
                assert bench.reads == before + 1 and not moved
            if fence[0] == GVMA:
                break
    directed(scenario, memory, config=replace(CONFIG, walk_entries=16))
