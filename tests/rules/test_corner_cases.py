"""The corner cases of docs/corner-cases.md on the model; the number in a name is the row there."""

import itertools
import re
from pathlib import Path

from isa.causes import VS, VU, M, S, U
from isa.insns import BY_NAME
from isa.platform import UART
from isa.profile import PROFILES
from sim.model.masks import MPP_LSB, MPRV, MPV, MSTATUS_GVA, MXR, SIE, SPP, SPV, SPVP, TW, VTW
from tests.rules.guest import ADUE, FETCH, GPA, GUEST_PAGE_FAULT, KINDS, LOAD, PAGE_FAULT, STORE, VA, Guest, protect
from tests.rules.mutants import mutant
from tests.sim.model.bare import CODE, DATA, HANDLER, LEAF, PA, PD, PR, PU, PV, PW, PX, Bare, asm, sv39

EBREAK, ECALL, WFI, MRET, SRET = (asm(name) for name in ("ebreak", "ecall", "wfi", "mret", "sret"))
EXECUTE_ONLY = PV | PX | PA | PD
OTHER = DATA + 0x1000
WIDE = 1 << 41                          # the first guest physical address that Sv39x4 does not have
READ_PTE = 0x3000
R, X = 1, 4                             # of a PMP entry
STCE = 1 << 63
NOT_HERE = {19}                         # rows that say why they cannot arise


def trapped(b: Bare, word: int, mode: int) -> int:
    r = b.do(word, mode)
    return r["cause"] if r["trap"] else 0


def away(level: int, flags: int = 0) -> Guest:
    """A guest that finds its table of a level at GPA + 0x1000, which the G-stage maps with these flags."""
    g = Guest()
    table = g.slot(g.root, VA, level) & -4096
    g.map(g.g_root, GPA + 0x1000, table, flags)
    g.put(g.slot(g.root, VA, level + 1), [g.pte_of(GPA + 0x1000, PV)], 8)
    return g


def test_each_row_has_its_test() -> None:
    names = [name for name in globals() if name.startswith("test_")]
    numbers = {int(name[5:7]) for name in names if name[5:7].isdigit()}
    assert numbers | NOT_HERE == set(range(1, 34))
    page = (Path(__file__).parents[2] / "docs/corner-cases.md").read_text(encoding="utf-8")
    rows = {int(number): row for number, row in re.findall(r"^\| (\d+) \| (.*)$", page, re.MULTILINE)}
    assert sorted(rows) == list(range(1, 34))
    assert all("not applicable" in rows[number] for number in NOT_HERE)


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


@mutant("translate.py", "if kind == FETCH or hlvx:", "if kind == FETCH:")
@mutant("access.py", "R | X if a.hlvx else R", "X if a.hlvx else R")
@mutant("access.py", "if a.hlvx and not", "if a.hlvx and False and not")
@mutant("execute_hypervisor.py", "Access(LOAD, h.x[self.rs1], guest_mode(h), self.hlvx)",
        "Access(2 if self.hlvx else LOAD, h.x[self.rs1], guest_mode(h), self.hlvx)")
def test_07_hlvx_needs_execute_permission_in_both_stages_and_in_memory_and_its_faults_are_load_faults() -> None:
    readable = LEAF & ~PX
    for first, second, cause in ((EXECUTE_ONLY, EXECUTE_ONLY | PU, 0), (readable, LEAF | PU, 13), (LEAF, readable | PU, 21)):
        g = Guest(first, second)
        g.csr(hstatus=SPVP)
        g.x(x5=VA)
        assert trapped(g, asm("hlvx.wu", rs1=5), S) == cause
    g.put(g.g_pte, [g.pte_of(UART.base, LEAF | PU)], 8)
    for name, cause in (("hlv.bu", 0), ("hlvx.hu", 5)):
        assert trapped(g, asm(name, rs1=5), S) == cause
    for permissions, cause in ((R, 5), (X, 5), (R | X, 0)):
        g = Guest(profile=PROFILES["full"])
        protect(g, DATA, permissions)
        g.csr(hstatus=SPVP)
        g.x(x5=VA)
        assert trapped(g, asm("hlvx.wu", rs1=5), S) == cause


@mutant("access.py", "and not a.hlvx and", "and")
def test_08_a_page_cached_for_hlvx_does_not_let_a_load_through() -> None:
    for word in (asm("hlv.w", rs1=5), asm("lw", rs1=5)):
        g = Guest(EXECUTE_ONLY, EXECUTE_ONLY | PU)
        g.csr(hstatus=SPVP, mstatus=MPRV | MPV | S << MPP_LSB)
        g.x(x5=VA)
        assert trapped(g, asm("hlvx.wu", rs1=5), M) == 0
        assert trapped(g, word, M) == 13


@mutant("access.py", "a.mode == h.data_mode and ", "")
def test_09_hlv_leaves_nothing_behind_for_the_next_access() -> None:
    g = Guest()
    own = g.table()
    g.map(own, VA, OTHER, LEAF)
    g.csr(satp=sv39(own), hstatus=SPVP)
    g.map(own, CODE, CODE, LEAF)
    g.x(x5=VA)
    for _ in range(2):
        assert g.do(asm("hlv.w", rs1=5), S)["mem_paddr"] == DATA
        assert g.at(S) == OTHER


@mutant("access.py", "write_data(h, pa, log2, value)", "write_data(h, pa, log2, h.memory.read(pa, log2))")
def test_10_hlv_sees_the_store_before_it() -> None:
    g = Guest()
    g.csr(hstatus=SPVP)
    g.x(x5=VA, x6=DATA, x7=0x1234)
    g.do(asm("sd", rs1=6, rs2=7), M)
    g.do(asm("hlv.d", rd=8, rs1=5), M)
    assert g.h.x[8] == 0x1234
    g.x(x7=0x5678)
    g.do(asm("hsv.d", rs1=5, rs2=7), M)
    g.do(asm("ld", rd=8, rs1=6), M)
    assert g.h.x[8] == 0x5678


@mutant("execute_hypervisor.py", "h.hstatus & SPVP", "h.mstatus & 0x100")
@mutant("execute_hypervisor.py", "h.hstatus & SPVP", "h.mode & S")
@mutant("access.py", "h.pmp.permits(pa, need, a.mode)", "h.pmp.permits(pa, need, h.mode)")
def test_11_hlv_and_hsv_have_the_privilege_of_spvp_whoever_executes_them() -> None:
    for user, spvp, mode in itertools.product((False, True), (0, SPVP), (M, S, U)):
        g = Guest(user=user)
        g.csr(hstatus=spvp | 1 << 9, mstatus=0 if spvp else SPP)
        g.x(x5=VA, x6=VA + 1)
        for word in (asm("hlv.w", rs1=5), asm("hsv.w", rs1=5)):
            assert bool(g.do(word, mode)["trap"]) == (user == bool(spvp))
        r = g.do(asm("hlv.w", rd=3, rs1=6), mode)       # misaligned, and still as the guest
        assert (r["cause"], r["gva"], r["tinst"]) == (4, 1, asm("hlv.w", rd=3))
    g = Guest(profile=PROFILES["full"])
    protect(g, DATA, 0)
    g.csr(hstatus=SPVP)
    g.x(x5=VA)
    assert (trapped(g, asm("hlv.w", rs1=5), M), g.at(M, DATA)) == (5, DATA)     # PMP sees the guest, too


@mutant("trap.py", "    if mode & V:\n        pushed = pushed & ~SPVP", "    if True:\n        pushed = pushed & ~SPVP")
def test_12_spvp_stays_when_the_trap_comes_from_v_0() -> None:
    for mode, spvp in itertools.product((U, S), (0, SPVP)):
        b = Bare()
        b.csr(medeleg=-1, hstatus=spvp)
        b.do(EBREAK, mode)
        assert b.h.hstatus & SPVP == spvp


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


@mutant("execute_system.py", "if mode != M and h.mstatus & MPV:", "if h.mstatus & MPV:\n            mode &= S")
def test_14_mret_to_m_leaves_v_0() -> None:
    b = Bare()
    b.csr(mstatus=MPV | M << MPP_LSB, mepc=CODE)
    assert b.do(MRET)["next_mode"] == M


@mutant("execute_system.py", "gva=bool(h.mode & V)", "gva=bool(h.data_mode & V)")
@mutant("translate.py", "gva=bool(self.mode & V)", "gva=False")
@mutant("trap.py", "~(SPV | HSTATUS_GVA)", "~SPV")
def test_15_gva_is_1_exactly_when_a_guest_virtual_address_is_in_xtval() -> None:
    b = Bare()
    b.csr(mstatus=MPRV | MPV | S << MPP_LSB)
    assert not b.do(EBREAK)["gva"]                  # pc is an address of M-mode
    for word, gva in ((0, 0), (asm("hlv.w"), 0), (ECALL, 0), (EBREAK, 1)):
        assert Bare().do(word, VS)["gva"] == gva
    g = Guest(second=0)
    g.csr(medeleg=-1, hstatus=SPVP)
    g.x(x5=VA)
    g.do(asm("hlv.w", rs1=5), S)
    assert g.h.hstatus & SPV == 0 and g.h.hstatus & 1 << 6      # GVA without SPV
    g.do(ECALL, U)
    assert not g.h.hstatus & 1 << 6
    g.csr(medeleg=0)
    g.access(LOAD, VS)
    assert g.h.mstatus & MSTATUS_GVA
    g.do(ECALL)                                     # a trap inside of M-mode clears it
    assert not g.h.mstatus & MSTATUS_GVA


@mutant("translate.py", "if purpose != EXPLICIT:", "if False:")
def test_16_the_fault_of_a_walk_must_write_the_pseudoinstruction() -> None:
    for level, kind in itertools.product((0, 1), KINDS):
        assert away(level).access(kind, VS)["tinst"] == READ_PTE


@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = lsr(gpa & -4096, 2)")
@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "h.htval, h.htinst = t.tval2 or h.htval, t.tinst")
def test_17_htval_has_the_address_of_the_entry_itself_and_0_for_other_traps() -> None:
    for level in (0, 1):
        g = away(level)
        g.csr(medeleg=-1)
        g.access(LOAD, VS)
        assert g.m.read_csr("htval") << 2 == GPA + 0x1000 + 8 * (VA >> 12 + 9 * level & 511)
        g.do(ECALL, U)
        assert g.m.read_csr("htval") == 0


@mutant("access.py", "fetch_parcel(h, wrap(h.pc + 2))", "fetch_parcel(h, wrap(h.pc + 2) & -4096 | 2)")
def test_18_a_fetch_across_a_page_boundary_reports_the_page_that_faults() -> None:
    g = Guest()
    g.map(g.root, VA + 0x1000, GPA + 0x7000, LEAF)
    g.put(DATA + 0xFFE, [3], 2)
    r = g.access(FETCH, VS, VA + 0xFFE)
    assert (r["cause"], r["tval"], r["tval2"] << 2) == (20, VA + 0x1000, GPA + 0x7000)


@mutant("trap.py", "h.mode != M and delegated and delegated_on", "h.mode != M and delegated_on")
@mutant("isa/causes.py", '"hardware error",                             True,  True)',
        '"hardware error",                             True,  False)')
def test_20_delegation_has_two_levels() -> None:
    b = Bare()
    b.csr(hedeleg=-1)
    assert b.do(EBREAK, VS)["next_mode"] == M
    b.csr(mideleg=0)
    assert b.m.read_csr("mideleg") == 0x444
    b.csr(mideleg=-1)
    assert b.m.read_csr("mideleg") == 0x666
    assert b.m.read_csr("hedeleg") >> 18 & 3 == 3


@mutant("trap.py", "t.cause -= t.interrupt", "pass")
@mutant("trap.py", "base + 4 * t.cause", "base + 4 * t.cause + 4")
def test_21_codes_of_vs_level_interrupts_are_one_less_for_the_guest_also_in_the_vector() -> None:
    for code in (2, 6, 10):
        b = Bare()
        b.csr(hvip=1 << code, hie=1 << code, hideleg=1 << code, vstvec=HANDLER + 0x200 | 1)
        b.mode(VU)
        r = b.step()
        assert (r["cause"], r["next_pc"]) == (code - 1, HANDLER + 0x200 + 4 * (code - 1))
        assert b.m.read_csr("vscause") == 1 << 63 | code - 1


@mutant("interrupts.py", "(h.mode != S or h.mstatus & SIE)", "(h.mode & S == 0 or h.mstatus & SIE)")
@mutant("interrupts.py", "(h.mode == VU or", "(h.mode != VS or")
def test_22_interrupts_for_hs_are_enabled_while_v_is_1_and_those_for_vs_never_while_v_is_0() -> None:
    for mode in (VS, VU):
        b = Bare()
        b.csr(mideleg=2, sie=2, mip=2, mstatus=0)
        b.mode(mode)
        assert b.step()["interrupt"]
    for mode in (M, S, U):
        b = Bare()
        b.csr(hideleg=4, hie=4, hvip=4, vsstatus=SIE, mstatus=SIE | 8)
        b.mode(mode)
        assert not b.step()["interrupt"]


@mutant("csr.py", "value & mask & VSSIP", "value & self.bits")
@mutant("hart.py", "mip |= VSTIP", "mip |= VSTIP\n                self.hvip |= VSTIP")
def test_23_hvip_is_not_hip() -> None:
    b = Bare()
    b.csr(menvcfg=STCE)
    b.csr(henvcfg=STCE, vstimecmp=0)
    assert (b.m.read_csr("hip"), b.m.read_csr("hvip")) == (1 << 6, 0)
    b.csr(hip=0x444)
    assert b.m.read_csr("hvip") == 4                # VSSIP alone is the same bit
    b.csr(hvip=0x444, vstimecmp=-1)
    b.csr(hip=0)
    assert (b.m.read_csr("hip"), b.m.read_csr("hvip")) == (0x440, 0x440)


@mutant("csr_access.py", "    if register is None or (write",
        "    if register and write and register.row.read_only and h.mode & V:\n        raise virtual(i)\n"
        "    if register is None or (write")
@mutant("csr_access.py", "h.mode == VU or level == HYPERVISOR", "level == HYPERVISOR")
@mutant("csr_access.py", "level == MACHINE or not enabled_by_m(h, i.csr)", "level == MACHINE")
def test_24_illegal_or_virtual_instruction() -> None:
    def access(name: str, **enables: int) -> Bare:
        b = Bare()
        b.csr(mcounteren=7, hcounteren=7, scounteren=7)
        b.csr(**enables)
        return b

    for name, mode, word, cause in (
            ("sstatus", VU, "csrrs", 22), ("hstatus", VS, "csrrs", 22), ("cycle", VS, "csrrw", 2), ("hgeip", VS, "csrrw", 2),
            ("cycle", VS, "csrrs", 0), ("cycle", VU, "csrrs", 0)):
        assert trapped(access(name), asm(word, csr=name), mode) == cause
    for enables, cause in (({"hcounteren": 0}, 22), ({"mcounteren": 0}, 2), ({"mcounteren": 0, "hcounteren": 0}, 2)):
        for mode in (VS, VU):
            assert trapped(access("cycle", **enables), asm("csrrs", csr="cycle"), mode) == cause
    for name in ("hfence.vvma", "hfence.gvma", "hsv.w"):        # with rd, these are no instructions
        assert trapped(Bare(), BY_NAME[name].match | 1 << 7, VS) == 2
    b = access("vsscratch", vsscratch=5)
    b.x(x5=9)
    assert trapped(b, asm("csrrw", rs1=5, csr="vsscratch"), VS) == 22
    assert b.m.read_csr("vsscratch") == 5


@mutant("execute_system.py", "(h.mode != M and h.mstatus & TW)", "(h.mode == S and h.mstatus & TW)")
def test_25_tw_is_before_vtw_in_vs_and_vu() -> None:
    for mode, tw, vtw in itertools.product((VS, VU), (0, TW), (0, VTW)):
        b = Bare()
        b.csr(mstatus=tw, hstatus=vtw)
        assert trapped(b, WFI, mode) == (2 if tw else 22 if vtw or mode == VU else 0)


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


@mutant("isa/csrs.py", '"sstatus": "vsstatus", ', "")
def test_28_right_after_sret_sstatus_is_that_of_the_guest() -> None:
    b = Bare()
    b.csr(hstatus=SPV, mstatus=SPP | 1 << 18, vsstatus=MXR, sepc=CODE + 4)
    b.put(CODE + 4, [asm("csrrs", rd=3, csr="sstatus")])
    assert b.do(SRET, S)["next_mode"] == VS
    assert b.step()["rd_value"] == b.m.read_csr("vsstatus") == 2 << 32 | MXR


@mutant("hart.py", "self.time + self.htimedelta", "self.time")
@mutant("hart.py", "if self.henvcfg & STCE and not ult", "if not ult")
@mutant("csr_access.py", "return h.menvcfg & STCE != 0 and h.mcounteren & TM != 0", "return h.mcounteren & TM != 0")
def test_29_vstip_follows_every_write_that_matters_in_any_mode() -> None:
    def vstip(**csrs: int) -> bool:
        b.csr(**csrs)
        return bool(b.m.read_csr("hip") & 1 << 6)

    for mode in (M, S, U, VS, VU):
        b = Bare()
        b.mode(mode)
        b.csr(menvcfg=STCE, mcounteren=2, hcounteren=2)
        assert vstip(henvcfg=STCE)
        assert not vstip(vstimecmp=1000)
        assert vstip(htimedelta=1000)
        assert not vstip(henvcfg=0)
        assert vstip(henvcfg=STCE)
        assert not vstip(menvcfg=0)
        assert vstip(menvcfg=STCE)
    for menvcfg, henvcfg, cause in ((STCE, STCE, 0), (STCE, 0, 22), (0, 0, 2)):
        b.csr(menvcfg=menvcfg)
        b.csr(henvcfg=henvcfg)
        assert trapped(b, asm("csrrs", csr="stimecmp"), VS) == cause


@mutant("translate.py", "address, WRITE_PTE) if guest", "address, READ_PTE) if guest")
@mutant("translate.py", "        missing = needed(a.kind) & ~pte\n",
        "        missing = needed(a.kind) & ~pte\n        if a.kind == STORE and missing == 0:\n            missing = PTE_G\n")
def test_30_setting_a_and_d_of_the_guest_needs_write_permission_and_sets_d_in_the_g_stage() -> None:
    def world(first: int, table_flags: int, second: int = LEAF | PU) -> tuple[Guest, int]:
        g = Guest(first, second, profile=PROFILES["full"])
        table = g.slot(g.root, VA, 0) & -4096
        g_pte = g.map(g.g_root, GPA + 0x1000, table, table_flags)
        g.put(g.slot(g.root, VA, 1), [g.pte_of(GPA + 0x1000, PV)], 8)
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


@mutant("execute_cbo.py", "not h.henvcfg & field or", "")
@mutant("execute_cbo.py", "trap.cause = causes[STORE]", "pass")
@mutant("execute_cbo.py", "locate(h, Management(LOAD,", "locate(h, Management(STORE,")
def test_31_cache_block_operations_ask_henvcfg_need_r_or_w_never_d_and_fault_as_stores() -> None:
    enables = 1 << 7 | 1 << 6 | 3 << 4
    for name in ("cbo.clean", "cbo.flush", "cbo.inval", "cbo.zero"):
        zero = name == "cbo.zero"
        for first, second, expected in (
                (LEAF, LEAF | PU, 0), (0, 0, 15), (LEAF, 0, 23), (PV | PX | PA | PD, LEAF | PU, 15),
                (LEAF & ~PD, LEAF & ~PD | PU, 15 if zero else 0), (LEAF & ~PW, LEAF & ~PW | PU, 15 if zero else 0),
                (LEAF, LEAF & ~PW | PU, 23 if zero else 0), (LEAF & ~PA, LEAF | PU, 15)):
            g = Guest(first, second, profile=PROFILES["full"])
            g.csr(menvcfg=enables, henvcfg=enables)
            g.x(x5=VA + 9)                                      # never misaligned; the address is reported as it stands
            r = g.do(asm(name, rs1=5), VS)
            assert (r["cause"], r["tval"]) == (expected, VA + 9 if expected else 0)
            g.csr(henvcfg=0)
            assert g.do(asm(name, rs1=5), VS)["cause"] == 22


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
