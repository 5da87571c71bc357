"""Corner cases of virtual-machine loads and stores, and of cache-block operations.

The number in a name is the row of docs/corner-cases.md.
"""

import itertools

from isa.causes import VS, M, S, U
from isa.platform import UART
from isa.profile import PROFILES
from sim.model.masks import MPP_LSB, MPRV, MPV, SPP, SPVP
from tests.rules.guest import VA, Guest, protect, trapped
from tests.rules.mutants import mutant
from tests.sim.model.bare import CODE, DATA, LEAF, PA, PD, PU, PV, PW, PX, asm, sv39

EXECUTE_ONLY = PV | PX | PA | PD
OTHER = DATA + 0x1000
R, X = 1, 4                             # of a PMP entry


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
