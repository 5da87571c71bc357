"""HLV, HLVX and HSV: who may, with whose eyes, and what HLVX needs."""

import itertools

import pytest

from isa.causes import VS, VU, M, S, U
from isa.platform import BOOT_ROM, UART
from sim.model.masks import HU, MPRV, SPVP
from tests.sim.model.bare import DATA, LEAF, PA, PD, PR, PU, PV, PX, Bare, asm, sv39

LOADS = {"hlv.b": (0, True), "hlv.bu": (0, False), "hlv.h": (1, True), "hlv.hu": (1, False), "hlvx.hu": (1, False),
         "hlv.w": (2, True), "hlv.wu": (2, False), "hlvx.wu": (2, False), "hlv.d": (3, True)}
STORES = {"hsv.b": 0, "hsv.h": 1, "hsv.w": 2, "hsv.d": 3}
VA, GPA = 0x7000_0000, 0x4000_0000
MXR, SUM = 1 << 19, 1 << 18


def guest(first: int = LEAF, second: int = LEAF | PU, spvp: int = SPVP) -> Bare:
    """A machine whose guest sees DATA at VA."""
    b = Bare()
    root, g_root = b.table(), b.table(16384)
    b.map(root, VA, GPA, first)
    b.map(g_root, GPA, DATA, second)
    for page in range(DATA, DATA + 0x8_0000, 4096):
        b.map(g_root, page, page, LEAF | PU)
    b.csr(vsatp=sv39(root), hgatp=sv39(g_root), hstatus=spvp)
    b.x(x5=VA, x6=-0x5A5A_5A5A_5A5A_5A5A)
    b.put(DATA, [0x8182_8384_8586_8788], 8)
    return b


@pytest.mark.parametrize("mode", [M, S])
@pytest.mark.parametrize("name", LOADS)
def test_loads(name: str, mode: int) -> None:
    log2, signed = LOADS[name]
    b = guest()
    r = b.do(asm(name, rd=7, rs1=5), mode)
    raw = 0x8182_8384_8586_8788 % (1 << (8 << log2))
    value = raw - (1 << (8 << log2)) if signed else raw
    assert b.h.x[7] == value
    assert (r["mem_read"], r["mem_size"], r["mem_vaddr"], r["mem_paddr"], r["mem_rdata"]) == (1, log2, VA, DATA, raw)


@pytest.mark.parametrize("mode", [M, S])
@pytest.mark.parametrize("name", STORES)
def test_stores(name: str, mode: int) -> None:
    b = guest()
    r = b.do(asm(name, rs1=5, rs2=6), mode)
    size = 1 << STORES[name]
    expected = (-0x5A5A_5A5A_5A5A_5A5A) % (1 << 8 * size)
    assert int.from_bytes(b.m.read_memory(DATA, size), "little") == expected == r["mem_wdata"]
    assert b.m.read_memory(DATA + size, 8 - size) == (0x8182_8384_8586_8788).to_bytes(8, "little")[size:]


@pytest.mark.parametrize("name", [*LOADS, *STORES])
@pytest.mark.parametrize("hu", [0, HU])
def test_who_may(name: str, hu: int) -> None:
    for mode, expected in ((M, 0), (S, 0), (U, 0 if hu else 2), (VS, 22), (VU, 22)):
        b = guest()
        b.csr(hstatus=SPVP | hu)
        if mode in (VS, VU):
            b.csr(vsatp=0, hgatp=0)
        r = b.do(asm(name, rd=7, rs1=5, rs2=6) if name in LOADS else asm(name, rs1=5, rs2=6), mode)
        assert (r["trap"], r["cause"]) == (int(expected != 0), expected), mode


@pytest.mark.parametrize(("spvp", "user_page", "sum_"), list(itertools.product((0, SPVP), (0, PU), (0, SUM))))
def test_spvp_is_the_privilege_and_only_the_sum_of_the_guest_counts(spvp: int, user_page: int, sum_: int) -> None:
    b = guest(LEAF | user_page, spvp=spvp)
    b.csr(vsstatus=sum_, mstatus=0 if sum_ else SUM)
    allowed = (not user_page or sum_) if spvp else user_page
    r = b.do(asm("hlv.d", rd=7, rs1=5), S)
    assert r["trap"] == (not allowed) and (allowed or (r["cause"], r["gva"], r["tval"]) == (13, 1, VA))


def test_mprv_does_not_matter() -> None:
    for mstatus in (MPRV | 3 << 11, MPRV, MPRV | 1 << 11 | 1 << 39):
        b = guest()
        b.csr(mstatus=mstatus)
        assert b.do(asm("hlv.d", rd=7, rs1=5), M)["mem_paddr"] == DATA


@pytest.mark.parametrize(("first", "second", "hlv", "hlvx"), [
    (LEAF, LEAF | PU, 0, 0),
    (PV | PA | PX, LEAF | PU, 13, 0),
    (PV | PA | PR, LEAF | PU, 0, 13),
    (LEAF, PV | PA | PU | PX, 21, 0),
    (LEAF, PV | PA | PU | PR, 0, 21),
    (PV | PA | PD | PR, PV | PA | PU | PX, 21, 13),
])
def test_hlvx_needs_x_instead_of_r_in_both_stages_and_faults_as_a_load(first: int, second: int, hlv: int, hlvx: int) -> None:
    b = guest(first, second)
    # In either order: what one of them may does not leak to the other.
    for name, cause in (("hlvx.wu", hlvx), ("hlv.wu", hlv), ("hlvx.wu", hlvx), ("hlv.wu", hlv)):
        r = b.do(asm(name, rd=7, rs1=5), S)
        assert (r["cause"], r["gva"], r["tval"]) == (cause, int(cause != 0), VA if cause else 0), name
        if cause:
            assert r["tinst"] == asm(name, rd=7) and r["tval2"] == (GPA >> 2 if cause == 21 else 0)


def test_mxr_makes_execute_only_pages_readable_by_hlv() -> None:
    b = guest(PV | PA | PX)
    b.csr(vsstatus=MXR)
    assert not b.do(asm("hlv.d", rd=7, rs1=5), S)["trap"]
    b = guest(PV | PA | PX, PV | PA | PU | PX)
    b.csr(vsstatus=MXR)
    assert b.do(asm("hlv.d", rd=7, rs1=5), S)["cause"] == 21
    b.csr(mstatus=MXR)
    assert not b.do(asm("hlv.d", rd=7, rs1=5), S)["trap"]


def test_hlvx_needs_memory_that_can_be_fetched() -> None:
    for address, hlvx in ((UART.base, 5), (BOOT_ROM.base, 0)):
        b = guest()
        b.csr(vsatp=0, hgatp=0)
        b.x(x5=address)
        assert b.do(asm("hlvx.hu", rd=7, rs1=5), S)["cause"] == hlvx
        assert not b.do(asm("hlv.hu", rd=7, rs1=5), S)["trap"]


def test_a_fault_in_hs_leaves_spv_clear_and_spvp_alone() -> None:
    b = guest(0)
    b.csr(medeleg=-1)
    r = b.do(asm("hsv.w", rs1=5, rs2=6), S)
    assert (r["cause"], r["next_mode"], r["gva"]) == (15, S, 1)
    assert b.m.read_csr("hstatus") & (1 << 6 | 1 << 7 | 1 << 8) == 1 << 6 | SPVP


def test_an_hlv_does_not_change_what_a_load_sees() -> None:
    b = guest()
    b.do(asm("hlv.d", rd=7, rs1=5), S)
    assert b.do(asm("ld", rd=7, rs1=5), S)["cause"] == 5
