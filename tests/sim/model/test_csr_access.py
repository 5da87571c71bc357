"""Illegal instruction, virtual instruction or success: every CSR in every mode, under every enable bit that matters."""

import itertools

import pytest

from isa import csrs
from isa.causes import VS, VU, M, S, U
from isa.profile import PROFILES
from tests.sim.model.bare import CSR, PLAIN, Bare, asm

OK, II, VI = 0, 2, 22
STCE = 1 << 63
FULL = PROFILES["full"]
ALL_ON = {"mcounteren": -1, "hcounteren": -1, "scounteren": -1, "menvcfg": STCE, "henvcfg": STCE,
          **{f"mstateen{n}": -1 for n in range(4)}, **{f"hstateen{n}": -1 for n in range(4)}, "pmpaddr0": -1, "pmpcfg0": 0x1F}
HPM_ABOVE = {f"hpmcounter{n}" for n in range(7, 32)}        # read-only zero, and so are their counter-enable bits
TVM, VTVM = 1 << 20, 1 << 20


def outcome(b: Bare, name: str, mode: int, write: bool) -> int:
    r = b.do(asm("csrrs", rd=1, rs1=5 if write else 0, csr=name), mode)
    return r["cause"] if r["trap"] else OK


def level(name: str) -> str:
    number = CSR[name]
    return {0: "user", 1: "supervisor", 2: "hypervisor", 3: "machine"}[number >> 8 & 3]


BY_LEVEL = {  # with every enable on
    "user":       {M: OK, S: OK, U: OK, VS: OK, VU: OK},
    "supervisor": {M: OK, S: OK, U: II, VS: OK, VU: VI},
    "hypervisor": {M: OK, S: OK, U: II, VS: VI, VU: VI},
    "machine":    {M: OK, S: II, U: II, VS: II, VU: II},
}


@pytest.mark.parametrize("mode", [M, S, U, VS, VU])
def test_every_csr_by_level(mode: int) -> None:
    b = Bare(FULL)
    for row in csrs.CSRS:
        if row.name in HPM_ABOVE:
            continue
        b.csr(**ALL_ON, mstatus=0)
        assert outcome(b, row.name, mode, False) == BY_LEVEL[level(row.name)][mode], row.name
        expected = II if row.number >> 10 == 3 else BY_LEVEL[level(row.name)][mode]
        b.x(x5=0)
        assert outcome(b, row.name, mode, True) == expected, row.name


@pytest.mark.parametrize("mode", [M, S, U, VS, VU])
def test_unknown_numbers_are_illegal_even_for_guests(mode: int) -> None:
    b = Bare()
    for number in (0x015, 0x1FF, 0x2FF, 0x6FF, 0x3A0, 0x3B0, 0x7C0, 0xC03, 0xC80, 0xDA0, 0x30C, 0x60C, 0x10C, 0x5A8):
        r = b.do(asm("csrrs", rd=1, csr="cycle") & 0xFFFFF | number << 20, mode)
        assert (r["trap"], r["cause"]) == (1, II), hex(number)


@pytest.mark.parametrize(("name", "bit"), [("cycle", 1), ("time", 2), ("instret", 4)])
def test_counters(name: str, bit: int) -> None:
    for m, h, s, mode in itertools.product((0, bit), (0, bit), (0, bit), (M, S, U, VS, VU)):
        b = Bare()
        b.csr(mcounteren=m | 7 & ~bit, hcounteren=h | 7 & ~bit, scounteren=s | 7 & ~bit)
        if mode == M:
            expected = OK
        elif not m:
            expected = II
        elif mode == U:
            expected = OK if s else II
        elif mode == VS:
            expected = OK if h else VI
        elif mode == VU:
            expected = OK if h and s else VI
        else:
            expected = OK
        assert outcome(b, name, mode, False) == expected, (m, h, s, mode)


@pytest.mark.parametrize("name", ["stimecmp", "vstimecmp"])
def test_timer_comparators(name: str) -> None:
    for stce, hstce, m, h, mode in itertools.product((0, STCE), (0, STCE), (0, 2), (0, 2), (M, S, U, VS, VU)):
        b = Bare()
        b.csr(menvcfg=STCE)
        b.csr(henvcfg=hstce, mcounteren=m, hcounteren=h)
        b.csr(menvcfg=stce)
        if mode == M:
            expected = OK
        elif not (stce and m) or mode == U:
            expected = II
        elif mode == S:
            expected = OK
        elif name == "vstimecmp" or mode == VU:
            expected = VI
        else:
            expected = OK if hstce and h else VI
        assert outcome(b, name, mode, False) == expected, (stce, hstce, m, h, mode)


def test_stimecmp_of_a_guest_is_vstimecmp() -> None:
    b = Bare(FULL)
    b.csr(**ALL_ON)
    b.x(x5=0x55)
    b.do(asm("csrrw", rs1=5, csr="stimecmp"), VS)
    assert (b.m.read_csr("vstimecmp"), b.m.read_csr("stimecmp")) == (0x55, 0)


@pytest.mark.parametrize("mode", [M, S, VS, VU])
def test_tvm_and_vtvm(mode: int) -> None:
    for name, tvm, vtvm in itertools.product(("satp", "hgatp", "vsatp", "sstatus"), (0, TVM), (0, VTVM)):
        b = Bare()
        b.csr(mstatus=tvm, hstatus=vtvm)
        expected = BY_LEVEL[level(name)][mode]
        if mode == S and tvm and name in ("satp", "hgatp"):
            expected = II
        if mode == VS and vtvm and name == "satp":
            expected = VI
        assert outcome(b, name, mode, True) == expected, (name, tvm, vtvm)


@pytest.mark.parametrize("name", ["sstatus", "sie", "stvec", "sscratch", "sepc", "scause", "stval", "sip", "satp"])
def test_a_guest_reaches_the_vs_register_under_the_name_of_the_s_register(name: str) -> None:
    b = Bare()
    b.csr(hideleg=0x444)
    before = b.m.read_csr(name)
    b.x(x5=0x6)
    b.do(asm("csrrs", rs1=5, csr=name), VS)
    assert b.m.read_csr(name) == before and b.m.read_csr("vs" + name[1:]) & 6


def test_senvcfg_and_scounteren_have_no_vs_twin() -> None:
    for name in ("senvcfg", "scounteren"):
        b = Bare()
        b.x(x5=1)
        b.do(asm("csrrw", rs1=5, csr=name), VS)
        assert b.m.read_csr(name) == 1


def test_a_refused_write_changes_nothing() -> None:
    b = Bare()
    b.csr(mscratch=7)
    b.x(x1=9, x5=1)
    r = b.do(asm("csrrw", rd=1, rs1=5, csr="mscratch"), VS)
    assert (r["trap"], r["rd"], r["csr_write"]) == (1, 0, 0)
    assert (b.m.read_csr("mscratch"), b.h.x[1]) == (7, 9)


def test_without_h_hypervisor_csrs_are_illegal_everywhere() -> None:
    b = Bare(PLAIN.without("H"))
    for mode in (M, S, U):
        assert outcome(b, "hstatus", mode, False) == II and outcome(b, "vsatp", mode, False) == II
