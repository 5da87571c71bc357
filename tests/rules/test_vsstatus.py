"""vsstatus ("Virtual Supervisor Status (vsstatus) Register")."""

from isa.causes import VS, VU, S
from tests.rules.csr import ALL, held, read, write
from tests.rules.guest import VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PU, Bare, asm

SIE, SPIE, SPP, SUM, MXR, UXL = 1 << 1, 1 << 5, 1 << 8, 1 << 18, 1 << 19, 3 << 32
SPVP, UBE = 1 << 8, 1 << 6
GUEST_UXL = "    uxl         33 32 RO 2\nvsie "


@mutant("isa/csrs.py", '"sstatus": "vsstatus", ', "")
@mutant("isa/csrs.py", "sstatus of the guest\n    sie         1  1  RW", "sstatus of the guest\n    sie         1  1  RO")
def test_vsstatus_is_the_sstatus_of_vs_mode():
    b = Bare()
    assert held(b, 0x200, ALL) & ~UXL == SIE | SPIE | SPP | SUM | MXR
    before = read(b, "sstatus")
    assert held(b, "sstatus", SPIE, VS) & ~UXL == SPIE
    assert read(b, "vsstatus") & ~UXL == SPIE and read(b, "sstatus") == before


@mutant("isa/csrs.py", GUEST_UXL, GUEST_UXL.replace("RO 2", "RO 1"))
def test_vu_mode_computes_with_64_bits():
    b = Bare()
    assert read(b, "vsstatus") & UXL == 2 << 32
    b.x(x1=ALL)
    assert b.do(asm("srli", rd=2, rs1=1, imm=1), VU)["rd_value"] == ALL >> 1


@mutant("isa/csrs.py", GUEST_UXL, GUEST_UXL.replace("RO 2", "RW 2"))
def test_uxl_has_one_legal_value():
    b = Bare()
    for value in range(4):
        assert held(b, "vsstatus", value << 32) & UXL == 2 << 32 == read(b, "hstatus") & UXL


@mutant("isa/csrs.py", GUEST_UXL, "    ube         6  6  RW 0\n" + GUEST_UXL)
def test_ube_is_that_of_vsbe():
    b = Bare()
    assert held(b, "vsstatus", UBE) & UBE == 0 and held(b, "hstatus", 1 << 5) & 1 << 5 == 0


@mutant("translate.py", "h.vsstatus if guest else h.mstatus", "h.mstatus")
@mutant("translate.py", "h.vsstatus if guest else h.mstatus", "h.mstatus | h.vsstatus")
def test_vsstatus_has_its_effect_on_accesses_as_though_v_were_1_alone():
    g = Guest(LEAF | PU)
    g.x(x5=VA, x6=DATA)
    g.csr(hstatus=SPVP, satp=read(g, "vsatp"))
    for vsstatus, cause in ((0, 13), (SUM, 0)):
        write(g, "vsstatus", vsstatus)
        assert g.do(asm("hlv.w", rd=1, rs1=5), S)["cause"] == cause
    g.map(g.root, VA, DATA, LEAF | PU)
    assert g.at(S) == -13               # vsstatus.SUM is set, sstatus.SUM is not
