"""vsatp ("Virtual Supervisor Address Translation and Protection (vsatp) Register")."""

from isa.causes import VS, M, S
from tests.rules.csr import held, read, write
from tests.rules.guest import VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, RAM_BASE, Bare, asm, sv39

SV39 = 8 << 60
PPN = (1 << 44) - 1
UNSUPPORTED = (*range(1, 8), *range(9, 16))
MPRV, MPP_S, MPV = 1 << 17, 1 << 11, 1 << 39
SPVP = 1 << 8
NOWHERE = sv39(RAM_BASE - 4096)
SUPPORTED = "_supported(new, paging.MODE_SV39) or h.mode & V"


@mutant("isa/csrs.py", ', "satp": "vsatp"}', "}")
@mutant("translate.py", "h.vsatp if guest else h.satp", "h.satp")
def test_vsatp_is_the_satp_of_vs_mode():
    g = Guest()
    other = g.table()
    g.map(other, RAM_BASE, RAM_BASE, LEAF, 1)
    g.map(other, VA, DATA + 0x1000, LEAF)
    assert g.at(VS) == DATA
    assert held(g, "satp", sv39(other), VS) == sv39(other) == read(g, 0x280)
    assert read(g, "satp") == 0
    assert g.at(VS) == DATA + 0x1000


@mutant("csr.py", "(1 << profile.pa_bits - 12) - 1", "(1 << 29) - 1")
def test_ppn_of_vsatp_has_44_bits():
    b = Bare()
    assert held(b, "vsatp", PPN) == PPN


@mutant("csr.py", SUPPORTED, "True")
@mutant("csr.py", "return old & self.mode_mask | new & self.rest", "return new & (self.mode_mask | self.rest)")
def test_with_v_0_an_unsupported_mode_is_not_written_but_the_other_fields_are():
    b = Bare()
    for mode in (0, SV39):
        for unsupported in UNSUPPORTED:
            b.mode(M)
            b.csr(vsatp=mode | 1 << 44 | 1)
            assert held(b, "vsatp", unsupported << 60 | 2 << 44 | 2) == mode | 2 << 44 | 2


@mutant("csr.py", SUPPORTED, "_supported(new, paging.MODE_SV39)")
def test_with_v_1_a_write_of_an_unsupported_mode_is_ignored():
    b = Bare()
    b.csr(vsatp=1 << 44 | 1)
    for unsupported in UNSUPPORTED:
        assert write(b, "satp", unsupported << 60 | 2 << 44 | 2, VS) == 0
        assert read(b, "vsatp") == 1 << 44 | 1


@mutant("translate.py", "guest = a.mode & V", "guest = h.mode & V")
@mutant("translate.py", "guest = a.mode & V", "guest = V")
def test_with_v_0_vsatp_has_its_effect_on_accesses_as_though_v_were_1_alone():
    g = Guest()
    g.x(x5=VA, x6=DATA)
    g.csr(hstatus=SPVP)
    assert g.do(asm("lw", rd=1, rs1=6), S)["mem_paddr"] == DATA
    assert g.do(asm("hlv.w", rd=1, rs1=5), S)["mem_paddr"] == DATA
    g.csr(mstatus=MPRV | MPP_S | MPV)
    assert g.do(asm("lw", rd=1, rs1=5), M)["mem_paddr"] == DATA
    g.csr(mstatus=0, vsatp=NOWHERE)
    assert g.do(asm("lw", rd=1, rs1=6), S)["mem_paddr"] == DATA
