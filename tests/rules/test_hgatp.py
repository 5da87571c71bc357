"""hgatp ("Hypervisor Guest Address Translation and Protection (hgatp) Register")."""

from dataclasses import replace

from isa.causes import VS, M, S
from isa.profile import PROFILES
from tests.rules.csr import ALL, ILLEGAL, held, read, write
from tests.rules.guest import FETCH, GPA, KINDS, VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PLAIN, PU, Bare, sv39

TVM = 1 << 20
SV39X4 = 8 << 60
PPN, VMID = (1 << 44) - 4, 0x3FFF << 44


@mutant("csr_access.py", "number in (SATP, HGATP)", "number in (SATP,)")
def test_tvm_makes_hgatp_illegal_in_hs_mode():
    b = Bare()
    assert write(b, "hgatp", 0) == 0
    b.csr(mstatus=TVM)
    assert [read(b, "hgatp"), write(b, "hgatp", 0)] == [ILLEGAL] * 2
    assert write(b, "hgatp", 0, M) == 0


@mutant("translate.py", "field(h.hgatp, 43, 0)", "field(h.satp, 43, 0)")
def test_hgatp_controls_the_g_stage():
    g = Guest()
    other = g.table(16384)
    g.map(other, DATA & -1 << 21, DATA & -1 << 21, LEAF | PU, 1)
    g.map(other, GPA, DATA + 0x1000, LEAF | PU)
    assert g.at(VS) == DATA
    assert held(g, 0x680, sv39(other)) == sv39(other)
    assert g.at(VS) == DATA + 0x1000


@mutant("translate.py", "        return gpa\n", "        return gpa | 4096\n")
@mutant("translate.py", "field(h.hgatp, 63, 60) == paging.MODE_BARE", "False")
def test_bare_guest_physical_addresses_are_physical():
    g = Guest()
    g.map(g.root, VA, DATA, LEAF)
    assert held(g, "hgatp", 0) == 0
    for kind in KINDS:
        r = g.access(kind, VS)
        assert not r["trap"] and (kind == FETCH or r["mem_paddr"] == DATA)


@mutant("translate.py", "field(gpa, 40, 30)", "field(gpa, 38, 30)")
@mutant("isa/paging.py", "MODE_SV39X4 = 8", "MODE_SV39X4 = 9")
def test_sv39x4_translates_guest_physical_addresses_of_41_bits():
    g = Guest()
    assert read(g, "hgatp") >> 60 == 8
    assert GPA >> 39 == 3 and g.at(VS) == DATA


@mutant("csr.py", "mode = new if _supported(new, paging.MODE_SV39X4) else old", "mode = new")
@mutant("csr.py", "return mode & self.mode_mask | new & self.rest", "return mode & (self.mode_mask | self.rest)")
def test_an_unsupported_mode_is_not_written_but_the_other_fields_are():
    b = Bare()
    for mode in (0, SV39X4):
        for unsupported in (*range(1, 8), *range(9, 16)):
            b.csr(hgatp=mode | 1 << 44 | 4)
            assert held(b, "hgatp", unsupported << 60 | 2 << 44 | 8) == mode | 2 << 44 | 8


@mutant("csr.py", "(1 << profile.pa_bits - 12) - 4", "(1 << profile.pa_bits - 12) - 1")
def test_the_root_table_is_aligned_to_16_kib():
    b = Bare()
    assert held(b, "hgatp", SV39X4 | (1 << 44) - 1) == SV39X4 | PPN


@mutant("csr.py", "(1 << profile.vmid_bits) - 1", "(1 << 7) - 1")
def test_vmid_has_the_bits_of_the_profile():
    for name, bits in (("tiny", 3), ("default", 7), ("linux", 14)):
        b = Bare(replace(PLAIN, vmid_bits=PROFILES[name].vmid_bits))
        assert held(b, "hgatp", VMID) == (1 << bits) - 1 << 44


@mutant("csr.py", "(1 << profile.vmid_bits) - 1", "(1 << 14) - (1 << 14 - profile.vmid_bits)")
def test_the_low_bits_of_vmid_come_first_and_14_are_the_most():
    for bits in range(15):
        b = Bare(replace(PLAIN, vmid_bits=bits))
        assert held(b, "hgatp", ALL >> 4) >> 44 == (1 << bits) - 1


@mutant("csr.py", "class Hgatp(Flushing)", "class Hgatp(Register)")
def test_a_write_of_hgatp_orders_the_stores_before_it():
    g = Guest()
    assert g.at(VS) == DATA
    g.store(g.g_pte, g.pte_of(DATA + 0x1000, LEAF | PU))
    assert write(g, "hgatp", sv39(g.g_root), S) == 0
    assert g.at(VS) == DATA + 0x1000
