"""htimedelta ("Hypervisor Time Delta (htimedelta) Register")."""

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from tests.rules.csr import ALL, held, read
from tests.rules.mutants import mutant
from tests.sim.model.bare import Bare

TM = 1 << 1


@mutant("csr_counters.py", "wrap(h.time + h.htimedelta) if h.mode & V", "h.time if h.mode & V")
@mutant("csr_counters.py", "wrap(h.time + h.htimedelta) if h.mode & V", "wrap(h.time + h.htimedelta) if h.mode != 1")
def test_a_guest_sees_the_time_displaced_by_htimedelta():
    b = Bare()
    b.csr(mcounteren=TM, hcounteren=TM, scounteren=TM)
    for delta in (1 << 40, ALL, 0):
        assert held(b, 0x605, delta) == delta
        for mode in (M, S, U, VS, VU):
            b.h.set_time(1000)
            assert read(b, "time", mode) == 1000 + (delta if mode in (VS, VU) else 0) & ALL


@mutant("isa/csrs.py", "htimedelta      0x605 | H |", "htimedelta      0x605 | Smstateen |")
def test_where_there_is_time_there_is_htimedelta():
    for profile in PROFILES.values():
        b = Bare(profile)
        assert read(b, "time", M) >= 0 and read(b, "htimedelta", M) == 0
