"""Rules of "Memory-Management Fences": HFENCE.VVMA, HFENCE.GVMA, and SFENCE.VMA in both virtualization modes.

A store to a page table is seen after the fence; before it, this machine still uses what it has cached.
"""

from isa.causes import VS, VU, M, S, U
from tests.rules.guest import GPA, VA, Guest, trapped
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PU, Bare, asm, sv39

VVMA, GVMA, SFENCE = asm("hfence.vvma"), asm("hfence.gvma"), asm("sfence.vma")
TVM = VTVM = 1 << 20
OTHER = DATA + 0x1000


def sees_new_g_stage(g: Guest, fence: int, mode: int) -> bool:
    """A guest has used a page, its G-stage PTE is changed by a store, `fence` is executed: which page is used now?"""
    assert g.at(VS) == DATA
    g.store(g.g_pte, g.pte_of(OTHER, LEAF | PU))
    assert not trapped(g, fence, mode)
    return g.at(VS) == OTHER


@mutant("execute_hypervisor.py", "require_hypervisor(h, self, 0)\n        h.flush()",
        "require_hypervisor(h, self, 0)\n        if h.mstatus & TVM:\n            raise illegal(self)\n        h.flush()")
@mutant("execute_hypervisor.py", "require_hypervisor(h, self, 0)\n        h.flush()",
        "require_hypervisor(h, self, 0)\n        if h.hstatus & 1 << 20:\n            raise illegal(self)\n        h.flush()")
def test_neither_tvm_nor_vtvm_traps_hfence_vvma() -> None:
    for mode in (M, S):
        for tvm, vtvm in ((TVM, 0), (0, VTVM), (TVM, VTVM)):
            b = Bare()
            b.csr(mstatus=tvm, hstatus=vtvm)
            assert not trapped(b, VVMA, mode)


@mutant("execute_hypervisor.py", "raise illegal(self)\n        h.flush()", "raise illegal(self)")
@mutant("execute_hypervisor.py", "if h.mode == S and h.mstatus & TVM", "if h.mstatus & TVM")
def test_hfence_gvma_orders_g_stage_stores_in_hs_without_tvm_and_in_m_always() -> None:
    one_page = asm("hfence.gvma", rs1=6, rs2=7)
    for mode, tvm in ((S, 0), (M, 0), (M, TVM)):
        for fence in (GVMA, one_page):
            g = Guest()
            g.csr(mstatus=tvm)
            g.x(x6=GPA >> 2, x7=0)
            assert sees_new_g_stage(g, fence, mode)


@mutant("execute_hypervisor.py", "raise illegal(self)\n        h.flush()",
        "raise illegal(self)\n        if not self.rs2 or h.x[self.rs2] == h.hgatp >> 44 & 0x3FFF:\n            h.flush()")
def test_hfence_gvma_ignores_bits_of_rs2_above_the_vmid() -> None:
    g = Guest()
    g.csr(hgatp=sv39(g.g_root) | 5 << 44)
    g.x(x7=5 | -1 << g.m.profile.vmid_bits)
    assert sees_new_g_stage(g, asm("hfence.gvma", rs2=7), S)


@mutant("csr_register.py", "super().write(h, value)\n        h.flush()", "super().write(h, value)")
def test_a_change_of_hgatp_mode_is_seen_even_without_a_fence() -> None:
    g = Guest()
    g.csr(vsatp=0)
    for hgatp, seen in ((0, -5), (sv39(g.g_root), DATA), (0, -5)):
        g.x(x7=hgatp)
        assert not trapped(g, asm("csrrw", rs1=7, csr="hgatp"), S)
        assert g.at(VS, GPA) == seen                # a hole of the address map, or a page of the G-stage


@mutant("execute_hypervisor.py", "raise virtual(i)", "raise illegal(i)")
@mutant("execute_hypervisor.py", "if h.mode == S and h.mstatus & TVM:\n            raise illegal(self)\n        h.flush()",
        "h.flush()")
def test_hypervisor_fences_are_virtual_instructions_for_guests_and_illegal_in_u_mode() -> None:
    for fence in (VVMA, GVMA):
        for mode, cause in ((VS, 22), (VU, 22), (U, 2)):
            assert trapped(Bare(), fence, mode) == cause
    b = Bare()
    b.csr(mstatus=TVM)
    assert trapped(b, GVMA, S) == 2


@mutant("execute_system.py", "raise virtual(self)\n        h.flush()",
        "raise virtual(self)\n        if h.mode & V:\n            h.flush()")
def test_sfence_with_v_0_orders_stores_to_the_tables_of_hs() -> None:
    for fence, asid in ((SFENCE, 0), (asm("sfence.vma", rs1=6), 0), (asm("sfence.vma", rs2=7), 3)):
        g = Guest()
        pte = g.map(g.root, VA, DATA, LEAF)
        g.csr(satp=sv39(g.root) | asid << 44, hgatp=0)
        g.x(x6=VA, x7=asid)
        assert g.at(S) == DATA
        g.store(pte, g.pte_of(OTHER, LEAF))
        assert not trapped(g, fence, S)
        assert g.at(S) == OTHER


@mutant("execute_system.py", "raise virtual(self)\n        h.flush()",
        "raise virtual(self)\n        if not h.mode & V:\n            h.flush()")
def test_sfence_with_v_1_orders_stores_to_the_tables_of_the_guest() -> None:
    for fence, asid in ((SFENCE, 0), (asm("sfence.vma", rs1=6), 0), (asm("sfence.vma", rs2=7), 3)):
        g = Guest()
        g.csr(vsatp=sv39(g.root) | asid << 44, hgatp=sv39(g.g_root) | 5 << 44)
        g.map(g.g_root, GPA + 0x1000, OTHER, LEAF | PU)
        g.x(x6=VA, x7=asid)
        assert g.at(VS) == DATA
        g.store(g.pte, g.pte_of(GPA + 0x1000, LEAF))
        assert not trapped(g, fence, VS)
        assert g.at(VS) == OTHER
