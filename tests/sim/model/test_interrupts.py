"""Which interrupt, when, and to which mode."""

import itertools

import pytest

from isa.causes import INTERRUPT_PRIORITY, IRQ, VS, VU, M, S, U
from sim.model.interrupts import takeable
from sim.model.masks import MEIP, MIE, MSIP, MTIP, SEIP, SIE
from tests.sim.model.bare import CODE, HANDLER, PLAIN, Bare

ALL_M = MSIP | MTIP | MEIP
VS_ALL = 0x444


def pend(b: Bare, name: str) -> None:
    """Make one interrupt pending by the means that it has, and enable it."""
    lines = {"MSI": MSIP, "MTI": MTIP, "MEI": MEIP, "SEI": SEIP}
    b.h.lines |= lines.get(name, 0)
    if name in ("SSI", "STI"):
        b.h.mip |= 1 << IRQ[name]
    if name.startswith("VS"):
        b.csr(hvip=b.m.read_csr("hvip") | 1 << IRQ[name])
    b.csr(mie=b.m.read_csr("mie") | 1 << IRQ[name])


def target(name: str, mideleg: int, hideleg: int) -> int:
    if not (mideleg | VS_ALL) >> IRQ[name] & 1:
        return M
    return VS if hideleg >> IRQ[name] & 1 else S


@pytest.mark.parametrize("name", INTERRUPT_PRIORITY)
@pytest.mark.parametrize("mideleg", [0, 0x222])
@pytest.mark.parametrize("hideleg", [0, VS_ALL])
def test_enabled_below_the_target_and_by_its_own_bit_in_it(name: str, mideleg: int, hideleg: int) -> None:
    to = target(name, mideleg, hideleg)
    for mode, mie, sie, vsie in itertools.product((U, S, M, VU, VS), (0, MIE), (0, SIE), (0, SIE)):
        b = Bare()
        b.csr(mideleg=mideleg, hideleg=hideleg, mstatus=mie | sie, vsstatus=vsie)
        pend(b, name)
        b.mode(mode)
        expected = {M: mode != M or mie, S: mode in (U, VU, VS) or mode == S and sie,
                    VS: mode == VU or mode == VS and vsie}[to]
        assert (takeable(b.h) == IRQ[name]) == bool(expected)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(INTERRUPT_PRIORITY, 2)))
def test_priority_within_one_target(first: str, second: str) -> None:
    for mideleg, hideleg in ((0, 0), (0x222, 0), (0x222, VS_ALL)):
        if target(first, mideleg, hideleg) != target(second, mideleg, hideleg):
            continue
        b = Bare()
        b.csr(mideleg=mideleg, hideleg=hideleg)
        pend(b, second)
        pend(b, first)
        b.mode(VU)
        assert takeable(b.h) == IRQ[first]


def test_a_higher_target_wins_over_a_higher_priority() -> None:
    b = Bare()
    b.csr(mideleg=1 << IRQ["SEI"])
    pend(b, "SEI")
    pend(b, "STI")
    b.mode(U)
    assert takeable(b.h) == IRQ["STI"]       # STI goes to M, SEI to S
    b = Bare()
    b.csr(hideleg=1 << IRQ["VSEI"])
    pend(b, "VSEI")
    pend(b, "VSTI")
    b.mode(VU)
    assert takeable(b.h) == IRQ["VSTI"]      # VSTI goes to HS, VSEI to VS


@pytest.mark.parametrize("name", ["VSSI", "VSTI", "VSEI"])
def test_a_vs_interrupt_appears_to_the_guest_one_lower_also_in_the_vector(name: str) -> None:
    b = Bare()
    b.csr(hideleg=VS_ALL, vstvec=HANDLER | 1)
    pend(b, name)
    b.put(CODE, [0x13])
    b.h.pc = CODE
    b.mode(VU)
    r = b.step()
    assert (r["interrupt"], r["cause"], r["next_mode"]) == (1, IRQ[name] - 1, VS)
    assert r["next_pc"] == HANDLER + 4 * (IRQ[name] - 1)
    assert b.m.read_csr("vscause") == 1 << 63 | IRQ[name] - 1
    assert (r["insn"], r["compressed"], r["tval"], r["tinst"], r["pc"]) == (0, 0, 0, 0, CODE)


def test_the_same_interrupt_keeps_its_code_in_hs() -> None:
    b = Bare()
    b.csr(stvec=HANDLER | 1)
    pend(b, "VSTI")
    b.mode(VS)
    r = b.step()
    assert (r["cause"], r["next_mode"], r["next_pc"]) == (6, S, HANDLER + 24)


def test_comparators_of_sstc() -> None:
    stce = 1 << 63
    b = Bare()
    b.h.time = 100
    b.csr(stimecmp=100, vstimecmp=90, htimedelta=-10, mie=-1)
    assert b.h.pending() == 0
    b.csr(menvcfg=stce)
    assert b.h.pending() == 1 << 5
    b.csr(henvcfg=stce)
    assert b.h.pending() == 1 << 5 | 1 << 6
    b.csr(vstimecmp=91, stimecmp=101)
    assert b.h.pending() == 0
    b.csr(htimedelta=-101)                  # time + htimedelta wraps to the largest value
    assert b.h.pending() == 1 << 6
    b.csr(menvcfg=0)
    assert b.h.pending() == 0


def test_hvip_and_vstimecmp_are_ored() -> None:
    b = Bare()
    b.csr(hvip=1 << 6, menvcfg=1 << 63, henvcfg=1 << 63, vstimecmp=-1)
    assert b.m.read_csr("hip") == 1 << 6
    b.csr(hvip=0, vstimecmp=0)
    assert (b.m.read_csr("hip"), b.m.read_csr("hvip")) == (1 << 6, 0)


def test_without_h_only_m_and_s_interrupts_exist() -> None:
    b = Bare(PLAIN.without("H"))
    b.csr(mie=-1, mideleg=-1, mip=-1)
    assert (b.m.read_csr("mie"), b.m.read_csr("mideleg"), b.m.read_csr("mip")) == (0xAAA, 0x222, 0x222)
