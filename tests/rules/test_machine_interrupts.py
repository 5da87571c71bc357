"""Rules of "Machine Interrupt Delegation" and "Machine Interrupt (mip and mie)" of the hypervisor chapter."""

from isa.causes import VU, S
from tests.rules.mutants import mutant
from tests.sim.model.bare import HANDLER, Bare

VSSI, VSTI, VSEI = 1 << 2, 1 << 6, 1 << 10
VS_ALL = VSSI | VSTI | VSEI
S_ALL = 1 << 1 | 1 << 5 | 1 << 9


@mutant("isa/csrs.py", "vssi        2  2  RO 1", "vssi        2  2  RW 1")
@mutant("hart.py", "self.mideleg = _reset(\"mideleg\", profile)", "self.mideleg = 0")
def test_vs_level_interrupts_are_always_delegated_past_m_mode() -> None:
    b = Bare()
    for written, read in ((0, VS_ALL), (-1, VS_ALL | S_ALL), (1 << 12, VS_ALL)):
        b.csr(mideleg=written)
        assert b.m.read_csr("mideleg") == read      # bit 12: no guest external interrupts here
    for code in (2, 6, 10):
        b = Bare()
        b.csr(mideleg=0, mie=VS_ALL, hvip=1 << code)
        b.mode(VU)
        r = b.step()
        assert (r["interrupt"], r["cause"], r["next_mode"], r["next_pc"]) == (1, code, S, HANDLER + 0x100)


@mutant("isa/csrs.py", "hideleg         0x603 | H | interrupts that go on to VS\n",
        "hideleg         0x603 | H | interrupts that go on to VS\n    ssi         1  1  RW 0\n")
def test_what_mideleg_does_not_delegate_is_zero_in_hideleg_hip_and_hie() -> None:
    for mideleg in (0, -1):
        b = Bare()
        b.csr(mideleg=mideleg, hideleg=-1, hie=-1, mie=-1, hvip=-1, mip=-1)
        for name in ("hideleg", "hie", "hip"):
            assert b.m.read_csr(name) & ~b.m.read_csr("mideleg") == 0
            assert b.m.read_csr(name) == VS_ALL


@mutant("isa/csrs.py", "vstie       6  6  RW 0", "vstie       6  6  RO 0")
@mutant("hart.py", "self.mip | self.hvip | self.lines", "self.mip | self.lines")
def test_mie_and_mip_have_the_vs_level_interrupts() -> None:
    b = Bare()
    b.csr(mie=-1, hvip=-1)
    assert b.m.read_csr("mie") & VS_ALL == VS_ALL
    assert b.m.read_csr("mip") & VS_ALL == VS_ALL
    assert b.m.read_csr("mie") & 1 << 12 == 0       # no guest external interrupts


@mutant("csr.py", "h.mie = h.mie & ~mask | shl(value, self.shift) & mask", "pass")
@mutant("csr.py", "return (h.mie & self.visible(h)) >> self.shift", "return h.hvip")
@mutant("csr.py", "return (h.pending() & self.visible(h)) >> self.shift", "return (h.hvip & self.visible(h)) >> self.shift")
def test_vs_level_bits_of_mip_and_mie_are_those_of_hip_and_hie() -> None:
    for code in (2, 6, 10):
        b = Bare()
        b.csr(hie=1 << code)
        assert b.m.read_csr("mie") == 1 << code
        b.csr(mie=VS_ALL ^ 1 << code)
        assert b.m.read_csr("hie") == VS_ALL ^ 1 << code
        b.csr(hvip=1 << code)
        assert b.m.read_csr("mip") == b.m.read_csr("hip") == 1 << code
    # VSTIP of the comparator, which no software bit holds, is in both; VSSIP is writable through both.
    b = Bare()
    b.csr(menvcfg=1 << 63)
    b.csr(henvcfg=1 << 63, stimecmp=-1, vstimecmp=0)
    assert b.m.read_csr("mip") == b.m.read_csr("hip") == VSTI
    for one, other in (("mip", "hip"), ("hip", "mip")):
        b.csr(**{one: VSSI})
        assert b.m.read_csr(other) & VSSI
        b.csr(**{one: 0})
        assert not b.m.read_csr(other) & VSSI
