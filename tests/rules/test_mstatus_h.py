"""Rules of "Machine Status Registers" of the hypervisor chapter: MPV, GVA, TSR, TVM, TW and MPRV."""

from isa.causes import VS, VU, M, S, U
from sim.model.masks import MPP_LSB, MPRV, MPV, MSTATUS_GVA, SPVP, SUM, TSR, TVM, TW
from tests.rules.guest import GPA, VA, Guest, full, trapped
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PU, Bare, asm, sv39

ECALL, MRET, SRET, WFI = asm("ecall"), asm("mret"), asm("sret"), asm("wfi")


@mutant("trap.py", "| (MPV if mode & V else 0)", "")
@mutant("execute_system.py", "if mode != M and h.mstatus & MPV:", "if h.mstatus & MPV:\n            mode &= S")
def test_mpv_is_v_before_a_trap_to_m_and_mret_goes_back_there() -> None:
    for mode in (U, S, M, VU, VS):
        b = Bare()
        b.csr(mstatus=0 if mode & 4 else MPV)
        b.do(ECALL, mode)
        assert bool(b.h.mstatus & MPV) == bool(mode & 4)
        assert b.do(MRET)["next_mode"] == mode
    b.csr(mstatus=MPV | M << MPP_LSB)
    assert b.do(MRET)["next_mode"] == M


@mutant("trap.py", "(MSTATUS_GVA if gva else 0)", "(MSTATUS_GVA if mode & V else 0)")
def test_mstatus_gva_is_set_exactly_when_mtval_gets_a_guest_virtual_address() -> None:
    g = Guest()
    g.x(x5=VA + 1, x6=VA + 0x1000)
    misaligned, unmapped, hlv = asm("lw", rs1=5), asm("lw", rs1=6), asm("hlv.w", rs1=6)
    cases = ((misaligned, VS, 1), (unmapped, VS, 1), (asm("ebreak"), VS, 1), (hlv, S, 1), (hlv, M, 1),
             (ECALL, VS, 0), (hlv, VS, 0), (0, VS, 0), (misaligned, S, 0), (misaligned, M, 0), (asm("ebreak"), S, 0))
    for word, mode, gva in cases:
        g.csr(mstatus=0 if gva else MSTATUS_GVA)
        assert g.do(word, mode)["trap"]
        assert bool(g.h.mstatus & MSTATUS_GVA) == gva


@mutant("execute_system.py", "(h.mode == S and h.mstatus & TSR)", "(h.mode & S and h.mstatus & TSR)")
@mutant("execute_system.py", "(h.mode == S and h.mstatus & TVM)", "(h.mode & S and h.mstatus & TVM)")
@mutant("execute_system.py", "(h.mode != M and h.mstatus & TW)", "(h.mode == S and h.mstatus & TW)")
def test_tsr_and_tvm_affect_hs_only_and_tw_all_but_m() -> None:
    cases = ((TSR, SRET, {M: 0, S: 2, VS: 0}), (TVM, asm("sfence.vma"), {M: 0, S: 2, VS: 0}),
             (TVM, asm("csrrs", csr="satp"), {M: 0, S: 2, VS: 0}), (TW, WFI, {M: 0, S: 2, U: 2, VS: 2, VU: 2}))
    for status, word, causes in cases:
        for mode, cause in causes.items():
            b = Bare()
            b.csr(mstatus=status)
            assert trapped(b, word, mode) == cause


@mutant("csr_access.py", "number in (SATP, HGATP)", "number == SATP")
@mutant("execute_hypervisor.py", "if h.mode == S and h.mstatus & TVM:\n            raise illegal(self)\n        h.flush()",
        "h.flush()")
def test_tvm_takes_the_g_stage_from_hs_but_not_the_vs_stage() -> None:
    for word, cause in ((asm("csrrs", csr="hgatp"), 2), (asm("csrrw", csr="hgatp"), 2), (asm("hfence.gvma"), 2),
                        (asm("hinval.gvma"), 2),
                        (asm("csrrs", csr="vsatp"), 0), (asm("csrrw", csr="vsatp"), 0), (asm("hfence.vvma"), 0),
                        (asm("hinval.vvma"), 0)):
        for mode in (S, M):
            b = full()
            b.csr(mstatus=TVM)
            assert trapped(b, word, mode) == (cause if mode == S else 0)


@mutant("hart.py", "            if self.data_mode != M and self.mstatus & MPV:\n                self.data_mode |= V\n", "")
@mutant("hart.py", "if self.data_mode != M and self.mstatus & MPV:", "if self.mstatus & MPV:")
@mutant("translate.py", "if a.mode & S and pte & PTE_U and (a.kind == FETCH or not status & SUM)",
        "if a.mode & S and pte & PTE_U and (a.kind == FETCH or not h.mstatus & SUM)")
def test_with_mprv_explicit_accesses_are_made_as_mpv_and_mpp_say() -> None:
    """VA means DATA to HS, DATA + 0x1000 to VS, and as itself RAM; U and VU need pages of their own."""
    g = Guest()
    own = g.table()
    g.map(own, DATA, DATA + 0x2000, LEAF)
    g.map(own, VA, DATA + 0x3000, LEAF | PU)
    g.map(g.root, DATA + 0x20_0000, GPA, LEAF | PU)
    g.csr(satp=sv39(own))
    # MPRV, MPV, MPP, address -> what is reached, or the cause of the fault
    user = DATA + 0x20_0000
    for mprv, mpv, mpp, va, reached in (
            (0, 1, S, DATA, DATA), (0, 1, S, VA, -5),                     # as M-mode
            (1, 0, U, VA, DATA + 0x3000), (1, 0, U, DATA, -13),
            (1, 0, S, DATA, DATA + 0x2000), (1, 0, S, VA, -13),
            (1, 0, M, DATA, DATA), (1, 1, M, DATA, DATA), (1, 1, M, VA, -5),
            (1, 1, U, user, DATA), (1, 1, U, VA, -13),
            (1, 1, S, VA, DATA), (1, 1, S, user, -13)):
        g.csr(mstatus=mprv * MPRV | mpv * MPV | mpp << MPP_LSB)
        assert g.at(M, va) == reached
    # With V=1 it is vsstatus.SUM that counts.
    g.csr(mstatus=MPRV | MPV | S << MPP_LSB | SUM)
    assert g.at(M, user) == -13
    g.csr(mstatus=MPRV | MPV | S << MPP_LSB, vsstatus=SUM)
    assert g.at(M, user) == DATA


@mutant("execute_hypervisor.py", "return V | (1 if h.hstatus & SPVP else 0)", "return h.data_mode | V & 4")
def test_mprv_does_not_affect_hlv() -> None:
    for mpv, mpp in ((0, U), (0, S), (0, M), (MPV, U), (MPV, S), (MPV, M)):
        for spvp in (0, SPVP):
            g = Guest()
            g.csr(mstatus=MPRV | mpv | mpp << MPP_LSB, hstatus=spvp)
            g.x(x5=VA)
            r = g.do(asm("hlv.w", rs1=5))
            assert (r["cause"], r["mem_paddr"]) == ((0, DATA) if spvp else (13, 0))
