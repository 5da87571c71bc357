"""HFENCE.VVMA beside the other fences: what each applies to, and what its operands name ("Hypervisor Memory-Management Fence
Instructions")."""

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from tests.rules.guest import VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PU, Bare, asm, sv39

OTHER = DATA + 0x1000
HU = 1 << 9
REQUIRE, DO = "require_hypervisor(h, self, 0)\n        ", "h.flush()"
SFENCE = "raise virtual(self)\n        "
FLUSH = REQUIRE + DO                    # of HFENCE.VVMA


def vvma_is_seen(g: Guest, rs1: int = 0, rs2: int = 0, mode: int = S) -> bool:
    """A guest has used VA, its VS-stage PTE is changed by a store, HFENCE.VVMA is executed: is the new page used?"""
    g.store(g.pte, g.pte_of(DATA, LEAF))
    g.csr(hgatp=0)                      # drops what is cached
    assert g.at(VS) == DATA
    g.store(g.pte, g.pte_of(OTHER, LEAF))
    assert g.at(VS) == DATA             # a store alone is not enough on this machine
    assert not g.do(asm("hfence.vvma", rs1=rs1, rs2=rs2), mode)["trap"]
    return g.at(VS) == OTHER


@mutant("execute_hypervisor.py", FLUSH, REQUIRE)
@mutant("execute_hypervisor.py", "raise illegal(self)\n        h.flush()", "raise illegal(self)")
@mutant("execute_system.py", SFENCE + DO, SFENCE)
@mutant("execute_system.py", SFENCE + DO, SFENCE + "if h.mode != VS:\n            " + DO)
def test_each_fence_applies_to_the_tables_of_its_own_register():
    assert vvma_is_seen(Guest())
    g = Guest()
    assert g.at(VS) == DATA             # HFENCE.GVMA: hgatp
    g.store(g.g_pte, g.pte_of(OTHER, LEAF | PU))
    g.do(asm("hfence.gvma"), S)
    assert g.at(VS) == OTHER
    for mode in (S, VS):                # SFENCE.VMA: satp, and vsatp with V=1
        g = Guest()
        g.csr(satp=sv39(g.root), hgatp=0)
        g.store(g.pte, g.pte_of(DATA, LEAF))
        assert g.at(mode) == DATA
        g.store(g.pte, g.pte_of(OTHER, LEAF))
        g.do(asm("sfence.vma"), mode)
        assert g.at(mode) == OTHER


@mutant("execute_hypervisor.py", FLUSH, FLUSH.replace(", 0)", ", h.hstatus & HU)"))
@mutant("execute_hypervisor.py", FLUSH, REQUIRE + "if h.mode != S:\n            " + DO)
def test_hfence_vvma_is_for_m_and_hs_mode_and_does_what_sfence_does_in_vs_mode():
    for mode in (M, S):
        assert vvma_is_seen(Guest(), mode=mode)
    b = Bare()
    b.csr(hstatus=HU)
    assert [b.do(asm("hfence.vvma"), mode)["cause"] for mode in (U, VS, VU)] == [2, 22, 22]


@mutant("execute_hypervisor.py", FLUSH, REQUIRE + "if not self.rs1:\n            " + DO)
@mutant("execute_hypervisor.py", FLUSH, REQUIRE + "if not self.rs2:\n            " + DO)
def test_rs1_names_an_address_of_the_guest_and_rs2_an_asid():
    g = Guest()
    g.csr(vsatp=sv39(g.root) | 5 << 44)
    g.x(x10=VA + 0x123, x11=5)
    for rs1, rs2 in ((10, 0), (0, 11), (10, 11)):
        assert vvma_is_seen(g, rs1, rs2)


@mutant("execute_hypervisor.py", FLUSH, REQUIRE + "if not self.rs2 or h.x[self.rs2] >> 4 == 0:\n            " + DO)
def test_bits_of_rs2_above_the_asid_are_ignored():
    g = Guest(profile=PROFILES["tiny"])         # 4 bits
    g.csr(vsatp=sv39(g.root) | 5 << 44)
    for above in (1 << 4, 1 << 15, 1 << 16, 1 << 63):
        g.x(x11=5 | above)
        assert vvma_is_seen(g, rs2=11)
