"""The CSRs of counters: which hpm counters there are, their events, and who may read them."""

import itertools

import pytest

from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES, Profile
from tests.sim.model.bare import Bare, asm

FULL = PROFILES["full"]
ILLEGAL, VIRTUAL = 2, 22
BUILT = range(3, 7)                     # hpm counters of FULL


def open_bare(profile: Profile = FULL) -> Bare:
    b = Bare(profile)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F)
    return b


def test_counters_that_are_not_built_are_read_only_zero() -> None:
    b = Bare(FULL)
    for n in range(3, 32):
        b.csr(**{f"mhpmcounter{n}": 1000 + n, f"mhpmevent{n}": 5})
        wanted = (1000 + n, 5) if n in BUILT else (0, 0)
        assert (b.m.read_csr(f"mhpmcounter{n}"), b.m.read_csr(f"mhpmevent{n}")) == wanted
        assert b.m.read_csr(f"hpmcounter{n}") == wanted[0]


def test_the_profile_says_how_many() -> None:
    for count in (1, 29):
        b = Bare(Profile("x", FULL.extensions, pmp_regions=8, hpm_counters=count))
        b.csr(**{f"mhpmcounter{n}": -1 for n in range(3, 32)}, mcounteren=-1, mcountinhibit=-1)
        bits = (1 << count) - 1 << 3
        assert sum(1 << n for n in range(3, 32) if b.m.read_csr(f"mhpmcounter{n}")) == bits
        assert (b.m.read_csr("mcounteren"), b.m.read_csr("mcountinhibit")) == (bits | 7, bits | 5)


@pytest.mark.parametrize(("written", "kept"), [
    (0, 0), (1, 1), (8, 8), (11, 11), (12, 0), (15, 0), (16, 0), (1 << 63 | 4, 4), (-1, 0)])
def test_a_value_that_names_no_event_becomes_0(written: int, kept: int) -> None:
    b = Bare(FULL)
    b.csr(mhpmevent4=5)
    b.csr(mhpmevent4=written)
    assert b.m.read_csr("mhpmevent4") == kept


def test_without_zihpm_m_mode_reads_zeros_and_others_have_no_such_csr() -> None:
    b = open_bare(FULL.without("Zihpm"))
    b.csr(mhpmcounter3=-1, mhpmevent3=-1, mcounteren=-1, mcountinhibit=-1)
    assert [b.m.read_csr(n) for n in ("mhpmcounter3", "mhpmevent3", "mcounteren", "mcountinhibit")] == [0, 0, 7, 5]
    for mode in (M, S):
        assert b.do(asm("csrrs", rd=7, csr="hpmcounter3"), mode)["cause"] == ILLEGAL


@pytest.mark.parametrize("n", [3, 6])
def test_who_may_read(n: int) -> None:
    bit = 1 << n
    for m, h, s in itertools.product((0, bit), repeat=3):
        b = open_bare()
        b.csr(mcounteren=m | ~bit, hcounteren=h | ~bit, scounteren=s | ~bit, **{f"mhpmcounter{n}": 77})
        expected = {M: 0, S: 0 if m else ILLEGAL, U: 0 if m and s else ILLEGAL,
                    VS: ILLEGAL if not m else 0 if h else VIRTUAL, VU: ILLEGAL if not m else 0 if h and s else VIRTUAL}
        for mode, cause in expected.items():
            r = b.do(asm("csrrs", rd=7, csr=f"hpmcounter{n}"), mode)
            assert (r["cause"], r["rd_value"]) == (cause, 0 if cause else 77), (m, h, s, mode)


def test_nobody_below_m_may_read_one_that_is_not_built() -> None:
    b = open_bare()
    b.csr(mcounteren=-1, hcounteren=-1, scounteren=-1)
    assert [b.do(asm("csrrs", rd=7, csr="hpmcounter7"), mode)["cause"] for mode in (M, S, U, VS, VU)] == [0] + [ILLEGAL] * 4


def test_the_view_from_below_is_read_only() -> None:
    b = open_bare()
    assert b.do(asm("csrrw", rs1=5, csr="hpmcounter3"), M)["cause"] == ILLEGAL
