"""The page-modification log: what is logged, when, and what happens when it cannot be."""

import pytest

from isa import platform
from isa.causes import EXC, VS, M, S
from tests.sim.model.bare import CODE, DATA, LEAF, PA, PD, PU, asm
from tests.sim.model.world import FETCH, GPA, KINDS, LOAD, STORE, VA, World, faults

LOG = DATA + 0x2_0000
FULL = 512
ADUE, CBZE = 1 << 61, 1 << 7
CLEAN = LEAF & ~PD                      # a leaf that nobody has written through
MPRV, MPV, MPP_S, SPVP = 1 << 17, 1 << 39, 1 << 11, 1 << 8


class Logged(World):
    """A guest's page that is clean in the G-stage, and an active log."""

    def __init__(self, mode: int = VS, flags: int = LEAF, g_flags: int = CLEAN | PU, g_level: int = 0) -> None:
        super().__init__(mode, flags, g_flags=g_flags, g_level=g_level, profile="full")
        self.csr(pmpaddr0=-1, pmpcfg0=0x1F, menvcfg=ADUE | CBZE, henvcfg=ADUE | CBZE, hpmla=LOG | 1)

    @property
    def entries(self) -> list[int]:
        return [self.get(LOG + 8 * n) for n in range(self.m.read_csr("hpmli"))]

    def clean(self, page: int) -> int:
        """Let the G-stage's leaf of a page that is mapped to itself be clean; its address."""
        pte = self.map(self.g_root, page, page, CLEAN | PU)
        self.h.flush()
        return pte


def test_the_first_store_to_a_page_is_logged() -> None:
    w = Logged()
    assert not w.access(LOAD)["trap"] and w.entries == []
    assert not w.access(STORE, VA + 0x804)["trap"]
    assert w.entries == [GPA] and w.get(w.g_pte) & PD
    assert w.get(DATA + 0x800) >> 32 == 0xABCD
    assert not w.access(STORE, VA + 0x100)["trap"] and w.entries == [GPA]


@pytest.mark.parametrize("level", [0, 1, 2])
def test_an_entry_has_the_page_and_the_level_of_the_leaf(level: int) -> None:
    w = Logged(g_level=level)
    w.h.hpmli = 7
    w.access(STORE, VA + 0x10)          # a large page reaches further than this machine's memory: the store itself may fail
    assert w.get(LOG + 8 * 7) == GPA | level and w.h.hpmli == 8 and w.get(w.g_pte) & PD


def test_where_nothing_is_logged() -> None:
    w = Logged()
    w.csr(hpmla=LOG)                                            # not enabled
    assert not w.access(STORE)["trap"] and w.entries == [] and w.get(w.g_pte) & PD
    w = Logged()
    w.csr(menvcfg=0)                                            # Svade
    faults(w.access(STORE), EXC["STORE_GUEST_PAGE_FAULT"], VA, True, GPA)
    assert w.entries == [] and not w.get(w.g_pte) & PD
    w = Logged(g_flags=LEAF & ~PA | PU)                         # only A is missing
    assert not w.access(STORE)["trap"] and w.entries == []
    w = Logged(g_flags=CLEAN & ~PA | PU)                        # A of a page that is read
    assert not w.access(LOAD)["trap"] and w.entries == [] and w.get(w.g_pte) & (PA | PD) == PA
    w = Logged(S, CLEAN)                                        # not a guest
    assert not w.access(STORE)["trap"] and w.entries == [] and w.get(w.pte) & PD
    w = Logged(flags=CLEAN)                                     # no G-stage
    w.map(w.root, VA, DATA, CLEAN)
    w.csr(hgatp=0)
    assert not w.access(STORE)["trap"] and w.entries == [] and w.get(w.pte) & PD


@pytest.mark.parametrize("index", [FULL, FULL + 1, 1023])
def test_a_full_log_is_an_exception(index: int) -> None:
    w = Logged(g_flags=CLEAN & ~PA | PU)
    w.h.hpmli = index
    before = w.m.read_memory(DATA, 4096), w.m.read_memory(LOG, 4096)
    r = w.access(STORE, VA + 0x14)
    faults(r, EXC["PAGE_LOG_FULL"], VA + 0x14, True, GPA + 0x14)
    assert r["tinst"] == asm("sw", rs1=0, rs2=6)
    assert (w.m.read_memory(DATA, 4096), w.m.read_memory(LOG, 4096)) == before
    assert w.get(w.g_pte) & (PA | PD) == 0 and w.h.hpmli == index
    assert not w.access(LOAD)["trap"]                           # what sets no D goes on


def test_the_last_entry() -> None:
    w = Logged()
    w.h.hpmli = FULL - 1
    assert not w.access(STORE)["trap"]
    assert w.get(LOG + 4088) == GPA and w.h.hpmli == FULL
    w.clean(w.code)
    assert not w.access(STORE)["trap"]                          # no D is missing any more


def test_the_exception_goes_to_hs_where_it_is_delegated() -> None:
    w = Logged()
    w.csr(medeleg=-1, hedeleg=-1)
    w.h.hpmli = FULL
    assert w.access(STORE, VA + 8)["next_mode"] == S
    assert (w.h.scause, w.h.stval, w.h.htval, w.h.htinst) == (25, VA + 8, GPA + 8 >> 2, asm("sw", rs1=0, rs2=6))
    assert w.h.hstatus & (1 << 6) and w.h.hstatus & (1 << 7)


def test_faults_of_the_walk_come_first() -> None:
    w = Logged(g_flags=CLEAN & ~PU)
    w.h.hpmli = FULL
    faults(w.access(STORE), EXC["STORE_GUEST_PAGE_FAULT"], VA, True, GPA)
    w = Logged(flags=LEAF & ~4)                                 # the VS-stage denies
    w.h.hpmli = FULL
    faults(w.access(STORE), EXC["STORE_PAGE_FAULT"], VA, True)


@pytest.mark.parametrize("kind", KINDS)
def test_an_update_of_the_guests_own_tables_is_logged_before_the_access(kind: str) -> None:
    w = Logged(flags=LEAF & ~(PA | PD))
    table = w.clean(w.pte & -4096)
    assert not w.access(kind, VA)["trap"]
    assert w.entries == [w.pte & -4096, *([GPA] if kind == STORE else [])]
    assert w.get(table) & PD and w.get(w.pte) & PA


@pytest.mark.parametrize("kind", KINDS)
def test_a_log_that_is_full_at_the_guests_own_tables(kind: str) -> None:
    w = Logged(flags=LEAF & ~(PA | PD))
    table = w.clean(w.pte & -4096)
    w.h.hpmli = FULL
    r = w.access(kind, VA)
    faults(r, EXC["PAGE_LOG_FULL"], VA, True, w.pte)
    assert r["tinst"] == 0x3020
    assert not w.get(table) & PD and not w.get(w.pte) & PA


def test_every_kind_of_store_is_logged() -> None:
    for name in ("amoadd.w", "sc.w", "cbo.zero", "sd"):         # the SC fails
        w = Logged()
        w.put(w.code, [asm(name, rs1=5, rs2=6)])
        assert not w.access(LOAD)["trap"] and w.entries == [GPA], name
    w = Logged()
    w.put(w.code, [asm("cbo.flush", rs1=5)])
    w.csr(menvcfg=ADUE | 1 << 6, henvcfg=ADUE | 1 << 6)
    assert not w.access(LOAD)["trap"] and w.entries == []
    w = Logged()
    w.csr(hstatus=SPVP)
    w.x(x5=VA)
    assert not w.do(asm("hsv.w", rs1=5, rs2=6), S)["trap"] and w.entries == [GPA]
    w = Logged()
    w.csr(mstatus=MPRV | MPV | MPP_S)
    w.x(x5=VA)
    assert not w.do(asm("sw", rs1=5, rs2=6), M)["trap"] and w.entries == [GPA]


@pytest.mark.parametrize(("kind", "cause"), [(LOAD, 5), (STORE, 7), (FETCH, 1)])
def test_an_entry_that_cannot_be_stored_is_an_access_fault(kind: str, cause: int) -> None:
    def pmp(w: World) -> None:
        w.csr(pmpaddr0=LOG >> 2 | 0x1FF, pmpaddr1=-1, pmpcfg0=0x1F << 8 | 0x19)     # the log is read-only

    def pma(w: World) -> None:
        w.csr(hpmla=platform.BOOT_ROM.base | 1)

    def hole(w: World) -> None:
        w.csr(hpmla=1 << 40 | 1)

    for forbid in (pmp, pma, hole):
        w = Logged(flags=LEAF & ~(PA | PD))                     # every kind of access updates the guest's PTE
        table = w.clean(w.pte & -4096)
        forbid(w)
        r = w.access(kind, VA + 4)
        faults(r, cause, VA + 4, True)
        assert w.h.hpmli == 0 and not w.get(table) & PD and not w.get(w.pte) & PA


def test_an_entry_ends_a_reservation_of_its_block() -> None:
    for address, result in ((LOG + 56, 1), (LOG + 64, 0)):
        w = Logged()
        w.x(x8=address)
        w.do(asm("lr.d", rd=9, rs1=8), M)
        w.csr(mstatus=MPRV | MPV | MPP_S)
        w.x(x5=VA)
        w.put(CODE + 4, [asm("sw", rs1=5, rs2=6)])
        assert not w.step()["trap"] and w.entries == [GPA]
        w.csr(mstatus=0)
        w.do(asm("sc.d", rd=10, rs1=8, rs2=9), M)
        assert w.h.x[10] == result


def test_software_sees_the_index() -> None:
    w = Logged()
    w.access(STORE)
    assert w.do(asm("csrrs", rd=7, csr="hpmli"), M)["rd_value"] == 1
    w.csr(hpmli=0)
    w.m.memory.poke(w.g_pte, (w.get(w.g_pte) & ~PD).to_bytes(8, "little"))
    assert not w.access(STORE)["trap"] and w.h.hpmli == 0       # the old D bit counts until HFENCE.GVMA
    w.do(asm("hfence.gvma"), S)
    assert not w.access(STORE)["trap"] and w.entries == [GPA]
