"""rtl/mmu/tlb.py, inside the unit: what fences order, and what a hit may not hide."""

import random
from dataclasses import replace
from itertools import product

import pytest

from tests.rtl.mmu.bench import CONFIG, FULL, GVMA, HGATP, LEAF, RWX, SATP, SFENCE, VSATP, VVMA, Tables, directed
from tests.rtl.mmu.reference import LOAD, STORE, UBIT, VS, VU, A, D, G, R, S, Translator, V, W, X

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

    directed(scenario, memory, config=replace(CONFIG, tlb_entries=12))


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


def test_a_hit_grants_what_a_walk_grants():
    """One page after the other is brought in, then tried with every kind of access: corner case 4."""
    memory = Tables()
    memory.guest()
    r = random.Random(9)
    pages = []
    for i, (first, second) in enumerate(product((R, X, R | X, R | W, RWX), (R, X, R | X, RWX))):
        vaddr, gpa = 0x1000 * (i + 1), 0x1_0000_0000 + 0x1000 * i
        user = r.choice((0, UBIT))
        memory.map(VSATP, vaddr, gpa, V | A | r.choice((0, D, D)) | first | user)
        memory.map(HGATP, gpa, 0x9000_0000 + 0x1000 * i, V | A | r.choice((0, D, D)) | second | UBIT, bits_of_root=11)
        memory.map(SATP, vaddr, 0x9000_0000 + 0x1000 * i, LEAF | first | user)
        pages.append((vaddr, VU if user else VS))

    async def scenario(bench, ctx):
        hits = 0
        for vaddr, mode in pages:
            for virtual in (4, 0):
                bench.set_context(ctx, replace(FULL, mxr=1))
                await bench.translate(ctx, vaddr, LOAD, mode & 3 | virtual)
                for _ in range(10):
                    context = replace(FULL, **{name: r.randrange(2) for name in ("sum", "mxr", "vs_sum", "vs_mxr")})
                    bench.set_context(ctx, context)
                    access, tried = r.choice((LOAD, LOAD, STORE)), r.choice((mode, VS, VU)) & 3 | virtual
                    hlvx = int(virtual and access == LOAD and r.random() < 0.3)
                    want = Translator(memory, context).response(vaddr, access, hlvx, tried)
                    before = bench.beats
                    assert await bench.translate(ctx, vaddr, access, tried, hlvx) == want, (hex(vaddr), context)
                    hits += bench.beats == before
        assert hits > 80
    directed(scenario, memory)


def test_g_of_a_pointer():
    """It makes all pages below it global: another ASID finds them, and a fence with an ASID leaves them."""
    memory = Tables()
    memory.map(SATP, 0x1000, 0x8050_0000, LEAF | RWX)
    memory.words[SATP << 12] |= G

    async def scenario(bench, ctx):
        bench.set_context(ctx, replace(FULL, satp_asid=1))
        await bench.translate(ctx, 0x1000, LOAD, S)
        await bench.fence(ctx, SFENCE, id=1)
        bench.set_context(ctx, replace(FULL, satp_asid=2))
        before = bench.beats
        assert (await bench.translate(ctx, 0x1000, LOAD, S))["paddr"] == 0x8050_0000
        assert bench.beats == before
    directed(scenario, memory)
