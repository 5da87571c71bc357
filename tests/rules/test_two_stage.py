"""Rules of "Two-Stage Address Translation": which stages apply, and how the G-stage walks and protects."""

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from sim.model.masks import MXR
from tests.rules.guest import ACCESS_FAULT, FETCH, GPA, GUEST_PAGE_FAULT, KINDS, LOAD, STORE, VA, Guest, protect
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PA, PD, PG, PR, PU, PV, PW, PX, TABLES, sv39

EXECUTE_ONLY = PV | PX | PA | PD


@mutant("translate.py", "return g_stage(h, a, address, EXPLICIT) if a.mode & V else address", "return address")
@mutant("translate.py", "atp = h.vsatp if guest else h.satp", "atp = h.satp")
def test_with_v_1_vsatp_makes_a_guest_physical_address_and_hgatp_a_physical_one() -> None:
    for user, mode in ((False, VS), (True, VU)):
        g = Guest(user=user)
        assert g.at(mode) == DATA
        g.csr(satp=sv39(g.table()))
        assert g.at(mode) == DATA                   # satp has no part in it
        g.csr(vsatp=0)
        assert (g.at(mode), g.at(mode, GPA)) == (-21, DATA)
        g.csr(vsatp=sv39(g.root), hgatp=0)
        g.put(g.pte, [g.pte_of(DATA + 0x1000, LEAF | g.user)], 8)
        assert g.at(mode) == DATA + 0x1000


@mutant("translate.py", "mxr = h.mstatus & MXR != 0", "mxr = (h.mstatus | h.vsstatus) & MXR != 0")
@mutant("translate.py", "(status | h.mstatus) & MXR != 0", "h.mstatus & MXR != 0")
def test_mxr_of_the_guest_overrides_the_vs_stage_only() -> None:
    for first, second, before, after in ((EXECUTE_ONLY, LEAF | PU, -13, DATA), (LEAF, EXECUTE_ONLY | PU, -21, -21),
                                         (EXECUTE_ONLY, EXECUTE_ONLY | PU, -13, -21)):
        g = Guest(first, second)
        assert g.at(VS) == before
        g.csr(vsstatus=MXR)
        assert g.at(VS) == after


@mutant("translate.py", "(status | h.mstatus) & MXR != 0", "status & MXR != 0")
@mutant("translate.py", "mxr = h.mstatus & MXR != 0 and explicit", "mxr = False")
def test_mxr_of_hs_overrides_both_stages() -> None:
    for first, second in ((EXECUTE_ONLY, LEAF | PU), (LEAF, EXECUTE_ONLY | PU), (EXECUTE_ONLY, EXECUTE_ONLY | PU)):
        g = Guest(first, second)
        assert g.at(VS) in (-13, -21)
        g.csr(mstatus=MXR)
        assert g.at(VS) == DATA


@mutant("translate.py", "if field(atp, 63, 60) == paging.MODE_BARE:\n        return a.va",
        "if field(atp, 63, 60) == paging.MODE_BARE:\n        a.mode &= 3\n        return a.va")
@mutant("translate.py", "g_stage(h, a, address, READ_PTE) if guest else address", "address")
def test_what_the_vs_stage_does_not_translate_goes_through_the_g_stage_alone() -> None:
    g = Guest()
    g.csr(vsatp=0)
    assert g.at(VS, GPA) == DATA
    # The tables of the guest, at guest physical addresses that are not physical ones.
    g = Guest()
    away = GPA + 0x4000_0000
    for page in range(8):
        g.map(g.g_root, away + page * 0x1000, TABLES + page * 0x1000, LEAF | PU)
    g.csr(vsatp=sv39(away + g.root - TABLES))
    for level in (2, 1):
        slot = g.slot(g.root, VA, level)
        table = int.from_bytes(g.m.read_memory(slot, 8), "little") >> 10 << 12
        g.put(slot, [g.pte_of(table, PV)], 8)
    assert g.at(VS) == DATA


@mutant("translate.py", "if field(h.hgatp, 63, 60) == paging.MODE_BARE:\n        return gpa",
        "if field(h.hgatp, 63, 60) == paging.MODE_BARE:\n        return gpa & (1 << paging.GPA_BITS) - 1")
def test_with_hgatp_bare_guest_physical_addresses_are_physical_and_unprotected() -> None:
    g = Guest()
    g.csr(hgatp=0, vsatp=0)
    for kind in KINDS:
        assert not g.access(kind, VS, DATA)["trap"]
        assert g.access(kind, VS, 1 << 41 | DATA)["cause"] == ACCESS_FAULT[kind]    # no limit but the address map's
    assert g.at(VS, DATA) == DATA


@mutant("translate.py", "field(gpa, 40, 30) if level == 2", "field(gpa, 38, 30) if level == 2")
@mutant("access.py", "if not h.pmp.permits(pa, need, a.mode)", "if a.mode & 4 == 0 and not h.pmp.permits(pa, need, 1)")
@mutant("access.py", "h.pmp.permits(pa, need, a.mode)", "h.pmp.permits(a.va, need, a.mode)")
@mutant("translate.py", "not h.pmp.permits(address, R, S) or", "")
def test_pmp_applies_to_physical_addresses_with_v_0_and_v_1() -> None:
    def denying(address: int, user: bool = False) -> Guest:
        g = Guest(user=user, profile=PROFILES["full"])
        protect(g, address, 0)
        return g

    for user, host, guest in ((False, S, VS), (True, U, VU)):
        for kind in KINDS:
            assert denying(DATA, user).access(kind, host, DATA)["cause"] == ACCESS_FAULT[kind]
            assert denying(DATA, user).access(kind, guest)["cause"] == ACCESS_FAULT[kind]
            assert not denying(DATA).access(kind, M, DATA)["trap"]
            for elsewhere in (GPA, VA):
                assert not denying(elsewhere, user).access(kind, guest)["trap"]
        g = Guest(user=user)
        for slot in (g.slot(g.root, VA, 0), g.slot(g.g_root, GPA, 1)):          # tables of both stages
            assert denying(slot & -4096, user).access(LOAD, guest)["cause"] == 5


@mutant("csr.py", "(1 << profile.pa_bits - 12) - 4", "(1 << profile.pa_bits - 12) - 1")
def test_the_root_of_sv39x4_has_2048_entries_in_16_aligned_kib() -> None:
    g = Guest()
    g.csr(vsatp=0)
    for page, index in enumerate((0, 511, 512, 1024, 2047)):
        gpa = index << 30 | 0x5000
        g.map(g.g_root, gpa, DATA + 0x1000 * page, LEAF | PU)
        assert g.slot(g.g_root, gpa, 2) == g.g_root + 8 * index
        assert g.at(VS, gpa) == DATA + 0x1000 * page
    g.csr(hgatp=sv39(g.g_root) | 3)
    assert g.m.read_csr("hgatp") == sv39(g.g_root)


@mutant("translate.py", "if field(gpa, 63, paging.GPA_BITS):", "if field(gpa, 63, paging.GPA_BITS + 1):")
def test_bits_63_to_41_of_a_guest_physical_address_are_zero_or_it_is_a_guest_page_fault() -> None:
    g = Guest()
    g.csr(vsatp=0)
    for top in range(41, 64):
        for kind in KINDS:
            r = g.access(kind, VS, GPA | 1 << top)
            assert (r["cause"], r["tval2"]) == (GUEST_PAGE_FAULT[kind], (GPA | 1 << top) >> 2)
    # Also when it comes from a PTE.
    g = Guest()
    g.put(g.pte, [g.pte_of(GPA | 1 << 41, LEAF)], 8)
    assert g.at(VS) == -21


@mutant("translate.py", "        if not pte & PTE_U:", "        if not pte & PTE_U and not a.mode & S:")
@mutant("translate.py", "table = field(h.hgatp, 43, 0)", "table = field(h.satp, 43, 0)")
@mutant("translate.py", "g_stage(h, a, address, EXPLICIT) if a.mode & V else address", "g_stage(h, a, address, EXPLICIT)")
@mutant("translate.py", 'EXC["LOAD_GUEST_PAGE_FAULT"]', 'EXC["LOAD_PAGE_FAULT"]')
def test_the_g_stage_walks_hgatp_for_vs_and_vu_as_user_with_faults_of_its_own() -> None:
    for mode in (VS, VU):
        g = Guest(user=mode == VU)
        assert g.at(mode) == DATA
        g.csr(satp=0)
        g.put(g.g_pte, [g.pte_of(DATA, LEAF)], 8)
        for kind in KINDS:
            assert g.access(kind, mode)["cause"] == GUEST_PAGE_FAULT[kind]
    for mode in (M, S, U):
        assert g.at(mode, GPA) == -5                # not for V=0


@mutant("translate.py", "kind = a.kind if explicit else LOAD if purpose == READ_PTE else STORE", "kind = a.kind")
@mutant("translate.py", "permitted(pte, kind, a.hlvx and explicit, mxr)", "permitted(pte, kind, a.hlvx, True)")
@mutant("translate.py", "needed(kind)", "needed(STORE)")
def test_a_table_of_the_guest_is_loaded_for_the_g_stage_whatever_the_access_but_the_fault_is_of_the_access() -> None:
    for flags, allowed in ((PV | PR | PU | PA, True), (PV | PR | PW | PU | PA, True), (LEAF, False),
                           (PV | PX | PU | PA, False), (PV | PR | PU, False)):
        for kind in KINDS:
            g = Guest()
            g.move(0, flags)
            g.csr(mstatus=MXR)                      # which is for explicit loads
            r = g.access(kind, VS)
            assert r["cause"] == (0 if allowed else GUEST_PAGE_FAULT[kind])


@mutant("translate.py", "        if not pte & PTE_U:", "        if not pte & PTE_U or pte & PTE_G:")
def test_the_g_bit_of_a_g_stage_pte_is_ignored() -> None:
    for level in (0, 1, 2):
        g = Guest()
        slot = g.slot(g.g_root, GPA, level)
        g.put(slot, [int.from_bytes(g.m.read_memory(slot, 8), "little") | PG], 8)
        for kind in KINDS:
            assert not g.access(kind, VS)["trap"]


@mutant("isa/causes.py", '"load guest-page fault",                      True,  False)',
        '"load guest-page fault",                      True,  True)')
@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "pass")
def test_guest_page_faults_are_delegated_to_hs_at_most_and_leave_their_addresses_there() -> None:
    g = Guest(second=0)
    for kind in KINDS:
        g.csr(medeleg=0, hedeleg=-1)
        assert g.access(kind, VS, VA + 8)["next_mode"] == M
        assert (g.m.read_csr("mtval"), g.m.read_csr("mtval2")) == (VA + 8, GPA + 8 >> 2)
        g.csr(medeleg=-1, hedeleg=-1, stval=0, htval=0, htinst=0)
        r = g.access(kind, VS, VA + 8)
        assert (r["cause"], r["next_mode"]) == (GUEST_PAGE_FAULT[kind], S)
        assert (g.m.read_csr("stval"), g.m.read_csr("htval")) == (VA + 8, GPA + 8 >> 2)
        assert g.m.read_csr("htinst") == (0 if kind == FETCH else r["insn"] & ~0xF_8000)


@mutant("access.py", "fetch_parcel(h, wrap(h.pc + 2))", "fetch_parcel(h, h.pc)")
def test_an_instruction_that_straddles_pages_faults_at_the_page_boundary() -> None:
    for first, cause in ((LEAF, 20), (0, 12)):
        g = Guest()
        g.map(g.root, VA + 0x1000, GPA + 0x1000, first)
        g.put(DATA + 0xFFE, [3], 2)
        r = g.access(FETCH, VS, VA + 0xFFE)
        assert (r["cause"], r["pc"], r["tval"]) == (cause, VA + 0xFFE, VA + 0x1000)
    # A misaligned access traps as such; the address is that of its first byte.
    r = g.access(LOAD, VS, VA + 0xFFE)
    assert (r["cause"], r["tval"]) == (4, VA + 0xFFE)


@mutant("trap.py", "word = insn.word32 & ~0x000F_8000", "word = insn.word32")
def test_the_address_offset_of_a_transformed_instruction_is_zero_as_misaligned_accesses_are_not_split() -> None:
    for va, first in ((VA + 1, LEAF), (VA + 0xFFF, LEAF), (VA, 0)):
        for kind in (LOAD, STORE):
            r = Guest(first).access(kind, VS, va)
            assert r["tval"] == va
            assert r["tinst"] == r["insn"] & ~(31 << 15) != 0


@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = lsr(gpa & -4096, 2)")
def test_htval_is_of_the_very_address_in_stval() -> None:
    g = Guest(second=0)
    g.csr(medeleg=-1)
    for offset in (0, 4, 0x7FC, 0xFFC):
        for kind in KINDS:
            g.access(kind, VS, VA + offset)
            assert (g.m.read_csr("stval"), g.m.read_csr("htval")) == (VA + offset, GPA + offset >> 2)
