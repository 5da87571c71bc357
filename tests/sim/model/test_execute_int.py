"""Integer, multiply and divide instructions through the pipe of fetch, decode and write-back."""

import pytest

from tests.sim.model.bare import CODE, Bare, asm

MIN, ONES = -(1 << 63), -1
A, B = 0x0123_4567_89AB_CDEF, -0x7654_3210_FEDC_BA99

# instruction, x5, x6 (or immediate), result: worked out by hand or with another tool
CASES = [
    ("add", 1 << 62, 1 << 62, MIN), ("sub", MIN, 1, (1 << 63) - 1), ("addw", 0x7FFF_FFFF, 1, -0x8000_0000),
    ("subw", 0, 1, -1), ("sll", 1, 127, MIN), ("srl", ONES, 63, 1), ("sra", MIN, 63, -1),
    ("sllw", 1, 31, -0x8000_0000), ("srlw", ONES, 1, 0x7FFF_FFFF), ("sraw", 0x8000_0000, 31, -1),
    ("srlw", 0xF_8000_0000, 32, -0x8000_0000), ("slt", ONES, 0, 1), ("sltu", ONES, 0, 0),
    ("xor", A, ONES, ~A), ("or", 5, 3, 7), ("and", 5, 3, 1),
    ("mul", A, B, A * B % (1 << 64) - (1 << 64 if A * B >> 63 & 1 else 0)), ("mulh", MIN, MIN, 1 << 62),
    ("mulhu", ONES, ONES, -2),
    ("mulhsu", ONES, ONES, -1), ("mulw", 0x1_0000_0003, 5, 15), ("mulw", 0x8000_0000, 1, -0x8000_0000),
    ("div", -7, 2, -3), ("div", MIN, -1, MIN), ("div", 5, 0, -1), ("divu", ONES, 2, (1 << 63) - 1), ("divu", 5, 0, -1),
    ("rem", -7, 2, -1), ("rem", MIN, -1, 0), ("rem", 5, 0, 5), ("remu", ONES, 10, 5), ("remu", -5, 0, -5),
    ("divw", -0x8000_0000, -1, -0x8000_0000), ("divw", 0x1_0000_0007, 2, 3), ("divuw", ONES, 1, -1), ("divuw", 7, 0, -1),
    ("remw", -0x8000_0000, -1, 0), ("remw", -7, 0, -7), ("remuw", ONES, 0, -1), ("remuw", 0xFFFF_FFFF, 0x10, 0xF),
]
IMMEDIATE = [
    ("addi", (1 << 63) - 1, 1, MIN), ("addiw", 0x7FFF_FFFF, 1, -0x8000_0000), ("slti", -5, -4, 1), ("sltiu", 5, -1, 1),
    ("xori", 5, -1, -6), ("ori", 5, -8, -3), ("andi", -1, 0x7FF, 0x7FF), ("slli", 1, 63, MIN), ("srli", MIN, 63, 1),
    ("srai", MIN, 62, -2), ("slliw", 3, 31, -0x8000_0000), ("srliw", ONES, 4, 0xFFF_FFFF),
    ("sraiw", 0x8000_0000, 4, -0x800_0000),
]


@pytest.mark.parametrize(("name", "a", "b", "result"), CASES, ids=[c[0] for c in CASES])
def test_register_operands(name: str, a: int, b: int, result: int) -> None:
    m = Bare()
    m.x(x5=a, x6=b)
    r = m.do(asm(name, rd=7, rs1=5, rs2=6))
    assert m.h.x[7] == result and (r["rd"], r["rd_value"]) == (7, result % (1 << 64))


@pytest.mark.parametrize(("name", "a", "b", "result"), IMMEDIATE, ids=[c[0] for c in IMMEDIATE])
def test_immediate_operands(name: str, a: int, b: int, result: int) -> None:
    m = Bare()
    m.x(x5=a)
    m.do(asm(name, rd=7, rs1=5, imm=b))
    assert m.h.x[7] == result


def test_upper_immediates_and_jumps() -> None:
    b = Bare()
    b.do(asm("lui", rd=7, imm=-0x1000))
    assert b.h.x[7] == -0x1000
    b.do(asm("auipc", rd=7, imm=-0x8000_0000))
    assert b.h.x[7] == CODE - 0x8000_0000
    r = b.do(asm("jal", rd=1, imm=-4))
    assert (b.h.x[1], r["next_pc"]) == (CODE + 4, CODE - 4)
    b.x(x5=CODE + 0x101)
    r = b.do(asm("jalr", rd=5, rs1=5, imm=2))
    assert (b.h.x[5], r["next_pc"]) == (CODE + 4, CODE + 0x102)
    b.x(x9=CODE + 0x40)
    r = b.do(0x9482, size=2)                                # c.jalr s1: links to the next parcel
    assert (b.h.x[1], r["next_pc"], r["compressed"]) == (CODE + 2, CODE + 0x40, 1)
    b.x(x5=3)
    assert b.do(asm("jalr", rs1=5, imm=-4))["next_pc"] == (1 << 64) - 2


@pytest.mark.parametrize(("name", "taken"), [("beq", (0, 1, 0)), ("bne", (1, 0, 1)), ("blt", (1, 0, 0)), ("bge", (0, 1, 1)),
                                             ("bltu", (0, 0, 1)), ("bgeu", (1, 1, 0))])
def test_branches(name: str, taken: tuple[int, int, int]) -> None:
    for (a, c), jump in zip(((-1, 1), (3, 3), (1, -1)), taken, strict=True):
        b = Bare()
        b.x(x5=a, x6=c)
        assert b.do(asm(name, rs1=5, rs2=6, imm=-64))["next_pc"] == (CODE - 64 if jump else CODE + 4)


def test_x0_stays_zero_and_hints_do_nothing() -> None:
    b = Bare()
    b.x(x5=7)
    for word in (asm("add", rd=0, rs1=5, rs2=5), asm("lui", imm=0x1000), asm("pause"), asm("fence", imm=15), 0x0330_000F):
        r = b.do(word)
        assert (r["trap"], r["rd"], r["rd_value"], b.h.x[0]) == (0, 0, 0, 0)


def test_fence_i_makes_new_code_visible() -> None:
    b = Bare()
    b.put(CODE, [asm("addi", rd=5, imm=1)])
    b.step()
    b.m.memory.poke(CODE, asm("addi", rd=5, imm=2).to_bytes(4, "little"))
    b.h.pc = CODE
    b.step()
    assert b.h.x[5] == 1                                    # what was decoded stays until the fence
    b.m.memory.poke(CODE + 4, asm("fence.i").to_bytes(4, "little"))
    b.step()
    b.h.pc = CODE
    b.step()
    assert b.h.x[5] == 2
