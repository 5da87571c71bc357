"""Trap entry: delegation, what each of the three arms writes, vectors, and transformed instructions."""

import pytest

from isa.causes import EXC, VS, VU, M, S, U
from isa.profile import PROFILES
from sim.model.masks import HSTATUS_GVA, MIE, MPIE, MPV, MSTATUS_GVA, SIE, SPIE, SPP, SPV, SPVP
from tests.sim.model.bare import CODE, DATA, HANDLER, PLAIN, Bare, asm

ECALL, EBREAK = asm("ecall"), asm("ebreak")
MPP = {U: 0, S: 1 << 11, M: 3 << 11, VU: 0, VS: 1 << 11}
MPP_ALL = MPP[M]
M_FIXED, S_FIXED = 0xA_0000_0000, 0x2_0000_0000             # UXL, SXL, VSXL


@pytest.mark.parametrize("mode", [U, S, M, VU, VS])
@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("before", [0, MPP_ALL | MPV | MSTATUS_GVA | MPIE])
def test_m_arm(mode: int, enabled: bool, before: int) -> None:
    b = Bare()
    b.csr(mstatus=(MIE if enabled else 0) | before | SPP | SPIE)
    r = b.do(EBREAK, mode)
    assert (r["trap"], r["cause"], r["next_mode"], r["next_pc"]) == (1, 3, M, HANDLER)
    guest = mode in (VU, VS)
    expected = MPP[mode] | (MPV | MSTATUS_GVA if guest else 0) | (MPIE if enabled else 0)
    assert b.m.read_csr("mstatus") == M_FIXED | SPP | SPIE | expected
    assert (b.m.read_csr("mepc"), b.m.read_csr("mcause"), b.m.read_csr("mtval")) == (CODE, 3, CODE)
    assert (r["tval"], r["gva"]) == (CODE, guest)


@pytest.mark.parametrize("mode", [U, S, VU, VS])
@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("spvp", [False, True])
@pytest.mark.parametrize("before", [False, True])
def test_hs_arm(mode: int, enabled: bool, spvp: bool, before: bool) -> None:
    b = Bare()
    b.csr(medeleg=1 << 3, mstatus=(SIE if enabled else 0) | (SPP | SPIE if before else 0) | MPIE,
          hstatus=(SPVP if spvp else 0) | (SPV | HSTATUS_GVA if before else 0) | 1 << 9)
    r = b.do(EBREAK, mode)
    assert (r["cause"], r["next_mode"], r["next_pc"]) == (3, S, HANDLER + 0x100)
    guest = mode in (VU, VS)
    assert b.m.read_csr("mstatus") == M_FIXED | MPIE | (SPP if mode & S else 0) | (SPIE if enabled else 0)
    # SPVP keeps its value when the trap comes from V=0.
    kept = (SPVP if mode == VS else 0) if guest else (SPVP if spvp else 0)
    assert b.m.read_csr("hstatus") == S_FIXED | 1 << 9 | kept | (SPV | HSTATUS_GVA if guest else 0)
    assert (b.m.read_csr("sepc"), b.m.read_csr("scause"), b.m.read_csr("stval")) == (CODE, 3, CODE)
    assert b.m.read_csr("mepc") == 0


@pytest.mark.parametrize("mode", [VU, VS])
@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("old", [0, SPP | SPIE])
def test_vs_arm(mode: int, enabled: bool, old: int) -> None:
    b = Bare()
    b.csr(medeleg=1 << 3, hedeleg=1 << 3, vsstatus=(SIE if enabled else 0) | old)
    before = b.h.mstatus, b.h.hstatus
    r = b.do(EBREAK, mode)
    assert (r["cause"], r["next_mode"], r["next_pc"], r["gva"]) == (3, VS, HANDLER + 0x200, 0)
    assert b.m.read_csr("vsstatus") == S_FIXED | (SPP if mode == VS else 0) | (SPIE if enabled else 0)
    assert (b.m.read_csr("vsepc"), b.m.read_csr("vscause"), b.m.read_csr("vstval")) == (CODE, 3, CODE)
    assert (b.h.mstatus, b.h.hstatus) == before


@pytest.mark.parametrize(("mode", "cause"), [(U, 8), (VU, 8), (S, 9), (VS, 10), (M, 11)])
def test_environment_calls_have_one_cause_per_mode(mode: int, cause: int) -> None:
    r = Bare().do(ECALL, mode)
    assert (r["cause"], r["tval"], r["next_mode"]) == (cause, 0, M)


@pytest.mark.parametrize(("mode", "target"), [(U, S), (S, S), (M, M), (VU, S), (VS, S)])
def test_hedeleg_needs_medeleg_and_a_guest(mode: int, target: int) -> None:
    b = Bare()
    b.csr(medeleg=1 << 3)
    assert b.do(EBREAK, mode)["next_mode"] == target
    b = Bare()
    b.csr(hedeleg=1 << 3)
    assert b.do(EBREAK, mode)["next_mode"] == M
    b = Bare()
    b.csr(medeleg=1 << 3, hedeleg=1 << 3)
    assert b.do(EBREAK, mode)["next_mode"] == (VS if mode in (VU, VS) else target)


def test_without_h_there_is_no_hypervisor_state() -> None:
    b = Bare(PLAIN.without("H"))
    b.csr(medeleg=-1)
    assert b.m.read_csr("medeleg") == 0xB3FE | 0xC0000
    r = b.do(asm("lw", rd=1, rs1=0, imm=1), S)
    assert (r["cause"], r["next_mode"], r["tinst"], r["gva"]) == (4, S, 0, 0)
    assert b.h.hstatus == Bare(PLAIN.without("H")).h.hstatus


def test_exceptions_ignore_vectored_mode() -> None:
    b = Bare()
    b.csr(mtvec=HANDLER | 1)
    assert b.do(EBREAK)["next_pc"] == HANDLER


def test_a_trap_ends_the_reservation_and_counts_as_no_instruction() -> None:
    b = Bare()
    b.h.reservation = DATA
    b.do(EBREAK)
    assert b.h.reservation == -1 and b.m.read_csr("minstret") == 0 and b.m.instructions == 1


MISALIGNED = [  # instruction, what mtinst gets
    (asm("lw", rd=3, rs1=5, imm=-1), asm("lw", rd=3)),
    (asm("sd", rs1=5, rs2=7, imm=-1), asm("sd", rs2=7)),
    (asm("lr.d", rd=3, rs1=5) | 3 << 25, asm("lr.d", rd=3) | 3 << 25),
    (asm("amoadd.w", rd=3, rs1=5, rs2=7), asm("amoadd.w", rd=3, rs2=7)),
    (asm("hlv.wu", rd=3, rs1=5), asm("hlv.wu", rd=3)),
    (asm("hlvx.hu", rd=3, rs1=5), asm("hlvx.hu", rd=3)),
    (asm("hsv.d", rs1=5, rs2=7), asm("hsv.d", rs2=7)),
    (0x4088, asm("lw", rd=10) & ~2),                # c.lw a0, 0(s1)
    (0xE588, asm("sd", rs2=10) & ~2),               # c.sd a0, 8(a1)
]


@pytest.mark.parametrize(("word", "tinst"), MISALIGNED, ids=lambda v: f"{v:08x}")
def test_transformed_instruction(word: int, tinst: int) -> None:
    def run(b: Bare) -> dict[str, int]:
        b.x(x5=DATA + 1 + (word >> 31), x9=DATA + 1, x11=DATA + 1)
        return b.do(word)
    r = run(Bare())
    assert r["cause"] in (EXC["LOAD_MISALIGNED"], EXC["STORE_MISALIGNED"])
    assert r["tinst"] == tinst
    zero = Bare(PROFILES["spike"])
    assert run(zero)["tinst"] == 0 and zero.m.read_csr("mtinst") == 0
    delegated = Bare()
    delegated.csr(medeleg=-1)
    delegated.x(x5=DATA + 1 + (word >> 31), x9=DATA + 1, x11=DATA + 1)
    delegated.do(word, S)
    assert delegated.m.read_csr("htinst") == tinst


def test_instruction_bits_are_the_tval_of_illegal_and_virtual_instructions() -> None:
    b = Bare()
    assert b.do(0xFFFF_FFFF)["tval"] == 0xFFFF_FFFF
    r = b.do(0x0000, size=2)
    assert (r["tval"], r["insn"], r["compressed"], r["cause"]) == (0, 0, 1, 2)
    word = asm("hlv.d", rd=1, rs1=2)
    r = b.do(word, VS)
    assert (r["cause"], r["tval"], r["gva"], r["tinst"]) == (22, word, 0, 0)


def test_gva_of_an_m_mode_access_is_set_exactly_when_mprv_makes_it_a_guest_access() -> None:
    for mstatus, gva in ((1 << 17 | MPV | MPP[S], 1), (1 << 17 | MPV | MPP[M], 0), (1 << 17 | MPP[S], 0), (MPV, 0)):
        b = Bare()
        b.csr(mstatus=mstatus)
        b.x(x5=DATA + 1)
        assert b.do(asm("lw", rd=1, rs1=5))["gva"] == gva
        assert b.h.mstatus & MSTATUS_GVA == (MSTATUS_GVA if gva else 0)
