"""hcounteren ("Hypervisor Counter-Enable (hcounteren) Register")."""

from isa.causes import VS, VU, M
from tests.rules.csr import ALL, ILLEGAL, VIRTUAL, held, read, write
from tests.rules.guest import full
from tests.rules.mutants import mutant
from tests.sim.model.bare import Bare

COUNTERS = {"cycle": 1 << 0, "time": 1 << 1, "instret": 1 << 2}
TM, STCE = 1 << 1, 1 << 63
NAME = "counters that VS and VU may read\n"
FIELDS = """    cy          0  0  RW 0
    tm          1  1  RW 0
    ir          2  2  RW 0
    hpm         31 3  """


@mutant("isa/csrs.py", NAME, NAME + "    top         32 32 RW 0\n")
def test_hcounteren_has_32_bits():
    b = Bare()
    assert held(b, 0x606, ALL) >> 32 == 0 and held(b, 0x606, 7) == 7


@mutant("csr_access.py", "allowed = h.hcounteren &", "allowed = -1 &")
@mutant("csr_access.py", "h.scounteren if h.mode == VU else -1", "-1")
def test_hcounteren_opens_counters_to_guests():
    b = Bare()
    for name, bit in COUNTERS.items():
        for m, h, s, vs, vu in ((0, 1, 1, ILLEGAL, ILLEGAL), (1, 0, 1, VIRTUAL, VIRTUAL), (1, 1, 0, 0, VIRTUAL),
                                (1, 1, 1, 0, 0)):
            b.csr(mcounteren=m * bit, hcounteren=h * bit, scounteren=s * bit)
            assert min(read(b, name, VS), 0) == vs and min(read(b, name, VU), 0) == vu, (name, m, h, s)


@mutant("csr_access.py", "h.henvcfg & STCE != 0 and h.hcounteren & TM != 0", "h.henvcfg & STCE != 0")
def test_tm_opens_the_timer_to_vs_mode():
    b = Bare()
    b.csr(menvcfg=STCE, henvcfg=STCE)
    for m, h, outcome in ((TM, 0, VIRTUAL), (0, TM, ILLEGAL), (TM, TM, 0)):
        b.csr(mcounteren=m, hcounteren=h)
        assert write(b, "stimecmp", 7, VS) == outcome
    assert read(b, "vstimecmp") == 7


@mutant("isa/csrs.py", NAME + FIELDS + "WARL 0 @Zihpm", NAME + FIELDS + "RW 0")
@mutant("csr_counters.py", "(1 << HPM.start + profile.hpm_counters) - (1 << HPM.start)", "0")
def test_bits_of_counters_that_exist_are_writable():
    for b, bits in ((Bare(), 0b111), (full(), 0b111_1111)):         # with Zihpm, of four counters
        assert held(b, "hcounteren", ALL) == bits == held(b, "mcounteren", ALL, M)
