"""A register of plain storage, one that is constant, and one that takes part in translation."""

from isa.csrs import BY_NAME
from isa.profile import PROFILES
from sim.model.csr_register import Constant, Flushing, Register
from tests.sim.model.bare import DATA, Bare

FULL = PROFILES["full"]


def test_only_rw_fields_that_the_profile_has_are_stored() -> None:
    for profile, mask in ((FULL, 0x1F << 58), (FULL.without("H", "Xdoppel"), 7 << 60)):
        h = Bare(FULL).h
        register = Register(BY_NAME["mcyclecfg"], profile)
        register.write(h, -1)
        assert register.read(h) == h.mcyclecfg == register.read_for_write(h) == mask
        register.write(h, 0)
        assert h.mcyclecfg == 0


def test_a_constant_keeps_its_reset_value() -> None:
    h = Bare(FULL).h
    register = Constant(BY_NAME["hdcap"], FULL)
    register.write(h, 0)
    assert register.read(h) == 0xF01


def test_a_flushing_register_forgets_translations() -> None:
    b = Bare()
    b.h.r_tlbs[b.h.mode].fill(DATA, DATA)
    Flushing(BY_NAME["vsstatus"], FULL).write(b.h, 0)
    assert b.h.r_tlbs[b.h.mode].empty()
