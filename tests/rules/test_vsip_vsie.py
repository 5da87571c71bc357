"""vsip and vsie ("Virtual Supervisor Interrupt (vsip and vsie) Registers")."""

from isa.causes import VS
from tests.rules.csr import ALL, held, read, write
from tests.rules.irq import S_LEVEL, VS_LEVEL
from tests.rules.mutants import mutant
from tests.sim.model.bare import Bare

SSI, STI, SEI = 1 << 1, 1 << 5, 1 << 9          # as VS-mode sees them; one bit higher in hip and hie
LCOFI = 1 << 13
VISIBLE = "self.bits & (h.hideleg if self.shift else h.mideleg)"


def check_alias(bit: int) -> None:
    """`bit` of vsip and vsie is one bit higher in hip and hie; both are zero without delegation, and keep their value."""
    b = Bare()
    b.csr(hvip=VS_LEVEL, hie=VS_LEVEL)
    for hideleg in (bit << 1, VS_LEVEL & ~bit << 1, 0):
        b.csr(hideleg=hideleg)
        seen = hideleg >> 1 & bit
        assert read(b, "vsip") & bit == read(b, "vsie") & bit == seen
        write(b, "vsie", 0)
        assert read(b, "hie") & bit << 1 == (0 if seen else bit << 1)
        b.csr(hie=VS_LEVEL)


@mutant("isa/csrs.py", '"sip": "vsip", ', "")
@mutant("isa/csrs.py", '"sie": "vsie", ', "")
def test_vsip_and_vsie_are_the_sip_and_sie_of_vs_mode():
    b = Bare()
    b.csr(mideleg=S_LEVEL, hideleg=VS_LEVEL, mip=S_LEVEL)
    assert read(b, "sip", VS) == 0 and read(b, "sip") == S_LEVEL        # what is for HS-mode is not in vsip
    for name, number in (("sip", 0x244), ("sie", 0x204)):
        assert write(b, name, SSI, VS) == 0
        assert read(b, name, VS) == read(b, number) == SSI
    assert read(b, "sie") == 0


@mutant("csr.py", "h.hvip = h.hvip & ~(mask & VSSIP) | value & mask & VSSIP", "h.hvip = h.hvip & ~mask | value & mask")
@mutant("csr.py", "h.hvip = h.hvip & ~(mask & VSSIP) | value & mask & VSSIP", "h.hvip = h.hvip")
def test_only_ssip_can_be_written_in_vsip():
    b = Bare()
    b.csr(hideleg=VS_LEVEL)
    assert held(b, "vsip", ALL) == SSI
    b.csr(hvip=VS_LEVEL)
    assert held(b, "vsip", 0) == STI | SEI


@mutant("isa/csrs.py", "    stie        5  5  VIEW 0 mie>>1", "    stie        5  5  RO 0")
@mutant("csr.py", VISIBLE, f"({VISIBLE} or 4)")
def test_vsie_holds_what_hideleg_delegates():
    b = Bare()
    for hideleg in (VS_LEVEL, 1 << 6, 0):
        b.csr(hideleg=hideleg)
        assert held(b, "vsie", ALL) == hideleg >> 1


@mutant("isa/csrs.py", "    vsei        10 10 RW 0", "    vsei        10 10 RW 0\n    lcofi       13 13 RW 0")
def test_lcofi_cannot_be_delegated():
    b = Bare()
    assert held(b, "hideleg", LCOFI) == 0
    assert held(b, "vsip", LCOFI) == 0 == held(b, "vsie", LCOFI)


@mutant("isa/csrs.py", "    seip        9  9  VIEW 0 mip>>1", "    seip        9  9  RO 0")
@mutant("csr.py", VISIBLE, f"({VISIBLE} | self.bits & 1 << 10)")
def test_sei_of_vs_mode_is_vsei_where_it_is_delegated():
    check_alias(SEI)


@mutant("isa/csrs.py", "    stip        5  5  VIEW 0 mip>>1", "    stip        5  5  RO 0")
@mutant("csr.py", VISIBLE, f"({VISIBLE} | self.bits & 1 << 6)")
def test_sti_of_vs_mode_is_vsti_where_it_is_delegated():
    check_alias(STI)


@mutant("isa/csrs.py", "    ssip        1  1  VIEW 0 mip>>1", "    ssip        1  1  RO 0")
@mutant("csr.py", VISIBLE, f"({VISIBLE} | self.bits & 1 << 2)")
def test_ssi_of_vs_mode_is_vssi_where_it_is_delegated():
    check_alias(SSI)
    b = Bare()
    for hideleg, outcome in ((1 << 2, SSI << 1), (0, 0)):
        b.csr(hideleg=hideleg, hvip=0)
        write(b, "vsip", SSI)
        assert read(b, "hip") == outcome
