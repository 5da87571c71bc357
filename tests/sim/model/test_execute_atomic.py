"""AMOs, and when a store-conditional succeeds."""

import pytest

from isa.platform import BOOT_ROM, UART
from tests.sim.model.bare import DATA, Bare, asm

LR, SC = asm("lr.d", rd=1, rs1=5), asm("sc.d", rd=2, rs1=5, rs2=6)


def bare(old: int = 0) -> Bare:
    b = Bare()
    b.put(DATA, [old], 8)
    b.x(x5=DATA, x6=0x77)
    return b


def memory(b: Bare, address: int = DATA, size: int = 8) -> int:
    return int.from_bytes(b.m.read_memory(address, size), "little")


AMOS = [("amoswap", 5, 9, 9), ("amoadd", -1, 2, 1), ("amoxor", 6, 3, 5), ("amoand", 6, 3, 2), ("amoor", 6, 3, 7),
        ("amomin", -1, 1, -1), ("amomax", -1, 1, 1), ("amominu", -1, 1, 1), ("amomaxu", -1, 1, -1)]


@pytest.mark.parametrize(("name", "old", "operand", "new"), AMOS, ids=[a[0] for a in AMOS])
def test_amo(name: str, old: int, operand: int, new: int) -> None:
    b = bare(old)
    b.x(x6=operand)
    r = b.do(asm(f"{name}.d", rd=6, rs1=5, rs2=6))
    assert (b.h.x[6], memory(b)) == (old, new % (1 << 64))
    assert (r["mem_read"], r["mem_write"], r["mem_size"]) == (1, 1, 3)
    assert (r["mem_rdata"], r["mem_wdata"], r["rd_value"]) == (old % (1 << 64), new % (1 << 64), old % (1 << 64))
    b = bare(0x5555_5555_0000_0000 | old % (1 << 32))
    b.x(x6=0x1234_5678_0000_0000 | operand % (1 << 32))     # upper halves do not take part
    r = b.do(asm(f"{name}.w", rd=1, rs1=5, rs2=6))
    assert (b.h.x[1], memory(b)) == (old, 0x5555_5555_0000_0000 | new % (1 << 32))
    assert (r["mem_rdata"], r["mem_wdata"]) == (old % (1 << 32), new % (1 << 32))


def test_lr_sc_pair() -> None:
    b = bare(5)
    r = b.do(LR)
    assert (b.h.x[1], r["mem_read"], r["mem_write"], r["mem_rdata"]) == (5, 1, 0, 5)
    r = b.do(SC)
    assert (b.h.x[2], memory(b), r["mem_write"], r["mem_wdata"], r["mem_paddr"]) == (0, 0x77, 1, 0x77, DATA)
    r = b.do(SC)                                            # an SC ends the reservation
    assert (b.h.x[2], memory(b)) == (1, 0x77)
    assert [r[f] for f in ("mem_read", "mem_write", "mem_size", "mem_vaddr", "mem_paddr", "mem_wdata")] == [0] * 6


def test_lr_w_sign_extends() -> None:
    b = bare(0x8000_0000)
    b.do(asm("lr.w", rd=1, rs1=5))
    assert b.h.x[1] == -0x8000_0000


@pytest.mark.parametrize(("between", "succeeds"), [
    ([], True),
    ([asm("lw", rd=1, rs1=5)], True),
    ([asm("sd", rs1=5, rs2=6, imm=-64)], True),             # the next block
    ([asm("sb", rs1=5, rs2=6, imm=63)], False),             # the same block
    ([asm("sd", rs1=5, rs2=6)], False),
    ([asm("amoor.w", rs1=7, rs2=0)], False),
    ([asm("hsv.b", rs1=7, rs2=0)], False),
    ([asm("ebreak")], False),
    ([asm("mret")], False),
    ([asm("sret")], False),
    ([asm("lr.d", rd=1, rs1=7)], False),                    # a new reservation elsewhere
    ([asm("sc.d", rd=3, rs1=7, rs2=6)], False),             # a failing SC elsewhere
    ([asm("fence.i"), asm("sfence.vma"), asm("csrrw", rs1=0, csr="mscratch")], True),
])
@pytest.mark.parametrize("warm", [False, True])
def test_what_ends_a_reservation(between: list[int], succeeds: bool, warm: bool) -> None:
    b = bare()
    b.x(x7=DATA + 8)
    if warm:                                                # the page is in the software TLB
        b.do(asm("sd", rs1=5, rs2=0, imm=128))
    b.do(LR)
    for word in between:
        b.do(word)
    before = memory(b)
    b.do(SC)
    assert (b.h.x[2], memory(b)) == ((0, 0x77) if succeeds else (1, before))


def test_interrupts_end_a_reservation() -> None:
    b = bare()
    b.do(LR)
    b.csr(mie=2, mip=2, mstatus=8)
    assert b.step()["interrupt"]
    b.csr(mie=0)
    b.do(SC)
    assert b.h.x[2] == 1


def test_another_address_fails_even_inside_the_block() -> None:
    b = bare()
    b.do(LR)
    b.x(x5=DATA + 8)
    b.do(SC)
    assert b.h.x[2] == 1


@pytest.mark.parametrize(("word", "misaligned", "fault"), [(LR, 4, 5), (SC, 6, 7), (asm("amoadd.d", rd=1, rs1=5, rs2=6), 6, 7)])
def test_only_aligned_ram_supports_atomics(word: int, misaligned: int, fault: int) -> None:
    b = bare()
    for address in (BOOT_ROM.base, UART.base, 0x4000_0000, 0x8010_0000):
        b.x(x5=address)
        r = b.do(word)
        assert (r["cause"], r["tval"]) == (fault, address)
        b.x(x5=address + 4)
        assert b.do(word)["cause"] == misaligned


def test_a_failing_sc_still_passes_the_checks_of_a_store() -> None:
    b = bare()
    b.x(x5=0x4000_0000)
    assert b.do(SC)["cause"] == 7
