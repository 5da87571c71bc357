"""hvip, hip and hie ("Hypervisor Interrupt (hvip, hip, and hie) Registers")."""

from isa.causes import VS, VU, M, S, U
from tests.rules.csr import ALL, held, read, write
from tests.rules.irq import S_LEVEL, SIE, VS_LEVEL, taken
from tests.rules.mutants import mutant
from tests.sim.model.bare import Bare

SSI, VSSI, STI, VSTI, SEI, VSEI = 1, 2, 5, 6, 9, 10
VSSIP, VSTIP, VSEIP = 1 << VSSI, 1 << VSTI, 1 << VSEI
STCE = 1 << 63
WRITE_HVIP = "h.hvip = h.hvip & ~(mask & VSSIP) | value & mask & VSSIP"


@mutant("isa/csrs.py", "    vseip       10 10 RW 0", "    vseip       10 10 RO 0")
def test_hvip_is_a_read_write_register():
    b = Bare()
    assert held(b, 0x645, VS_LEVEL) == VS_LEVEL and held(b, 0x645, 0) == 0


@mutant("isa/csrs.py", "    vseip       10 10 RW 0", "    vseip       10 10 RW 0\n    lcofip      13 13 RW 0")
def test_hvip_has_the_standard_vs_level_interrupts_and_no_more():
    b = Bare()
    assert held(b, "hvip", ALL) == VS_LEVEL


@mutant("hart.py", "self.mip | self.hvip | self.lines", "self.mip | self.lines")
def test_a_bit_of_hvip_asserts_its_interrupt():
    for code in (VSEI, VSTI, VSSI):
        b = Bare()
        b.csr(mie=VS_LEVEL)
        assert taken(b, VU) is None
        write(b, "hvip", 1 << code)
        assert read(b, "hip") == 1 << code and taken(b, VU) == (S, code)


@mutant("csr.py", "h.mie = h.mie & ~mask | shl(value, self.shift) & mask", "h.mie = h.mie | shl(value, self.shift) & mask")
@mutant("csr.py", WRITE_HVIP, "h.hvip |= value & mask & VSSIP")
def test_hip_and_hie_are_read_write_registers():
    b = Bare()
    assert held(b, 0x604, VS_LEVEL) == VS_LEVEL and held(b, 0x604, 0) == 0
    assert held(b, 0x644, VSSIP) == VSSIP and held(b, 0x644, 0) == 0


@mutant("isa/csrs.py", "    vstip       6  6  VIEW 0 mip", "    vstip       6  6  RO 0")
def test_hip_shows_the_pending_vs_level_interrupts():
    b = Bare()
    for pending in (VSSIP, VSTIP, VSEIP, VS_LEVEL, 0):
        b.csr(mip=S_LEVEL, hvip=pending)
        assert read(b, "hip") == pending


@mutant("isa/csrs.py", "    vstie       6  6  VIEW 0 mie", "    vstie       6  6  RO 0")
def test_hie_enables_the_interrupts_of_hip():
    for code in (VSSI, VSTI, VSEI):
        b = Bare()
        b.csr(hvip=VS_LEVEL)
        assert taken(b, U) is None
        write(b, "hie", 1 << code)
        assert taken(b, U) == (S, code)


@mutant("csr.py", WRITE_HVIP, "h.hvip = h.hvip & ~mask | value & mask")
def test_only_vssip_can_be_written_in_hip():
    b = Bare()
    assert held(b, "hip", ALL) == VSSIP


@mutant("isa/csrs.py", "    vssie       2  2  VIEW 0 mie", "    vssie       2  2  RO 0")
@mutant("csr.py", "return self.bits & h.mideleg", "return (self.bits | 1 << 12) & (h.mideleg | 1 << 12)")
def test_hie_holds_the_vs_level_interrupts_and_no_more():
    b = Bare()
    assert held(b, "hie", ALL) == VS_LEVEL


@mutant("isa/csrs.py", "    vseie       10 10 VIEW 0 mie", "    vseie       10 10 VIEW 0 mie\n    seie        9  9  VIEW 0 mie")
@mutant("isa/csrs.py", "    vseip       10 10 VIEW 0 mip", "    vseip       10 10 VIEW 0 mip\n    ssip        1  1  VIEW 0 mip")
def test_a_bit_writable_in_sie_is_zero_in_hip_and_hie():
    b = Bare()
    b.csr(mideleg=S_LEVEL, mip=S_LEVEL, hvip=VS_LEVEL)
    write(b, "hie", ALL)
    write(b, "sie", ALL)
    assert read(b, "sie") == S_LEVEL == read(b, "sip")
    assert read(b, "hie") & read(b, "sie") == 0 == read(b, "hip") & read(b, "sip")


@mutant("interrupts.py", "h.mode != S or h.mstatus & SIE", "h.mode != S")
@mutant("interrupts.py", "h.mode != S or h.mstatus & SIE", "h.mode & 3 == 0")
@mutant("interrupts.py", "ready & h.mideleg & ~h.hideleg", "ready & h.mideleg")
def test_an_interrupt_traps_to_hs_mode_when_it_is_enabled_pending_and_not_delegated_further():
    for code, enable in ((SSI, "sie"), (VSSI, "hie")):
        for mode, sie, trapped in ((S, SIE, True), (S, 0, False), (U, 0, True), (VS, 0, True), (VU, 0, True), (M, SIE, False)):
            b = Bare()
            b.csr(mideleg=S_LEVEL, mstatus=sie, mip=1 << SSI, hvip=VSSIP)
            assert taken(b, mode) is None
            write(b, enable, 1 << code, M)
            assert taken(b, mode) == ((S, code) if trapped else None), (code, mode, sie)
            b.csr(hideleg=VSSIP, mstatus=sie)
            assert (taken(b, mode) == (S, code)) == (trapped and code == SSI)


@mutant("csr.py", WRITE_HVIP, "h.hvip |= value & mask & VSSIP")
@mutant("csr.py", WRITE_HVIP, "h.hvip = h.hvip & ~mask | value & mask")
def test_a_pending_interrupt_is_cleared_in_hip_where_writable_and_else_in_hvip():
    b = Bare()
    b.csr(hvip=VS_LEVEL)
    assert held(b, "hip", 0) == VSTIP | VSEIP
    write(b, "hvip", 0)
    assert read(b, "hip") == 0


@mutant("isa/csrs.py", "    vseie       10 10 VIEW 0 mie", "    vseie       10 10 RO 0")
def test_hie_is_writable_where_an_interrupt_can_become_pending_in_hip():
    b = Bare()
    b.csr(hvip=ALL)
    assert read(b, "hip") == VS_LEVEL == held(b, "hie", ALL)


@mutant("isa/csrs.py", "    vseip       10 10 VIEW 0 mip", "    vseip       10 10 RO 0")
@mutant("csr.py", WRITE_HVIP, "h.hvip = h.hvip & ~mask | value & mask")
def test_vseip_is_that_of_hvip_and_read_only_in_hip():
    b = Bare()
    b.csr(mip=1 << SEI)                 # an interrupt for HS-mode: it is no source of VSEIP
    assert read(b, "hip") == 0 and held(b, "hip", VSEIP) == 0
    write(b, "hvip", VSEIP)
    assert read(b, "hip") == VSEIP and held(b, "hip", 0) == VSEIP
    assert taken(b, U) is None
    write(b, "hie", VSEIP)
    assert taken(b, U) == (S, VSEI)


@mutant("hart.py", "mip |= VSTIP", "mip |= 0")
@mutant("hart.py", "ult(self.time + self.htimedelta, self.vstimecmp)", "ult(self.time, self.vstimecmp)")
def test_vstip_is_that_of_hvip_or_the_signal_of_vstimecmp():
    b = Bare()
    b.csr(menvcfg=STCE, henvcfg=STCE, htimedelta=1 << 32, hideleg=VSTIP)
    b.h.set_time(1000)
    for vstimecmp, hvip, pending in ((0x1_0000_0000, 0, 1), (0x1_FFFF_FFFF, 0, 0), (0x1_FFFF_FFFF, VSTIP, 1), (1000, VSTIP, 1)):
        b.csr(vstimecmp=vstimecmp, hvip=hvip)
        assert read(b, "hip", M) == read(b, "hip") == pending * VSTIP
        assert read(b, "sip", VS) == pending << STI
        assert held(b, "hip", (1 - pending) * VSTIP) == pending * VSTIP


@mutant("csr.py", WRITE_HVIP, "h.hvip = h.hvip")
def test_vssip_is_the_same_bit_in_hip_and_hvip():
    b = Bare()
    for value in (VSSIP, 0):
        write(b, "hip", value)
        assert read(b, "hvip") == value
    for value in (VSSIP, 0):
        write(b, "hvip", value)
        assert read(b, "hip") == value


@mutant("isa/causes.py", '"MTI", "SEI", "SSI"', '"MTI", "SSI", "SEI"')
@mutant("isa/causes.py", '"VSEI", "VSSI", "VSTI")\n', '"VSSI", "VSEI", "VSTI")\n')
def test_priority_of_interrupts_for_hs_mode():
    b = Bare()
    b.csr(mideleg=S_LEVEL, mip=S_LEVEL, hvip=VS_LEVEL)
    enabled = S_LEVEL | VS_LEVEL
    for code in (SEI, SSI, STI, VSEI, VSSI, VSTI):
        b.csr(mie=enabled)
        assert taken(b, VU) == (S, code)
        enabled &= ~(1 << code)
    assert enabled == 0
