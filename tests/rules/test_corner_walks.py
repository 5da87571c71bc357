"""Corner cases of translation: what each stage walks, allows and reports, and what caches must not keep.

The number in a name is the row of docs/corner-cases.md.
"""

import itertools

from isa.causes import VS, M, S
from isa.profile import PROFILES
from sim.model.masks import MPP_LSB, MPRV, MPV, MXR, SPVP
from tests.rules.guest import ADUE, FETCH, GPA, GUEST_PAGE_FAULT, KINDS, LOAD, PAGE_FAULT, STORE, VA, Guest, trapped
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PA, PD, PR, PU, PV, PW, PX, Bare, asm, sv39

EXECUTE_ONLY = PV | PX | PA | PD
OTHER = DATA + 0x1000
WIDE = 1 << 41                          # the first guest physical address that Sv39x4 does not have
READ_PTE = 0x3000


def away(level: int, flags: int = 0) -> Guest:
    """A guest with a table of its own on a page that the G-stage maps with these flags."""
    g = Guest()
    g.move(level, flags)
    return g


@mutant("csr.py", "mode & self.mode_mask | new & self.rest", "mode & self.mode_mask | mode & self.rest")
def test_01_an_unsupported_mode_in_hgatp_is_kept_out_but_vmid_and_ppn_are_written() -> None:
    for mode in (1, 7, 9, 10, 15):
        b = Bare()
        b.csr(hgatp=8 << 60 | 3 << 44 | 0x80040)
        b.x(x5=mode << 60 | 5 << 44 | 0x80080)
        b.do(asm("csrrw", rs1=5, csr="hgatp"), S)
        assert b.m.read_csr("hgatp") == 8 << 60 | 5 << 44 | 0x80080


@mutant("translate.py", "if field(gpa, 63, paging.GPA_BITS):", "if field(gpa, 63, paging.GPA_BITS) and purpose == EXPLICIT:")
@mutant("translate.py", "if field(gpa, 63, paging.GPA_BITS):", "if field(gpa, 63, paging.GPA_BITS) and purpose == READ_PTE:")
def test_02_a_guest_physical_address_of_more_than_41_bits_is_a_guest_page_fault_wherever_it_comes_from() -> None:
    for kind in KINDS:
        for level, flags in ((0, LEAF), (1, PV), (2, PV)):
            g = Guest()
            g.put(g.slot(g.root, VA, level), [g.pte_of(WIDE | GPA, flags)], 8)
            assert g.access(kind, VS)["cause"] == GUEST_PAGE_FAULT[kind]
        g = Guest()
        g.csr(vsatp=0)
        assert g.access(kind, VS, WIDE | GPA)["cause"] == GUEST_PAGE_FAULT[kind]
    g = Guest()
    g.csr(vsatp=sv39(WIDE | g.root))
    assert g.do(asm("addi"), VS)["cause"] == 20


@mutant("translate.py", "        # Step 3: invalid or reserved.\n",
        "        if guest:\n            g_stage(h, a, field(pte, PPN_MSB, PPN_LSB) * PAGE_SIZE, EXPLICIT)\n")
def test_03_a_wide_address_in_a_pte_that_is_no_good_is_a_page_fault() -> None:
    bad = (LEAF & ~PV, LEAF & ~PR, LEAF | 1 << 54, LEAF & ~PA, LEAF | PU, PV | PA)
    for flags in bad:
        for kind in KINDS:
            g = Guest()
            g.put(g.pte, [g.pte_of(WIDE | GPA, flags)], 8)
            assert g.access(kind, VS)["cause"] == PAGE_FAULT[kind]


@mutant("translate.py", "if not permitted(pte, a.kind, a.hlvx, (status",
        "if guest and not g_stage(h, a, leaf_address(pte, level, a.va), EXPLICIT):\n            pass\n"
        "        if not permitted(pte, a.kind, a.hlvx, (status")
def test_04_when_both_stages_deny_it_is_a_page_fault_also_when_the_page_is_cached() -> None:
    g = Guest(first=LEAF & ~PW, second=LEAF & ~PW | PU)
    for cached in (False, True):
        assert g.access(STORE, VS)["cause"] == 15
        assert cached or g.at(VS) == DATA           # now the page is in the TLB of loads
    for first, second in ((0, 0), (LEAF | PU, LEAF), (LEAF & ~PA, LEAF & ~PA)):
        for kind in KINDS:
            assert Guest(first, second).access(kind, VS)["cause"] == PAGE_FAULT[kind]


@mutant("translate.py", "kind = a.kind if explicit else LOAD if purpose == READ_PTE else STORE", "kind = a.kind")
@mutant("translate.py", "trap = self.fault(GUEST_PAGE_FAULT)",
        "trap = Access(LOAD, self.va, self.mode).fault(GUEST_PAGE_FAULT) if purpose else self.fault(GUEST_PAGE_FAULT)")
def test_05_reading_a_table_of_the_guest_is_a_load_for_the_g_stage_with_the_cause_of_the_access() -> None:
    for level, kind in itertools.product((0, 1), KINDS):
        assert not away(level, PV | PR | PU | PA).access(kind, VS)["trap"]
        assert away(level, PV | PX | PU | PA).access(kind, VS)["cause"] == GUEST_PAGE_FAULT[kind]


@mutant("translate.py", "h.mstatus & MXR != 0 and explicit", "h.mstatus & MXR != 0")
@mutant("translate.py", "a.hlvx and explicit", "a.hlvx")
def test_06_mxr_does_not_make_an_execute_only_page_readable_for_a_walk_nor_does_hlvx_need_it() -> None:
    g = away(0, EXECUTE_ONLY | PU)
    g.csr(mstatus=MXR, vsstatus=MXR, hstatus=SPVP)
    assert g.at(VS) == -21
    g.x(x5=VA)
    assert g.do(asm("hlvx.wu", rs1=5), S)["cause"] == 21
    g = away(0, PV | PR | PU | PA)
    g.csr(hstatus=SPVP)
    g.x(x5=VA)
    assert not g.do(asm("hlvx.wu", rs1=5), S)["trap"]


@mutant("hart.py", "if self.data_mode != M and self.mstatus & MPV", "if self.mstatus & MPV")
@mutant("translate.py", "atp = h.vsatp if guest else h.satp", "atp = h.vsatp if h.mode & V else h.satp")
def test_13_mprv_with_mpp_m_does_not_translate_and_address_widths_are_those_of_the_effective_mode() -> None:
    g = Guest()
    g.csr(mstatus=MPRV | MPV | M << MPP_LSB)
    assert (g.at(M, DATA), g.at(M)) == (DATA, -5)
    g.csr(satp=sv39(g.root))
    # Addresses wider than Sv39, and wider than Sv39x4.
    for vsatp, va, reached in ((g.h.vsatp, VA, DATA), (g.h.vsatp, 1 << 39, -13), (0, GPA, DATA), (0, WIDE, -21)):
        g.csr(mstatus=MPRV | MPV | S << MPP_LSB, vsatp=vsatp)
        assert g.at(M, va) == reached


@mutant("access.py", "fetch_parcel(h, wrap(h.pc + 2))", "fetch_parcel(h, wrap(h.pc + 2) & -4096 | 2)")
def test_18_a_fetch_across_a_page_boundary_reports_the_page_that_faults() -> None:
    g = Guest()
    g.map(g.root, VA + 0x1000, GPA + 0x7000, LEAF)
    g.put(DATA + 0xFFE, [3], 2)
    r = g.access(FETCH, VS, VA + 0xFFE)
    assert (r["cause"], r["tval"], r["tval2"] << 2) == (20, VA + 0x1000, GPA + 0x7000)


@mutant("execute_hypervisor.py", "require_hypervisor(h, self, 0)\n        h.flush()",
        "require_hypervisor(h, self, 0)\n        if not self.rs1:\n            h.flush()")
@mutant("execute_hypervisor.py", "raise illegal(self)\n        h.flush()",
        "raise illegal(self)\n        if not self.rs1:\n            h.flush()")
def test_26_fences_reach_translations_that_both_stages_made() -> None:
    g = Guest()
    assert g.at(VS) == DATA
    g.store(g.g_pte, g.pte_of(OTHER, LEAF | PU))
    g.x(x7=GPA >> 2)
    g.do(asm("hfence.gvma", rs1=7), S)
    assert g.at(VS) == OTHER
    # A large page of the guest over small pages of the host: any address in it stands for all of it.
    g = Guest()
    large = VA & -(1 << 21)
    slot = g.slot(g.root, VA, 1)
    for gpa, pa in ((GPA & -(1 << 21), DATA), (GPA + (1 << 21) & -(1 << 21), OTHER)):
        g.map(g.g_root, gpa + 0x3000, pa, LEAF | PU)
    g.put(slot, [g.pte_of(GPA & -(1 << 21), LEAF)], 8)
    assert g.at(VS, large + 0x3000) == DATA
    g.store(slot, g.pte_of(GPA + (1 << 21) & -(1 << 21), LEAF))
    g.x(x7=large + 0x5000)
    g.do(asm("hfence.vvma", rs1=7), S)
    assert g.at(VS, large + 0x3000) == OTHER


@mutant("translate.py", "field(gpa, 40, 30) if level == 2", "vpn(gpa, level) if level == 2")
@mutant("csr.py", "(1 << profile.pa_bits - 12) - 4", "(1 << profile.pa_bits - 12) - 1")
@mutant("translate.py", "return shl(field(pte, PPN_MSB, PPN_LSB)", "return shl(field(pte, 38, PPN_LSB)")
def test_27_the_root_of_the_g_stage_has_2048_entries_and_its_leaves_are_host_addresses_of_full_width() -> None:
    g = Guest()
    assert GPA >> 39 == 3 and g.at(VS) == DATA
    g.csr(hgatp=sv39(g.g_root) | 3)
    assert g.m.read_csr("hgatp") == sv39(g.g_root)
    for top in (41, 42, 55):
        g.put(g.g_pte, [g.pte_of(DATA | 1 << top, LEAF | PU)], 8)
        assert g.at(VS) == -5                       # a hole, not DATA nor a guest-page fault


@mutant("translate.py", "address, WRITE_PTE) if guest", "address, READ_PTE) if guest")
@mutant("translate.py", "        missing = needed(a.kind) & ~pte\n",
        "        missing = needed(a.kind) & ~pte\n        if a.kind == STORE and missing == 0:\n            missing = PTE_G\n")
def test_30_setting_a_and_d_of_the_guest_needs_write_permission_and_sets_d_in_the_g_stage() -> None:
    def world(first: int, table_flags: int, second: int = LEAF | PU) -> tuple[Guest, int]:
        g = Guest(first, second, profile=PROFILES["full"])
        g_pte = g.move(0, table_flags)
        g.csr(menvcfg=ADUE)
        g.csr(henvcfg=ADUE)
        return g, g_pte

    def bits(g: Guest, address: int) -> int:
        return int.from_bytes(g.m.read_memory(address, 8), "little") & 0xFF

    for kind, first in ((LOAD, LEAF & ~PA), (STORE, LEAF & ~PD), (STORE, LEAF & ~(PA | PD))):
        g, g_pte = world(first, PV | PR | PU)                   # readable, but not writable
        assert g.access(kind, VS)["cause"] == GUEST_PAGE_FAULT[kind]
        assert (bits(g, g.pte), bits(g, g_pte)) == (first, PV | PR | PU | PA)
        g, g_pte = world(first, PV | PR | PW | PU)
        assert not g.access(kind, VS)["trap"]
        assert (bits(g, g.pte), bits(g, g_pte)) == (first | PA | (PD if kind == STORE else 0), PV | PR | PW | PU | PA | PD)
    g, g_pte = world(LEAF, PV | PR | PW | PU)                   # nothing to set: the table is only read
    assert not g.access(STORE, VS)["trap"]
    assert (bits(g, g.pte), bits(g, g_pte)) == (LEAF, PV | PR | PW | PU | PA)
    for reserved in (1 << 54, 1 << 63):                         # faults before A and D
        g, g_pte = world(LEAF & ~PA, PV | PR | PW | PU)
        g.put(g.pte, [g.pte_of(GPA, LEAF & ~PA) | reserved], 8)
        assert g.access(LOAD, VS)["cause"] == 13
        assert bits(g, g.pte) == LEAF & ~PA


@mutant("translate.py", 'GUEST_PAGE_FAULT = (EXC["LOAD_GUEST_PAGE_FAULT"], EXC["STORE_GUEST_PAGE_FAULT"]',
        'GUEST_PAGE_FAULT = (EXC["LOAD_GUEST_PAGE_FAULT"], EXC["LOAD_GUEST_PAGE_FAULT"]')
def test_32_guest_page_faults_of_atomics_are_those_of_stores_and_the_vs_stage_is_first() -> None:
    for name in ("amoadd.w", "amoswap.d", "sc.w"):
        for first, second, cause in ((LEAF, 0, 23), (LEAF, LEAF & ~PW | PU, 23), (LEAF & ~PW, LEAF, 15)):
            g = Guest(first, second)
            g.x(x5=VA)
            assert trapped(g, asm(name, rs1=5), VS) == cause


@mutant("translate.py", 'EXC["INSTRUCTION_GUEST_PAGE_FAULT"]', 'EXC["INSTRUCTION_PAGE_FAULT"]')
def test_33_the_guest_page_fault_of_a_fetch_has_cause_20_in_every_configuration() -> None:
    default = PROFILES["default"]
    for profile in (*PROFILES.values(), default.without("C"), default.without("M"), default.without("Sstc")):
        assert Guest(second=0, profile=profile).access(FETCH, VS)["cause"] == 20
