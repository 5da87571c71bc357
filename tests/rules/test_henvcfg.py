"""henvcfg ("Hypervisor Environment Configuration (henvcfg) Register")."""

from isa.causes import VS
from tests.rules.csr import ALL, VIRTUAL, held, read
from tests.rules.guest import Guest
from tests.rules.mutants import mutant
from tests.sim.model.bare import LEAF, Bare, asm

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
