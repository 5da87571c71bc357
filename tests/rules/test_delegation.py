"""hedeleg and hideleg ("Hypervisor Trap Delegation (hedeleg and hideleg) Registers")."""

from isa.causes import VS, VU, M, S, U
from tests.rules.csr import ALL, held, read
from tests.rules.irq import S_LEVEL, VS_LEVEL, taken
from tests.rules.mutants import mutant
from tests.sim.model.bare import HANDLER, Bare, asm

ECALL, ECALL_U = asm("ecall"), 1 << 8
TO_VS = {2: 1, 6: 5, 10: 9}             # VS-level interrupts as VS-mode sees them


@mutant("isa/causes.py", "if c.hedeleg)", "if c.hedeleg and c.code < 16)")
def test_hedeleg_is_a_read_write_register_of_64_bits():
    b = Bare()
    assert held(b, 0x602, 0b11 << 18) == 0b11 << 18 and held(b, 0x602, 0) == 0


@mutant("isa/causes.py", '"environment call from VS",                   True,  False', '"call", True, True')
@mutant("isa/causes.py", '"store/AMO page fault",                       True,  True', '"store", True, False')
def test_bits_of_hedeleg_are_writable_or_zero_as_the_manual_says():
    b = Bare()
    for cause in (1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 15, 18, 19):
        assert held(b, "hedeleg", 1 << cause) == 1 << cause, cause
    for cause in (9, 10, 11, 16, 20, 21, 22, 23):
        assert held(b, "hedeleg", 1 << cause) == 0, cause


@mutant("isa/causes.py", '"instruction address misaligned",             False, False', '"misaligned", False, True')
def test_hedeleg_holds_what_the_manual_asks_for_and_no_more():
    b = Bare()
    assert held(b, "hedeleg", ALL) == 0xC_B1FE


@mutant("isa/csrs.py", "    vssi        2  2  RW 0", "    vssi        2  2  RO 0")
def test_hideleg_is_a_read_write_register():
    b = Bare()
    assert held(b, 0x603, VS_LEVEL) == VS_LEVEL and held(b, 0x603, 0) == 0


@mutant("isa/csrs.py", "    vsei        10 10 RW 0", "    vsei        10 10 RW 0\n    sgei        12 12 RW 0")
def test_hideleg_holds_the_standard_vs_level_interrupts_and_no_more():
    b = Bare()
    assert held(b, "hideleg", ALL) == VS_LEVEL


@mutant("trap.py", "h.mode != M and delegated and delegated_on", "h.mode != M and delegated_on")
@mutant("trap.py", "delegated_on and h.mode & V", "delegated_on")
def test_hedeleg_delegates_further_what_medeleg_delegates_and_v_1_raises():
    for medeleg, hedeleg, mode, to in ((ECALL_U, ECALL_U, VU, VS), (ECALL_U, 0, VU, S), (0, ECALL_U, VU, M),
                                       (ECALL_U, ECALL_U, U, S), (0, 0, VU, M)):
        b = Bare()
        b.csr(medeleg=medeleg, hedeleg=hedeleg)
        assert b.do(ECALL, mode)["next_mode"] == to


@mutant("trap.py", "bit(code) & h.hideleg != 0", "False")
def test_hideleg_delegates_further_what_mideleg_delegates():
    for code in TO_VS:
        b = Bare()
        b.csr(hvip=1 << code, mie=1 << code)
        assert taken(b, VU) == (S, code)
        b.csr(hideleg=1 << code)
        assert taken(b, VU) == (VS, TO_VS[code])


@mutant("isa/csrs.py", "    vsti        6  6  RW 0", "    vsti        6  6  RO 0")
@mutant("isa/csrs.py", "    vsti        6  6  RW 0", "    vsti        6  6  RW 0\n    sti         5  5  RW 0")
def test_bits_10_6_and_2_of_hideleg_are_writable_and_12_9_5_and_1_zero():
    b = Bare()
    b.csr(mideleg=S_LEVEL)
    for bit in (10, 6, 2):
        assert held(b, "hideleg", 1 << bit) == 1 << bit
    for bit in (12, 9, 5, 1):
        assert held(b, "hideleg", 1 << bit) == 0


@mutant("trap.py", "t.cause -= t.interrupt", "t.cause -= 0")
def test_vs_level_interrupts_are_those_of_the_supervisor_in_vs_mode():
    for code, seen in TO_VS.items():
        b = Bare()
        b.csr(hideleg=1 << code, hvip=1 << code, mie=1 << code, vstvec=HANDLER + 0x201)
        assert taken(b, VU) == (VS, seen)
        assert b.h.pc == HANDLER + 0x200 + 4 * seen
        assert read(b, "vscause", M) == 1 << 63 | seen
