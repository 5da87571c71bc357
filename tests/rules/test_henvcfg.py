"""henvcfg ("Hypervisor Environment Configuration (henvcfg) Register")."""

from isa.causes import VS, S
from isa.profile import PROFILES
from tests.rules.csr import ALL, VIRTUAL, held, read
from tests.rules.guest import FETCH, LOAD, LW, PAGE_FAULT, STORE, VA, Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import LEAF, PA, PD, PU, Bare, asm

FIOM, PMM, ADUE, PBMTE, STCE = 1 << 0, 3 << 32, 1 << 61, 1 << 62, 1 << 63
NAME = "execution environment of VS and VU\n"


@mutant("isa/csrs.py", "henvcfg         0x60A", "henvcfg         0x60B")
@mutant("isa/csrs.py", NAME, NAME + "    top         40 40 RW 0\n")
def test_henvcfg_is_a_read_write_register_of_64_bits():
    b = Bare()
    b.csr(menvcfg=STCE)
    assert held(b, 0x60A, ALL) == STCE | FIOM and held(b, 0x60A, 0) == 0
    assert read(b, 0x60A, VS) == VIRTUAL


@mutant("isa/csrs.py", NAME + "    fiom        0  0  RW", NAME + "    fiom        0  0  RO")
def test_fiom_can_be_set_and_every_fence_orders_everything():
    b = Bare()
    for fiom in (FIOM, 0):
        assert held(b, "henvcfg", fiom) & FIOM == fiom
        assert not b.do(asm("fence"), VS)["trap"]


@mutant("isa/csrs.py", NAME, NAME + "    pbmte       62 62 RW 0\n")
@mutant("isa/paging.py", '("reserved", 63, 54)', '("reserved", 60, 54)')
def test_pbmte_is_zero_and_so_must_be_the_memory_types_of_ptes():
    for memory_type in (1, 2, 3):
        g = Guest(LEAF | memory_type << 61)
        assert held(g, "henvcfg", PBMTE) & PBMTE == 0
        assert g.at(VS) == -13


@mutant("isa/csrs.py", NAME, NAME + "    pmm         33 32 RW 0\n")
def test_pmm_is_zero():
    b = Bare()
    assert held(b, "henvcfg", PMM) == 0


def guest(first: int, second: int) -> Guest:
    """With Svadu: the leaves of the page under test in the two stages."""
    g = Guest(first, second, profile=PROFILES["full"])
    g.csr(menvcfg=ADUE, henvcfg=ADUE)
    return g


@mutant("translate.py", "(h.henvcfg & h.menvcfg if guest else h.menvcfg) & ADUE", "h.menvcfg & ADUE")
@mutant("translate.py", "(h.henvcfg & h.menvcfg if guest else h.menvcfg) & ADUE", "False")
@mutant("isa/csrs.py", "    adue        61 61 WARL 0 @Svadu", "    adue        61 61 RW 0")
def test_adue_lets_the_machine_set_a_and_d_in_the_vs_stage():
    for kind, bits in ((LOAD, PA), (STORE, PA | PD), (FETCH, PA)):
        g = guest(LEAF & ~(PA | PD), LEAF | PU)
        g.csr(henvcfg=0)
        assert g.access(kind, VS)["cause"] == PAGE_FAULT[kind]
        g.csr(henvcfg=ADUE)
        assert not g.access(kind, VS)["trap"]
        assert g.m.read_memory(g.pte, 1)[0] & (PA | PD) == bits
    b = Bare()                          # without Svadu
    b.csr(menvcfg=ADUE)
    assert held(b, "henvcfg", ADUE) == 0


@mutant("translate.py", "guest = a.mode & V", "guest = V")
def test_only_accesses_as_the_guest_set_a_in_its_tables():
    g = guest(LEAF & ~(PA | PD), LEAF | PU)
    g.x(x5=VA)
    g.csr(hstatus=1 << 8)
    assert g.do(LW, S)["cause"] == 5 and not g.m.read_memory(g.pte, 1)[0] & PA     # VA is a hole for HS-mode
    assert not g.do(asm("hlv.w", rd=1, rs1=5), S)["trap"] and g.m.read_memory(g.pte, 1)[0] & PA
