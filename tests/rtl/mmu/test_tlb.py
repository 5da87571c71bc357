"""rtl/mmu/tlb.py, inside the unit: what fences order, and what a hit may not hide."""

import random
from dataclasses import replace
from itertools import product

import pytest

from tests.rtl.mmu.bench import CONFIG, FULL, GVMA, HGATP, LEAF, RWX, SATP, SFENCE, VSATP, VVMA, Tables, directed
from tests.rtl.mmu.reference import LOAD, STORE, UBIT, VS, VU, A, D, G, M, R, S, Translator, V, W, X

# What is cached: mode, context, address, and where its leaf is; GPA is a guest page of its own for the guest without vsatp.
GPA, TABLE = 0x1_0000_1000, 0x8050_0000
CACHED = {
    "machine":       (M, {}, TABLE),
    "bare":          (S, {"satp_mode": 0}, TABLE),
    "asid 1":        (S, {"satp_asid": 1}, 0x1000),
    "asid 2":        (S, {"satp_asid": 2}, 0x1000),
    "other page":    (S, {"satp_asid": 1}, 0x2000),
    "global":        (S, {"satp_asid": 1}, 0x3000),
    "large":         (S, {"satp_asid": 1}, 0x20_1000),
    "vm 1 asid 1":   (VS, {"hgatp_vmid": 1, "vsatp_asid": 1}, 0x1000),
    "vm 1 asid 2":   (VS, {"hgatp_vmid": 1, "vsatp_asid": 2}, 0x1000),
    "vm 1 large":    (VS, {"hgatp_vmid": 1, "vsatp_asid": 1}, 0x20_1000),
    "vm 1 global":   (VS, {"hgatp_vmid": 1, "vsatp_asid": 1}, 0x3000),
    "vm 2":          (VS, {"hgatp_vmid": 2, "vsatp_asid": 1}, 0x1000),
    "vm 1 bare":     (VS, {"hgatp_vmid": 1, "vsatp_mode": 0}, GPA),
    "vm 2 no G":     (VS, {"hgatp_mode": 0, "hgatp_vmid": 2}, 0x1000),
}
HS = {"asid 1", "asid 2", "other page", "global", "large"}
VM1 = {name for name in CACHED if name.startswith("vm 1")}
FENCES = [
    # kind, V, address, identifier, hgatp.VMID at the fence -> what is ordered
    (SFENCE, 0, None, None, 1, HS),
    (SFENCE, 0, None, 1,    1, {"asid 1", "other page", "large"}),
    (SFENCE, 0, 0x1000, None, 1, {"asid 1", "asid 2"}),
    (SFENCE, 0, 0x3fff, None, 1, {"global"}),
    (SFENCE, 0, 0x1000, 2,  1, {"asid 2"}),
    (SFENCE, 0, 0x20_0000, None, 1, {"large"}),           # the page is 2 MiB, its fragments are 4 KiB
    (SFENCE, 0, 0x3f_f000, 1, 1, {"large"}),
    (SFENCE, 0, 0x1000, 1 | 1 << 15, 1, {"asid 1"}),      # bits above ASIDLEN are ignored
    (SFENCE, 1, None, None, 1, VM1 - {"vm 1 bare"}),
    (SFENCE, 1, None, None, 2, {"vm 2", "vm 2 no G"}),
    (SFENCE, 1, None, 1,    1, {"vm 1 asid 1", "vm 1 large"}),
    (SFENCE, 1, 0x20_0000, None, 1, {"vm 1 large"}),
    (SFENCE, 1, 0x3f_f000, 1, 1, {"vm 1 large"}),
    (VVMA, 0, None, None, 1, VM1 - {"vm 1 bare"}),
    (VVMA, 0, 0x1000, 2, 1, {"vm 1 asid 2"}),
    (VVMA, 0, 0x3f_f000, None, 1, {"vm 1 large"}),
    (GVMA, 0, None, None, 1, VM1 | {"vm 2"}),
    (GVMA, 0, GPA >> 2, 1, 2, VM1),                       # an entry does not know its guest page: all count as there
    (GVMA, 0, None, 1, 2, VM1),
    (GVMA, 0, None, 2 | 1 << 13, 1, {"vm 2"}),            # bits above VMIDLEN are ignored
]


def stays(kind, virtual):
    """What no fence of a kind may drop: pages that its stage has not translated."""
    untranslated = {"machine", "bare"}
    guest = set(CACHED) - HS - untranslated
    if kind == GVMA:
        return untranslated | HS
    return untranslated | {"vm 1 bare"} | (HS if kind == VVMA or virtual else guest)


@pytest.mark.parametrize("ways", (1, 2))
@pytest.mark.parametrize("fence", range(len(FENCES)))
def test_fences(fence, ways):
    """What the fence orders is walked anew, and sees what is in memory now; nothing of another stage is: 26."""
    kind, virtual, addr, id_, vmid, ordered = FENCES[fence]
    memory = Tables()
    memory.guest()
    leaves = {(root, page): memory.map(root, page, 0x8050_0000 + page, LEAF | RWX | (G if page == 0x3000 else 0))
              for root in (SATP, VSATP) for page in (0x1000, 0x2000, 0x3000)}
    leaves |= {(root, 0x20_1000): memory.map(root, 0x20_0000, 0x8040_0000, LEAF | RWX, level=1) for root in (SATP, VSATP)}
    leaves[VSATP, GPA] = memory.map(HGATP, GPA, 0x8050_0000, LEAF | RWX | UBIT, bits_of_root=11)

    async def scenario(bench, ctx):
        for name, (mode, fields, vaddr) in CACHED.items():
            bench.set_context(ctx, replace(FULL, **fields))
            before = await bench.translate(ctx, vaddr, LOAD, mode)
            await bench.translate(ctx, vaddr, LOAD, mode)
            assert not before["fault"] and bench.hit, name
            leaf = leaves.get((VSATP if mode == VS else SATP, vaddr))
            if leaf:
                memory.words[leaf] ^= 0x20_0000 >> 2
            bench.set_context(ctx, replace(FULL, hgatp_vmid=vmid))
            await bench.fence(ctx, kind, virtual, addr, id_)
            bench.set_context(ctx, replace(FULL, **fields))
            after = await bench.translate(ctx, vaddr, LOAD, mode)
            if name in ordered:
                assert after["paddr"] == before["paddr"] ^ 0x20_0000, name
            if name in stays(kind, virtual):
                assert bench.hit, name
            # For the next one
            await bench.fence(ctx, SFENCE)
            await bench.fence(ctx, GVMA)
    directed(scenario, memory, config=replace(CONFIG, tlb_entries=8 * ways, tlb_ways=ways))


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
        assert await load(0x20_2000) in (13, 0x80a0_2000)
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
                    assert await bench.translate(ctx, vaddr, access, tried, hlvx) == want, (hex(vaddr), context)
                    hits += bench.hit
        assert hits > 80
    directed(scenario, memory)


def test_g_of_a_pointer():
    """It makes all pages below it global: another ASID finds them."""
    memory = Tables()
    memory.map(SATP, 0x1000, 0x8050_0000, LEAF | RWX)
    memory.words[SATP << 12] |= G

    async def scenario(bench, ctx):
        bench.set_context(ctx, replace(FULL, satp_asid=1))
        await bench.translate(ctx, 0x1000, LOAD, S)
        bench.set_context(ctx, replace(FULL, satp_asid=2))
        assert (await bench.translate(ctx, 0x1000, LOAD, S))["paddr"] == 0x8050_0000
        assert bench.hit
    directed(scenario, memory)
