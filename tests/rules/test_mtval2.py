"""Rules of mtval2 and mtinst: what they hold, and what a trap to M-mode writes there."""

from isa.causes import VS, M, S
from tests.rules.guest import FETCH, GPA, LOAD, STORE, VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import DATA, LEAF, PV, Bare, asm, sv39

ECALL = asm("ecall")
MTVAL2 = "mtval2          0x34B | H | guest physical address of a guest-page fault, >> 2\n"
MTINST = "mtinst          0x34A | H | transformed instruction of a trap to M\n"


def without_page() -> Guest:
    """Loads, stores and fetches of VA are guest-page faults that go to M-mode."""
    return Guest(second=0)


@mutant("isa/csrs.py", MTVAL2 + "    value       61 0  RW 0", MTVAL2 + "    value       31 0  RW 0")
@mutant("trap.py", "h.mtval2, h.mtinst = t.tval2, t.tinst", "h.mtinst = t.tinst")
def test_mtval2_is_read_and_written_and_a_trap_to_m_puts_information_there() -> None:
    g = without_page()
    for value in (0x1234_5678_9ABC, 0, 0xFFF_FFFF_FFFF):
        g.csr(mtval2=value)
        assert g.m.read_csr("mtval2") == value
    g.access(LOAD, VS, VA + 8)
    assert g.m.read_csr("mtval2") == GPA + 8 >> 2
    assert g.m.read_csr("mtval") == VA + 8


@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = 0")
@mutant("trap.py", "h.mtval2, h.mtinst = t.tval2, t.tinst", "h.mtval2, h.mtinst = t.tval2 or h.mtval2, t.tinst")
def test_a_guest_page_fault_puts_its_guest_physical_address_in_mtval2_and_other_traps_zero() -> None:
    g = without_page()
    for kind in (LOAD, STORE, FETCH):
        g.access(kind, VS, VA + 0x9A4)
        assert g.m.read_csr("mtval2") == GPA + 0x9A4 >> 2
        g.do(ECALL, VS)
        assert g.m.read_csr("mtval2") == 0
        g.access(kind, VS, VA + 0x1000)             # a page fault of the guest's own
        assert g.m.read_csr("mtval2") == 0


@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = 0 if purpose else lsr(gpa, 2)")
def test_a_guest_page_fault_on_a_vs_level_table_puts_the_address_of_the_entry_in_mtval2() -> None:
    nowhere = GPA + 0x10_0000
    for level in (1, 0):
        g = Guest()
        g.put(g.slot(g.root, VA, level + 1), [g.pte_of(nowhere, PV)], 8)
        assert g.access(LOAD, VS)["cause"] == 21
        assert g.m.read_csr("mtval2") == nowhere + 8 * (VA >> 12 + 9 * level & 511) >> 2
    g.csr(vsatp=sv39(nowhere))
    g.x(x5=VA)
    assert g.do(asm("hlv.w", rs1=5), M)["cause"] == 21
    assert g.m.read_csr("mtval2") == nowhere + 8 * (VA >> 30) >> 2


@mutant("access.py", "fetch_parcel(h, wrap(h.pc + 2))", "fetch_parcel(h, wrap(h.pc & -4096))")
@mutant("translate.py", "trap.tval2 = lsr(gpa, 2)", "trap.tval2 = lsr(gpa - 2, 2)")
def test_mtval2_is_of_the_part_of_an_instruction_that_faults() -> None:
    """The second half lies on a page that the G-stage lacks. Misaligned data accesses never get this far."""
    g = Guest()
    g.map(g.root, VA + 0x1000, GPA + 0x5000, LEAF)
    g.put(DATA + 0xFFE, [0x03], 2)                  # the first half of a load
    r = g.access(FETCH, VS, VA + 0xFFE)
    assert (r["cause"], r["tval"]) == (20, VA + 0x1000)
    assert g.m.read_csr("mtval2") == GPA + 0x5000 >> 2


@mutant("csr_register.py", "return old & ~self.mask | new & self.mask", "return old | new & self.mask")
def test_mtval2_can_hold_zero() -> None:
    b = Bare()
    b.csr(mtval2=-1)
    b.csr(mtval2=0)
    assert b.m.read_csr("mtval2") == 0


@mutant("isa/csrs.py", MTVAL2 + "    value       61 0  RW 0", MTVAL2 + "    value       38 0  RW 0")
@mutant("isa/csrs.py", MTVAL2 + "    value       61 0  RW 0", MTVAL2 + "    value       63 0  RW 0")
def test_mtval2_holds_62_bits() -> None:
    b = Bare()
    b.csr(mtval2=-1)
    assert b.m.read_csr("mtval2") == (1 << 62) - 1


@mutant("isa/csrs.py", MTINST + "    value       31 0  RW 0", MTINST)
@mutant("trap.py", "h.mtval2, h.mtinst = t.tval2, t.tinst", "h.mtval2 = t.tval2")
def test_mtinst_is_read_and_written_and_a_trap_to_m_tells_there_what_trapped() -> None:
    g = without_page()
    g.csr(mtinst=0x1234_5678)
    assert g.m.read_csr("mtinst") == 0x1234_5678
    g.access(LOAD, VS)
    assert g.m.read_csr("mtinst") == asm("lw", rd=1)
    g.do(ECALL, S)
    assert g.m.read_csr("mtinst") == 0


@mutant("isa/csrs.py", MTINST + "    value       31 0  RW 0", MTINST + "    value       11 0  RW 0")
def test_mtinst_can_hold_what_traps_write() -> None:
    b = Bare()
    for value in (0, 0x3000, 0x3020, asm("ld", rd=31), asm("amoadd.d", rd=31, rs2=31), asm("sd", rs2=31) & ~2):
        b.csr(mtinst=value)
        assert b.m.read_csr("mtinst") == value


@mutant("isa/csrs.py", MTINST + "    value       31 0  RW 0", MTINST + "    value       63 0  RW 0")
def test_mtinst_holds_32_bits() -> None:
    b = Bare()
    b.csr(mtinst=-1)
    assert b.m.read_csr("mtinst") == 0xFFFF_FFFF
