"""envcfg and stateen: legal values, and what a bit that is zero above does to the same bit below."""

import pytest

from isa.causes import VS, VU, M, S, U
from isa.profile import BUILT, PROFILES, Profile
from tests.sim.model.bare import Bare, asm

FULL = PROFILES["full"]
CBIE, CBCFE, CBZE, ADUE, STCE = 3 << 4, 1 << 6, 1 << 7, 1 << 61, 1 << 63
ENVCFG, BIT63 = 1 << 62, 1 << 63
ILLEGAL, VIRTUAL = 2, 22


@pytest.mark.parametrize("name", ["menvcfg", "henvcfg", "senvcfg"])
def test_the_reserved_value_of_cbie_becomes_0(name: str) -> None:
    m = Bare(FULL).m
    for cbie, kept in ((0, 0), (1, 1), (2, 0), (3, 3)):
        m.write_csr(name, CBCFE | 1 << 4)
        m.write_csr(name, CBCFE | cbie << 4)
        assert m.read_csr(name) == CBCFE | kept << 4


@pytest.mark.parametrize(("extension", "gone"), [("Zicbom", CBIE | CBCFE), ("Zicboz", CBZE), ("Svadu", ADUE), ("Sstc", STCE)])
def test_fields_of_extensions_that_are_not_there(extension: str, gone: int) -> None:
    m = Bare(FULL.without(extension, *(("Xdoppel",) if extension == "Svadu" else ()))).m
    everything = 1 | CBIE | CBCFE | CBZE | ADUE | STCE
    for name, fields in (("menvcfg", everything), ("henvcfg", everything), ("senvcfg", everything & 0xFF)):
        m.write_csr(name, -1)
        assert m.read_csr(name) == fields & ~gone


@pytest.mark.parametrize("bit", [ADUE, STCE])
def test_henvcfg_hides_a_bit_while_that_of_menvcfg_is_clear(bit: int) -> None:
    m = Bare(FULL).m
    m.write_csr("menvcfg", bit)
    m.write_csr("henvcfg", -1)
    assert m.read_csr("henvcfg") == 0xF1 | bit
    m.write_csr("menvcfg", 0)
    m.write_csr("henvcfg", 0)                           # changes nothing of what is hidden
    assert m.read_csr("henvcfg") == 0
    m.write_csr("menvcfg", bit)
    assert m.read_csr("henvcfg") == bit


def test_fiom_is_plain_storage_and_every_fence_is_a_full_one() -> None:
    b = Bare(FULL)
    for name in ("menvcfg", "henvcfg", "senvcfg"):
        b.csr(**{name: 1})
        assert b.m.read_csr(name) == 1
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F)
    for mode in (M, S, U, VS, VU):
        assert b.do(asm("fence", imm=0xF), mode)["trap"] == 0


@pytest.mark.parametrize("n", range(4))
def test_hstateen_hides_bits_while_those_of_mstateen_are_clear(n: int) -> None:
    m = Bare(FULL).m
    bits = BIT63 | (ENVCFG if n == 0 else 0)
    m.write_csr(f"hstateen{n}", -1)
    assert m.read_csr(f"hstateen{n}") == 0
    m.write_csr(f"mstateen{n}", -1)
    assert m.read_csr(f"hstateen{n}") == 0              # what was not writable was not kept
    m.write_csr(f"hstateen{n}", -1)
    assert m.read_csr(f"hstateen{n}") == bits
    m.write_csr(f"mstateen{n}", 0)
    assert m.read_csr(f"hstateen{n}") == 0
    m.write_csr(f"hstateen{n}", 0)
    m.write_csr(f"mstateen{n}", -1)
    assert m.read_csr(f"hstateen{n}") == bits


def test_c_needs_xdoppel_and_never_exists_below() -> None:
    for profile, c in ((FULL, 1), (FULL.without("Xdoppel"), 0)):
        m = Bare(profile).m
        for name in ("mstateen0", "hstateen0", "sstateen0"):
            m.write_csr(name, -1)
        assert [m.read_csr(name) & 1 for name in ("mstateen0", "hstateen0", "sstateen0")] == [c, 0, 0]


GATED = [("senvcfg", 0, ENVCFG, False), ("henvcfg", 0, ENVCFG, True), ("hisadis", 0, 1, True), ("hdcap", 0, 1, True),
         *((f"sstateen{n}", n, BIT63, False) for n in range(4)), *((f"hstateen{n}", n, BIT63, True) for n in range(4))]


@pytest.mark.parametrize(("name", "n", "bit", "hypervisor"), GATED, ids=[row[0] for row in GATED])
def test_who_reaches_what_a_bit_gates(name: str, n: int, bit: int, hypervisor: bool) -> None:
    for m_on, h_on in ((0, 0), (1, 0), (1, 1)):
        b = Bare(FULL)
        b.csr(pmpaddr0=-1, pmpcfg0=0x1F, **{f"mstateen{n}": -1, f"hstateen{n}": -1 if h_on else ~bit})
        b.csr(**{f"mstateen{n}": -1 if m_on else ~bit})
        below = ILLEGAL if not m_on else 0
        expected = {M: 0, S: below, U: ILLEGAL, VU: below or VIRTUAL, VS: below or (0 if h_on and not hypervisor else VIRTUAL)}
        for mode, cause in expected.items():
            assert b.do(asm("csrrs", rd=7, csr=name), mode)["cause"] == cause, (m_on, h_on, mode)


@pytest.mark.parametrize("other", [1, 2, 3])
def test_other_bits_and_other_registers_gate_nothing(other: int) -> None:
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F, mstateen0=ENVCFG, hstateen0=ENVCFG)
    assert b.do(asm("csrrs", rd=7, csr="senvcfg"), VS)["cause"] == 0
    assert b.do(asm("csrrs", rd=7, csr="sstateen0"), S)["cause"] == ILLEGAL
    b.csr(**{"mstateen0": BIT63, f"mstateen{other}": 0})
    assert b.do(asm("csrrs", rd=7, csr="hstateen0"), S)["cause"] == 0
    assert b.do(asm("csrrs", rd=7, csr=f"hstateen{other}"), S)["cause"] == ILLEGAL


def test_without_smstateen_nothing_is_gated() -> None:
    b = Bare(Profile("x", BUILT))
    assert b.do(asm("csrrs", rd=7, csr="henvcfg"), S)["cause"] == 0
    assert b.do(asm("csrrs", rd=7, csr="senvcfg"), VS)["cause"] == 0
    assert b.do(asm("csrrs", rd=7, csr="cycle") & 0xFFFFF | 0x30C << 20, M)["cause"] == ILLEGAL
