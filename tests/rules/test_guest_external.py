"""Guest external interrupts: this machine has none ("Hypervisor Guest External Interrupt Registers (hgeip and hgeie)")."""

from isa.causes import VS
from tests.rules.csr import ALL, ILLEGAL, VIRTUAL, held, read, write
from tests.rules.mutants import mutant
from tests.sim.model.bare import Bare

SGEI = 1 << 12                          # of hip and hie
VGEIN = 0x3F << 12                      # of hstatus


@mutant("csr.py", "return self.bits & h.mideleg", "return (self.bits | 1 << 12) & (h.mideleg | 1 << 12)")
def test_sgei_is_never_pending_and_cannot_be_enabled():
    b = Bare()
    write(b, "hgeie", ALL)
    assert held(b, "hip", ALL) & SGEI == 0 == held(b, "hie", ALL) & SGEI


@mutant("isa/csrs.py", "hgeip           0xE12", "hgeip           0x612")
def test_hgeip_is_a_read_only_register():
    b = Bare()
    assert read(b, 0xE12) == 0 and write(b, 0xE12, 0) == ILLEGAL
    assert read(b, 0xE12, VS) == VIRTUAL


@mutant("isa/csrs.py", "hgeie           0x607", "hgeie           0xE07")
def test_hgeie_is_a_read_write_register():
    b = Bare()
    assert write(b, 0x607, ALL) == 0 and read(b, 0x607) == 0


@mutant("isa/csrs.py", "interrupt enables; GEILEN = 0", "interrupt enables\n    value 1 1 RO 1")
@mutant("isa/csrs.py", "interrupts pending; GEILEN = 0", "interrupts pending\n    value 1 1 RO 1")
@mutant("isa/csrs.py", "    vgein       17 12 RO 0", "    vgein       17 12 RW 0")
def test_geilen_is_0():
    b = Bare()
    assert held(b, "hgeie", ALL) == 0 == read(b, "hgeip")
    assert held(b, "hstatus", VGEIN) & VGEIN == 0
