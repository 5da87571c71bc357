"""Svadu: which A and D bits a walk sets, at which stage, and what else that does."""

import pytest

from isa.causes import VS, VU, M, S, U
from isa.platform import BOOT_ROM
from isa.profile import PROFILES
from tests.sim.model.bare import CODE, DATA, LEAF, PA, PD, PR, PU, PV, PW, PX, Bare, asm, sv39
from tests.sim.model.world import (
    ACCESS,
    CODE_VA,
    FETCH,
    GPA,
    GUEST,
    KINDS,
    LOAD,
    MPRV,
    PAGE,
    STORE,
    VA,
    World,
    faults,
)

FULL = PROFILES["full"]
ADUE = 1 << 61
RWX = PV | PR | PW | PX                 # a leaf without A and D
NAPOT = 3 << 3
NEEDS = {LOAD: PA, FETCH: PA, STORE: PA | PD}


def world(mode: int, flags: int = RWX, level: int = 0, g_flags: int = LEAF | PU,
          menvcfg: int = ADUE, henvcfg: int = ADUE) -> World:
    user = PU if mode in (U, VU) else 0
    w = World(mode, flags | user, level, g_flags, profile="full")
    w.csr(menvcfg=menvcfg, henvcfg=henvcfg)
    return w


@pytest.mark.parametrize("mode", [S, U, VS, VU])
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_stage_sets_what_the_access_needs_and_no_more(mode: int, kind: str) -> None:
    for have in (0, PA, PD, PA | PD):
        w = world(mode, RWX | have)
        before = w.get(w.pte)
        assert not w.access(kind)["trap"], have
        assert w.get(w.pte) == before | NEEDS[kind], have


@pytest.mark.parametrize("kind", KINDS)
def test_larger_pages(kind: str) -> None:
    for level, size in ((1, 1 << 21), (2, 1 << 30)):
        w = world(S, level=level)
        before = w.get(w.pte)
        assert not w.access(kind, VA & -size | DATA & size - 1)["trap"]
        assert w.get(w.pte) == before | NEEDS[kind]


@pytest.mark.parametrize("mode", [S, VS])
@pytest.mark.parametrize("kind", KINDS)
def test_without_adue_the_first_stage_faults_and_writes_nothing(mode: int, kind: str) -> None:
    for have in (0, PA, PD):
        if NEEDS[kind] & ~have == 0:
            continue
        for menvcfg, henvcfg in ((0, 0), (0, ADUE), *(((ADUE, 0),) if mode == VS else ())):
            w = world(mode, RWX | have, menvcfg=menvcfg, henvcfg=henvcfg)
            before = w.get(w.pte)
            faults(w.access(kind), PAGE[kind], gva=mode == VS)
            assert w.get(w.pte) == before


@pytest.mark.parametrize("kind", KINDS)
def test_menvcfg_governs_the_g_stage_and_henvcfg_does_not(kind: str) -> None:
    for menvcfg, henvcfg in ((0, 0), (ADUE, 0), (ADUE, ADUE)):
        w = world(VS, LEAF, g_flags=RWX | PU, menvcfg=menvcfg, henvcfg=henvcfg)
        before = w.get(w.g_pte)
        r = w.access(kind)
        if menvcfg:
            assert not r["trap"] and w.get(w.g_pte) == before | NEEDS[kind]
        else:
            faults(r, GUEST[kind], gva=True, gpa=GPA)
            assert w.get(w.g_pte) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_pte_of_the_vs_stage_is_read_in_the_g_stage_and_written_in_it(kind: str) -> None:
    """Reading one sets A for the page of the table, writing one sets D as well; whatever the original access is."""
    for flags, wanted in ((LEAF, PA), (RWX, PA | PD)):
        w = world(VS, flags)
        table = w.map(w.g_root, w.pte, w.pte & -4096, RWX | PU)
        before = w.get(table)
        assert not w.access(kind)["trap"]
        assert w.get(table) == before | wanted


@pytest.mark.parametrize("kind", KINDS)
def test_a_pte_that_the_guest_may_not_write_is_a_guest_page_fault_of_the_original_type(kind: str) -> None:
    w = world(VS)
    before = w.get(w.pte)
    w.map(w.g_root, w.pte, w.pte & -4096, PV | PR | PX | PA | PU)
    r = w.access(kind)
    faults(r, GUEST[kind], gva=True, gpa=w.pte)
    assert r["tinst"] == 0x3020 and w.get(w.pte) == before
    w.map(w.g_root, w.pte, w.pte & -4096, PV | PX | PA | PU)
    r = w.access(kind)
    faults(r, GUEST[kind], gva=True, gpa=w.pte)
    assert r["tinst"] == 0x3000


@pytest.mark.parametrize("mode", [S, VS])
def test_what_is_not_permitted_sets_nothing(mode: int) -> None:
    w = world(mode, PV | PX)
    before = w.get(w.pte)
    for kind in (LOAD, STORE):
        faults(w.access(kind), PAGE[kind], gva=mode == VS)
    assert w.get(w.pte) == before
    w = world(VS, LEAF, g_flags=PV | PX | PU)
    before = w.get(w.g_pte)
    for kind in (LOAD, STORE):
        faults(w.access(kind), GUEST[kind], gva=True, gpa=GPA)
    assert w.get(w.g_pte) == before


def test_the_stages_are_updated_in_program_order() -> None:
    """The VS-stage leaf is complete before the G-stage refuses the access itself."""
    w = world(VS, g_flags=PV | PX | PA | PD | PU)
    before = w.get(w.pte)
    faults(w.access(STORE), GUEST[STORE], gva=True, gpa=GPA)
    assert w.get(w.pte) == before | PA | PD


def test_a_load_then_a_store_sets_d_with_the_store() -> None:
    for mode in (S, VS):
        w = world(mode, g_flags=RWX | PU)
        w.access(LOAD)
        assert w.get(w.pte) & (PA | PD) == PA
        w.access(STORE)
        assert w.get(w.pte) & (PA | PD) == PA | PD
        if mode == VS:
            assert w.get(w.g_pte) & (PA | PD) == PA | PD


@pytest.mark.parametrize(("name", "bits"), [
    ("lr.d", PA), ("sc.d", PA | PD), ("amoor.d", PA | PD), ("cbo.zero", PA | PD), ("cbo.clean", PA), ("cbo.inval", PA)])
def test_other_instructions(name: str, bits: int) -> None:
    """An SC that fails counts as a store; clean, flush and inval do not."""
    w = world(S)
    w.csr(mstatus=MPRV | 1 << 11)
    w.x(x5=VA)
    before = w.get(w.pte)
    r = w.do(asm(name, rd=7, rs1=5), M)
    assert not r["trap"] and (name != "sc.d" or r["rd_value"] == 1)
    assert w.get(w.pte) == before | bits


@pytest.mark.parametrize(("name", "bits"), [("hlv.d", PA), ("hlvx.wu", PA), ("hsv.d", PA | PD)])
def test_hypervisor_accesses(name: str, bits: int) -> None:
    w = world(VS, g_flags=RWX | PU)
    w.csr(hstatus=1 << 8)
    w.x(x5=VA)
    before = w.get(w.pte), w.get(w.g_pte)
    assert not w.do(asm(name, rd=7, rs1=5, rs2=6), S, pc=CODE)["trap"]
    assert (w.get(w.pte), w.get(w.g_pte)) == (before[0] | bits, before[1] | bits)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_that_s_may_not_write_is_an_access_fault_of_the_original_type(kind: str) -> None:
    for mode in (S, VS):
        w = world(mode)
        before = w.get(w.pte)
        w.csr(pmpaddr0=w.pte >> 12 << 10 | 0x1FF, pmpcfg0=0x1F << 56 | NAPOT | 1)
        faults(w.access(kind), ACCESS[kind], gva=mode == VS)
        assert w.get(w.pte) == before
    w = world(VS, LEAF, g_flags=RWX | PU)
    w.csr(pmpaddr0=w.g_pte >> 12 << 10 | 0x1FF, pmpcfg0=0x1F << 56 | NAPOT | 1)
    faults(w.access(kind), ACCESS[kind], gva=True)


def test_a_table_in_rom_is_an_access_fault() -> None:
    """The root lies in the boot ROM: identity for the third GiB, without A."""
    rom = bytearray(BOOT_ROM.size)
    rom[16:24] = (0x8000_0000 >> 2 | RWX).to_bytes(8, "little")
    b = Bare(FULL, bytes(rom))
    b.csr(satp=sv39(BOOT_ROM.base), menvcfg=ADUE, pmpaddr0=-1, pmpcfg0=0x1F, mstatus=MPRV | 1 << 11)
    b.x(x5=DATA)
    assert b.do(asm("ld", rd=7, rs1=5), M)["cause"] == ACCESS[LOAD]


def test_the_write_of_a_pte_ends_a_reservation_of_its_block() -> None:
    for distance, kept in ((0, False), (64, True)):
        w = world(S)
        w.csr(mstatus=MPRV | 1 << 11)
        w.map(w.root, w.pte & -4096, w.pte & -4096, LEAF)
        w.x(x5=VA, x6=(w.pte & -64) + distance)
        assert not w.do(asm("lr.d", rd=7, rs1=6), M)["trap"]
        w.do(asm("ld", rd=7, rs1=5), M)
        assert (w.do(asm("sc.d", rd=7, rs1=6), M)["rd_value"] == 0) == kept


def test_code_pages_of_a_guest() -> None:
    """The fetch of the accessing instruction itself sets A where it runs, and nothing else."""
    w = world(VS)
    leaf = w.map(w.root, CODE_VA, w.code, RWX)
    w.access(LOAD)
    assert w.get(leaf) & (PA | PD) == PA
