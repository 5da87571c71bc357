"""bench/core/mix.py: what an instruction is, and what a piece between two marks consists of."""

import pytest

from bench.core.mix import Mix, measured, mix_of, static
from isa import retire

MARK, NOP = 0xC00025F3, 0x13        # csrr a1, cycle
LW, LD_COMPRESSED = 0x00052583, 0x6188      # lw a1, 0(a0); ld a0, 0(a1)
ADD, STORE, BEQ, JAL, MUL, CSRR = 0x00B60633, 0x00B53023, 0x00B50463, 0x008000EF, 0x02B50533, 0x30002573


@pytest.mark.parametrize(("word", "kind", "reads", "rd"), [
    (LW, "loads", {10}, 11), (LD_COMPRESSED, "loads", {11}, 10), (ADD, "", {12, 11}, 12), (STORE, "stores", {10, 11}, 0),
    (BEQ, "branches", {10, 11}, 0), (JAL, "jumps", set(), 1), (MUL, "products", {10, 11}, 10), (CSRR, "system", set(), 10),
    (0x8082, "jumps", {1}, 0),              # ret
    (0xC199, "branches", {11}, 0),          # c.beqz a1
    (0x100525AF, "loads", {10}, 11),        # lr.w a1, (a0)
    (0x00C525AF, "", {10, 12}, 11),         # amoadd.w a1, a2, (a0)
])
def test_what_an_instruction_is(word, kind, reads, rd):
    assert (static(word).kind, static(word).reads, static(word).rd) == (kind, reads, rd)


@pytest.mark.parametrize("word", [0, 0xFFFFFFFF])
def test_no_instruction_is_refused(word):
    with pytest.raises(ValueError, match=f"^{word:#x} is not an instruction$"):
        static(word)


def block(*records):
    """Records (instruction, jumped, trapped) one behind the other."""
    words, pc = [], 0x1000
    for insn, jumped, trap in records:
        length = 4 if insn & 3 == 3 else 2
        target = pc + 100 if jumped else pc + length
        words += retire.pack({"valid": 1, "trap": trap, "insn": insn, "pc": pc, "next_pc": target})
        pc = target
    return words


def plain(*insns):
    return [(insn, False, 0) for insn in insns]


def test_pieces_lie_between_two_marks():
    records = block(*plain(NOP, MARK, NOP, NOP, MARK, NOP, MARK, ADD, MARK))
    assert list(measured(records, 9)) == [(2, 3), (7, 7)]


def test_an_open_piece_is_refused():
    with pytest.raises(ValueError):
        list(measured(block(*plain(MARK, NOP)), 2))


def test_everything_is_counted_once():
    records = block(*plain(NOP, LW, ADD, LW, STORE), (BEQ, True, 0), (BEQ, False, 0), (JAL, True, 0), (LW, False, 1),
                    *plain(MUL, CSRR, LD_COMPRESSED, NOP))
    assert mix_of(records, 1, 12) == Mix(
        instructions=11, loads=3, used_next=2, stores=1, branches=2, taken=1, jumps=1, products=1, system=1)


def test_shares():
    mix = Mix(instructions=100, loads=20, used_next=5, branches=10, taken=4)
    assert [mix.share(name) for name in ("loads", "used_next", "branches", "taken", "jumps")] == [0.2, 0.25, 0.1, 0.4, 0.0]
    assert Mix().share("used_next") == 0
