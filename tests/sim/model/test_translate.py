"""Both walks: every way to fault, for every kind of access, and every permission that lets one through."""

import itertools

import pytest

from isa.causes import VS, VU, M, S, U
from isa.platform import UART
from tests.sim.model.bare import DATA, LEAF, PA, PD, PG, PR, PU, PV, PW, PX, Bare, asm, sv39
from tests.sim.model.world import (
    ACCESS,
    CODE_VA,
    FETCH,
    GPA,
    GUEST,
    KINDS,
    LOAD,
    LW,
    MPRV,
    MXR,
    PAGE,
    STORE,
    SUM,
    VA,
    World,
    faults,
)


@pytest.mark.parametrize("mode", [S, U, VS, VU])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mapped_page_is_reached(mode: int, kind: str) -> None:
    w = World(mode, LEAF | (PU if mode in (U, VU) else 0))
    r = w.access(kind)
    assert not r["trap"]
    if kind != FETCH:
        assert (r["mem_vaddr"], r["mem_paddr"]) == (VA, DATA)
    w.put(DATA, [asm("addi", rd=9, imm=1)])
    again = w.access(kind)
    assert (again["mem_paddr"], again["insn"]) == (r["mem_paddr"], asm("addi", rd=9, imm=1) if kind == FETCH else r["insn"])


BAD = {  # PTE transformations that fault in either stage, whatever the access
    "v=0": lambda p: p & ~PV,
    "w without r": lambda p: p & ~PR | PW,
    "w without r, x": lambda p: p & ~(PR | PX) | PW,
    "bit 54": lambda p: p | 1 << 54,
    "bit 60": lambda p: p | 1 << 60,
    "pbmt": lambda p: p | 1 << 61,
    "napot": lambda p: p | 1 << 63,
    "a=0": lambda p: p & ~PA,
    "pointer at level 0": lambda p: p & ~(PR | PW | PX | PA | PD | PU),
}


@pytest.mark.parametrize("mode", [S, U, VS, VU])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", BAD)
def test_malformed_leaf_of_the_first_stage(mode: int, kind: str, bad: str) -> None:
    w = World(mode, LEAF | (PU if mode in (U, VU) else 0))
    w.set(w.pte, BAD[bad](w.get(w.pte)))
    faults(w.access(kind), PAGE[kind], gva=w.guest)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", [*BAD, "u=0"])
def test_malformed_leaf_of_the_g_stage(kind: str, bad: str) -> None:
    w = World(VS)
    w.set(w.g_pte, w.get(w.g_pte) & ~PU if bad == "u=0" else BAD[bad](w.get(w.g_pte)))
    faults(w.access(kind, VA + 8), GUEST[kind], VA + 8, True, GPA + 8)


@pytest.mark.parametrize("reserved", [PA, PD, PU, 1 << 54, 1 << 63])
def test_reserved_bits_of_a_pointer_fault(reserved: int) -> None:
    for stage in ("first", "g"):
        w = World(VS)
        root = w.root + 8 * (VA >> 30) if stage == "first" else w.g_root + 8 * (GPA >> 30)
        w.set(root, w.get(root) | reserved)
        faults(w.access(LOAD), PAGE[LOAD] if stage == "first" else GUEST[LOAD], VA, True, 0 if stage == "first" else GPA)


@pytest.mark.parametrize("mode", [S, VS])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rwx", range(8))
@pytest.mark.parametrize("mxr", [False, True])
def test_permissions_of_the_first_stage(mode: int, kind: str, rwx: int, mxr: bool) -> None:
    r, w_, x = rwx & 1, rwx >> 1 & 1, rwx >> 2 & 1
    if not r and not x or w_ and not r:
        return                                          # a pointer, or reserved
    w = World(mode, PV | PA | PD | r * PR | w_ * PW | x * PX)
    w.csr(**{"vsstatus" if mode == VS else "mstatus": MXR if mxr else 0})
    allowed = {LOAD: r or x and mxr, STORE: w_, FETCH: x}[kind]
    record = w.access(kind)
    assert not record["trap"] if allowed else (record["cause"] == PAGE[kind])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rwx", [1, 3, 4, 5, 7])
@pytest.mark.parametrize(("hs_mxr", "vs_mxr"), list(itertools.product((False, True), repeat=2)))
def test_permissions_of_the_g_stage_know_only_the_mxr_of_hs(kind: str, rwx: int, hs_mxr: bool, vs_mxr: bool) -> None:
    r, w_, x = rwx & 1, rwx >> 1 & 1, rwx >> 2 & 1
    w = World(VS, g_flags=PV | PU | PA | PD | r * PR | w_ * PW | x * PX)
    w.csr(mstatus=MXR if hs_mxr else 0, vsstatus=MXR if vs_mxr else 0)
    allowed = {LOAD: r or x and hs_mxr, STORE: w_, FETCH: x}[kind]
    record = w.access(kind)
    assert not record["trap"] if allowed else (record["cause"] == GUEST[kind])


def test_the_mxr_of_hs_widens_the_first_stage_too() -> None:
    w = World(VS, PV | PX | PA | PD)
    w.csr(mstatus=MXR)
    assert not w.access(LOAD)["trap"]


@pytest.mark.parametrize(("mode", "user_page", "sum_", "kind"),
                         list(itertools.product((S, U, VS, VU), (False, True), (False, True), KINDS)))
def test_u_pages_and_sum(mode: int, user_page: bool, sum_: bool, kind: str) -> None:
    w = World(mode, LEAF | (PU if user_page else 0))
    w.csr(**{"vsstatus" if w.guest else "mstatus": SUM if sum_ else 0})
    if mode in (U, VU):
        allowed = user_page
    else:
        allowed = not user_page or sum_ and kind != FETCH
    record = w.access(kind)
    assert not record["trap"] if allowed else (record["cause"] == PAGE[kind])


def test_the_sum_of_hs_does_not_help_a_guest() -> None:
    w = World(VS, LEAF | PU)
    w.csr(mstatus=SUM)
    faults(w.access(LOAD), PAGE[LOAD], gva=True)


@pytest.mark.parametrize("stage", ["first", "g"])
def test_dirty_bit_is_needed_by_stores_only(stage: str) -> None:
    w = World(VS, *((LEAF & ~PD,) if stage == "first" else ()), **({"g_flags": (LEAF | PU) & ~PD} if stage == "g" else {}))
    assert not w.access(LOAD)["trap"] and not w.access(FETCH)["trap"]
    faults(w.access(STORE), PAGE[STORE] if stage == "first" else GUEST[STORE], VA, True, 0 if stage == "first" else GPA)


def test_global_bits_are_ignored() -> None:
    assert not World(VS, LEAF | PG, g_flags=LEAF | PU | PG).access(LOAD)["trap"]


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("stage", ["first", "g"])
def test_superpages_and_their_alignment(level: int, stage: str) -> None:
    w = World(S if stage == "first" else VS, level=level if stage == "first" else 0, g_level=level if stage == "g" else 0)
    slot = w.pte if stage == "first" else w.g_pte
    size = 1 << 12 + 9 * level
    address = (VA if stage == "first" else GPA) & size - 1
    host = 0x8000_0000
    if host + address < host + (1 << 20):
        assert w.access(LOAD)["mem_paddr"] == host + address
    good = w.get(slot)
    for bit in range(10, 10 + 9 * level):
        w.set(slot, good | 1 << bit)
        faults(w.access(LOAD), PAGE[LOAD] if stage == "first" else GUEST[LOAD], VA, stage == "g",
               0 if stage == "first" else GPA)


def test_superpage_offset_is_taken_from_the_address() -> None:
    for level in (1, 2):
        w = World(S, level=level)
        va = (VA & -(1 << 12 + 9 * level)) + (DATA & 0xF_FFFF) + 0x18
        assert w.access(LOAD, va)["mem_paddr"] == DATA + 0x18


@pytest.mark.parametrize("mode", [S, VS])
def test_addresses_that_are_not_sign_extended(mode: int) -> None:
    # The last two look like VA in their low 39 bits.
    for va in (1 << 39, 1 << 38, -(1 << 38) - 8 & (1 << 64) - 1, 1 << 63, VA | 1 << 39, VA | 1 << 63):
        w = World(mode)
        faults(w.access(LOAD, va), 13, va, mode == VS)
        faults(w.access(FETCH, va), 12, va, mode == VS)


@pytest.mark.parametrize("kind", KINDS)
def test_guest_physical_addresses_beyond_41_bits(kind: str) -> None:
    w = World(VS)
    w.set(w.pte, (1 << 41) >> 12 << 10 | LEAF)
    r = w.access(kind)
    faults(r, GUEST[kind], VA, True, 1 << 41)
    assert r["tinst"] == {LOAD: asm("lw", rd=1), STORE: asm("sw", rs2=6), FETCH: 0}[kind]
    # A pointer with such an address faults when the next table is read, implicitly.
    w = World(VS)
    w.set(w.root + 8 * (VA >> 30), (1 << 41) >> 12 << 10 | PV)
    r = w.access(kind)
    faults(r, GUEST[kind], VA, True, (1 << 41) + 8 * (VA >> 21 & 511))
    assert r["tinst"] == 0x3000
    # What is wrong with the VS-level PTE itself comes first.
    w = World(VS)
    w.set(w.pte, (1 << 41) >> 12 << 10 | LEAF & ~PA)
    faults(w.access(kind), PAGE[kind], VA, True)


def test_bare_vs_stage_is_the_g_stage_alone() -> None:
    w = World(VS)
    w.csr(vsatp=0)
    w.map(w.g_root, CODE_VA, w.code, LEAF | PU)
    r = w.access(LOAD, GPA + 16)
    assert (r["trap"], r["mem_paddr"]) == (0, DATA + 16)
    faults(w.access(LOAD, 1 << 41), GUEST[LOAD], 1 << 41, True, 1 << 41)
    faults(w.access(FETCH, 1 << 63), GUEST[FETCH], 1 << 63, True, 1 << 63)


def test_bare_g_stage_checks_nothing() -> None:
    w = World(VS)
    w.csr(hgatp=0)
    w.set(w.pte, DATA >> 12 << 10 | LEAF)
    assert w.access(LOAD)["mem_paddr"] == DATA
    w.set(w.pte, (1 << 55) >> 12 << 10 | LEAF)
    faults(w.access(LOAD), ACCESS[LOAD], VA, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mxr", [False, True])
@pytest.mark.parametrize("flags", [PX, 0, PR])
def test_a_vs_page_table_is_read_as_an_implicit_load(kind: str, mxr: bool, flags: int) -> None:
    """R in the G-stage is needed and enough: not X (even with MXR), not W, not D; the cause is of the original access."""
    w = World(VS)
    w.csr(mstatus=MXR if mxr else 0)
    table = w.get(w.root + 8 * (VA >> 30)) >> 10 << 12
    w.map(w.g_root, table, table, PV | PU | PA | flags | (0 if flags else PR | PX) | (PX if flags == PX else 0))
    if flags == 0:
        slot = w.map(w.g_root, table, table, PV | PU | PR)      # A=0
    r = w.access(kind)
    if flags == PR:
        assert not r["trap"]
        return
    faults(r, GUEST[kind], VA, True, table + 8 * (VA >> 21 & 511))
    assert r["tinst"] == 0x3000
    spike = World(VS, profile="spike")
    table = spike.get(spike.root + 8 * (VA >> 30)) >> 10 << 12
    slot = spike.map(spike.g_root, table, table, 0)
    assert slot and spike.access(kind)["tinst"] == 0x3000      # mandatory whatever the configuration


@pytest.mark.parametrize("kind", KINDS)
def test_page_tables_in_holes_and_devices_are_access_faults(kind: str) -> None:
    for address in (0x4000_0000, UART.base & -4096, 0x8010_0000, 1 << 55):
        w = World(S)
        w.set(w.root + 8 * (VA >> 30), address >> 12 << 10 | PV)
        faults(w.access(kind), ACCESS[kind])
        w = World(VS)
        w.set(w.g_root + 8 * (GPA >> 30), address >> 12 << 10 | PV)
        faults(w.access(kind), ACCESS[kind], gva=True)


def test_page_tables_in_rom_are_read() -> None:
    middle, last = 0x2000, 0x3000
    rom = bytearray(0x1_0000)
    rom[middle - 0x1000:middle - 0xFF8] = (last >> 12 << 10 | PV).to_bytes(8, "little")
    rom[last - 0x1000:last - 0xFF8] = (DATA >> 12 << 10 | LEAF).to_bytes(8, "little")
    b = Bare(rom=bytes(rom))
    root = b.table()
    b.put(root, [middle >> 12 << 10 | PV], 8)
    b.csr(satp=sv39(root), mstatus=MPRV | 1 << 11)
    b.x(x5=8)
    assert b.do(LW)["mem_paddr"] == DATA + 8


def test_both_stages_deny_then_the_first_wins_also_on_a_second_try() -> None:
    w = World(VS, LEAF & ~PW, g_flags=(LEAF | PU) & ~PW)
    for _ in range(2):
        faults(w.access(STORE), PAGE[STORE], VA, True)
        assert not w.access(LOAD)["trap"]


def test_the_registers_of_guests_do_not_matter_to_the_host() -> None:
    w = World(S)
    w.csr(vsatp=sv39(w.table()), hgatp=sv39(w.table(16384)), vsstatus=MXR)
    assert w.access(LOAD)["mem_paddr"] == DATA
    w = World(VS)
    w.csr(satp=sv39(w.table()))
    assert w.access(LOAD)["mem_paddr"] == DATA


def test_m_mode_translates_only_with_mprv() -> None:
    w = World(S)
    for mstatus, translated in ((0, False), (MPRV | 1 << 11, True), (MPRV | 3 << 11, False), (1 << 11, False)):
        w.csr(mstatus=mstatus)
        w.x(x5=VA)
        r = w.do(LW, M)
        assert (r["mem_paddr"] == DATA) == translated
        if not translated:
            assert r["cause"] == ACCESS[LOAD]


def test_mprv_with_mpv_is_an_access_of_the_guest() -> None:
    w = World(VS)
    mpv = 1 << 39
    w.x(x5=VA)
    w.csr(mstatus=MPRV | mpv | 1 << 11)
    assert w.do(LW, M)["mem_paddr"] == DATA
    w.csr(mstatus=MPRV | mpv | 3 << 11)
    assert w.do(LW, M)["cause"] == ACCESS[LOAD]
    w.csr(mstatus=MPRV | mpv)
    faults(w.do(LW, M), PAGE[LOAD], VA, True)


@pytest.mark.parametrize(("fence", "mode"), [("sfence.vma", S), ("hfence.vvma", M), ("hfence.gvma", M)])
def test_a_stale_translation_lives_until_a_fence(fence: str, mode: int) -> None:
    w = World(S)
    w.put(w.code + 8, [asm(fence)])
    w.access(LOAD)
    w.m.memory.poke(w.pte, bytes(8))
    assert not w.access(LOAD)["trap"]
    w.h.pc = CODE_VA + 8 if mode == S else w.code + 8
    w.mode(mode)
    assert not w.step()["trap"]
    faults(w.access(LOAD), PAGE[LOAD])
