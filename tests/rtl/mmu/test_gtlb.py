"""rtl/mmu/gtlb.py, inside the unit."""

from dataclasses import replace

from tests.rtl.mmu.bench import FULL, GVMA, HGATP, LEAF, RWX, VVMA, Tables, directed
from tests.rtl.mmu.reference import FETCH, LOAD, UBIT, VS


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
