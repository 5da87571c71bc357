"""The registers of Xdoppel: who reaches them, and which bits they have."""

from dataclasses import replace

from isa.causes import EXC, MODES, VS, VU, M, S, U
from isa.profile import PROFILES
from tests.sim.model.bare import Bare, asm

FULL = PROFILES["full"]
ILLEGAL, VIRTUAL = EXC["ILLEGAL_INSTRUCTION"], EXC["VIRTUAL_INSTRUCTION"]
# What a write of ones leaves behind with 56 bits of physical address.
BITS = {"hple": 0xE000_FFFF_FFFF_FFFF, "hisadis": 0x3FF, "hpmla": 0x00FF_FFFF_FFFF_F001, "hpmli": 0x3FF,
        "hioba": 0x00FF_FFFF_FFFF_E000, "hiobg": 0xFFFF_01FF_FFFF_F001, "hiobh": 0x00FF_FFFF_FFFF_F000}


def bare() -> Bare:
    b = Bare(FULL)
    b.csr(pmpaddr0=-1, pmpcfg0=0x1F)
    return b


def test_reset_and_legal_values() -> None:
    b = bare()
    for name, mask in BITS.items():
        assert b.m.read_csr(name) == 0
        b.csr(**{name: -1})
        assert b.m.read_csr(name) == mask, name
        b.csr(**{name: 0})
        assert b.m.read_csr(name) == 0
    assert b.m.read_csr("hdcap") == 0xF01
    assert b.m.read_csr("misa") >> 23 & 1 == 1


def test_addresses_are_as_wide_as_the_harts() -> None:
    b = Bare(replace(FULL, pa_bits=40))
    for name, low in (("hpmla", 0xFFF), ("hioba", 0x1FFF), ("hiobh", 0xFFF)):
        b.csr(**{name: -1 & ~1})
        assert b.m.read_csr(name) == (1 << 40) - 1 - low


def test_mstateen0_c_opens_them_to_hs() -> None:
    """Cause of reading, by mode, without and with C; a write of the read-only one is illegal everywhere."""
    closed = {M: 0, S: ILLEGAL, U: ILLEGAL, VS: ILLEGAL, VU: ILLEGAL}
    opened = {M: 0, S: 0, U: ILLEGAL, VS: VIRTUAL, VU: VIRTUAL}
    for c, expected in ((0, closed), (1, opened)):
        for name in (*BITS, "hdcap"):
            for mode in MODES:
                b = bare()
                b.csr(mstateen0=c)
                assert b.do(asm("csrrs", rd=5, csr=name), mode)["cause"] == expected[mode], (name, mode, c)
                written = ILLEGAL if name == "hdcap" else expected[mode]
                assert b.do(asm("csrrw", rs1=0, csr=name), mode)["cause"] == written, (name, mode, c)


def test_nobody_below_has_a_bit_for_it() -> None:
    b = bare()
    b.csr(mstateen0=-1, hstateen0=-1, sstateen0=-1)
    assert (b.m.read_csr("mstateen0") & 1, b.m.read_csr("hstateen0") & 1, b.m.read_csr("sstateen0")) == (1, 0, 0)


def test_medeleg_has_both_causes_and_hedeleg_neither() -> None:
    b = bare()
    b.csr(medeleg=-1, hedeleg=-1)
    assert b.m.read_csr("medeleg") >> 24 == 3 and b.m.read_csr("hedeleg") >> 24 == 0


def test_without_xdoppel_there_is_nothing() -> None:
    b = Bare(FULL.without("Xdoppel"))
    for name in (*BITS, "hdcap"):
        assert b.do(asm("csrrs", rd=5, csr=name))["cause"] == ILLEGAL
    b.csr(medeleg=-1, mstateen0=-1)
    assert (b.m.read_csr("medeleg") >> 24, b.m.read_csr("mstateen0") & 1, b.m.read_csr("misa") >> 23 & 1) == (0, 0, 0)
