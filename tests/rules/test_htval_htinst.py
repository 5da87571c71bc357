"""htval and htinst ("Hypervisor Trap Value (htval)", "Hypervisor Trap Instruction (htinst)")."""

from isa.causes import VS, VU, M, S
from tests.rules.csr import ALL, held, read, write
from tests.rules.guest import GPA, GUEST_PAGE_FAULT, KINDS, LOAD, LW, VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import LEAF, Bare, asm

HTVAL = "htval           0x643 | H | guest physical address of a guest-page fault, >> 2\n"
HTINST = "htinst          0x64A | H | transformed instruction of a trap to HS\n"
TO_HS = 0xFC_B7FE


def faulting(first: int = LEAF, second: int = 0) -> Guest:
    """The page under test is missing in the G-stage; HS-mode handles everything."""
    g = Guest(first, second)
    g.csr(medeleg=TO_HS)
    return g


@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "h.htval, h.htinst = 0, t.tinst")
def test_htval_is_written_on_a_trap_into_hs_mode():
    g = faulting()
    assert held(g, 0x643, 5, M) == 5
    assert g.access(LOAD, VS)["next_mode"] == S and read(g, 0x643) == GPA >> 2


@mutant("translate.py", "lsr(gpa, 2)", "lsr(gpa & -4096, 2)")
@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "h.htval, h.htinst = t.tval2 or h.htval, t.tinst")
def test_htval_is_the_guest_physical_address_of_a_guest_page_fault_and_else_zero():
    for kind in KINDS:
        g = faulting()
        assert g.access(kind, VS, VA + 0x7F4)["cause"] == GUEST_PAGE_FAULT[kind]
        assert read(g, "htval") == GPA + 0x7F4 >> 2, kind
        g.do(asm("ecall"), VU)
        assert g.h.htval == 0


@mutant("isa/csrs.py", HTVAL + "    value       61 0  RW 0", HTVAL + "    value       61 1  RW 0")
@mutant("isa/csrs.py", HTVAL + "    value       61 0  RW 0", HTVAL + "    value       37 0  RW 0")
def test_htval_holds_zero_and_every_guest_physical_address():
    b = Bare()
    for value in (0, 1, (1 << 39) - 1, 0):
        assert held(b, "htval", value) == value


@mutant("isa/csrs.py", HTVAL + "    value       61 0  RW 0", HTVAL + "    value       63 0  RW 0")
def test_htval_has_62_bits():
    b = Bare()
    assert held(b, "htval", ALL) == ALL >> 2


@mutant("trap.py", "h.htval, h.htinst = t.tval2, t.tinst", "h.htval, h.htinst = t.tval2, 0")
def test_htinst_is_written_on_a_trap_into_hs_mode():
    g = faulting()
    assert held(g, 0x64A, 5, M) == 5
    assert g.access(LOAD, VS)["next_mode"] == S
    assert read(g, 0x64A) == LW & ~(0x1F << 15)
    g.do(asm("ecall"), VS)
    assert g.h.htinst == 0


@mutant("isa/csrs.py", HTINST + "    value       31 0  RW 0", HTINST + "    value       15 0  RW 0")
def test_htinst_holds_what_a_trap_writes():
    b = Bare()
    for value in (0, LW & ~(0x1F << 15), 0x3000, 0x3020, ALL >> 32):
        assert write(b, "htinst", value) == 0 and read(b, "htinst") == value


@mutant("isa/csrs.py", HTINST + "    value       31 0  RW 0", HTINST + "    value       63 0  RW 0")
def test_htinst_has_32_bits():
    b = Bare()
    assert held(b, "htinst", ALL) == ALL >> 32
