"""Every row decodes to its own class with its own operands; everything else is illegal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa.insns import COMPRESSED, INSNS
from isa.profile import PROFILES
from sim.model.decode import CLASSES, Decoder, Illegal
from tests.sim.model.bare import PLAIN, asm

RD = 31 << 7        # an ORI to x0 may be a prefetch
decode = Decoder(PROFILES["full"]).decode


@pytest.mark.parametrize("row", INSNS, ids=lambda row: row.name)
def test_each_row_has_a_class_and_all_operand_bits_are_free(row) -> None:
    for fill in "01":
        word = int(row.pattern.replace("-", fill), 2) | (RD if row.name == "ori" else 0)
        assert type(decode(word)) is CLASSES[row.name]
        assert decode(word).length == 4


def test_operands() -> None:
    i = decode(asm("sub", rd=3, rs1=17, rs2=30))
    assert (i.rd, i.rs1, i.rs2) == (3, 17, 30)
    assert decode(asm("sd", rs1=1, rs2=2, imm=-8)).rd == 0
    assert decode(asm("csrrw", rd=5, rs1=6, csr="vsatp")).csr == 0x280
    assert decode(asm("csrrwi", rd=5, imm=19, csr="satp")).imm == 19


@pytest.mark.parametrize(("name", "imm"), [
    ("addi", -2048), ("addi", 2047), ("sd", -2048), ("sd", 2047), ("beq", -4096), ("beq", 4094),
    ("jal", -(1 << 20)), ("jal", (1 << 20) - 2), ("lui", -(1 << 31)), ("lui", 0x7FFF_F000), ("srai", 63), ("sraiw", 31)])
def test_immediates_at_their_limits(name: str, imm: int) -> None:
    assert decode(asm(name, imm=imm)).imm == imm


# 16-bit words with their 32-bit meaning, as an assembler gives them.
EXPANSIONS = [
    (0x0001, "addi", {}, 0),                                        # c.nop
    (0x1141, "addi", {"rd": 2, "rs1": 2}, -16),                     # c.addi sp, -16
    (0x7139, "addi", {"rd": 2, "rs1": 2}, -64),                     # c.addi16sp sp, -64
    (0x0028, "addi", {"rd": 10, "rs1": 2}, 8),                      # c.addi4spn a0, sp, 8
    (0x6505, "lui", {"rd": 10}, 0x1000),                            # c.lui a0, 1
    (0x757D, "lui", {"rd": 10}, -0x1000),                           # c.lui a0, 0xfffff
    (0xE406, "sd", {"rs1": 2, "rs2": 1}, 8),                        # c.sdsp ra, 8(sp)
    (0x60A2, "ld", {"rd": 1, "rs1": 2}, 8),                         # c.ldsp ra, 8(sp)
    (0x6588, "ld", {"rd": 10, "rs1": 11}, 8),                       # c.ld a0, 8(a1)
    (0x4188, "lw", {"rd": 10, "rs1": 11}, 0),                       # c.lw a0, 0(a1)
    (0x8082, "jalr", {"rs1": 1}, 0),                                # ret
    (0x9502, "jalr", {"rd": 1, "rs1": 10}, 0),                      # c.jalr a0
    (0xA001, "jal", {}, 0),                                         # c.j .
    (0xDD7D, "beq", {"rs1": 10}, -2),                               # c.beqz a0, .-2
    (0x9D2D, "addw", {"rd": 10, "rs1": 10, "rs2": 11}, 0),          # c.addw a0, a1
    (0x8D0D, "sub", {"rd": 10, "rs1": 10, "rs2": 11}, 0),           # c.sub a0, a1
    (0x957D, "srai", {"rd": 10, "rs1": 10}, 63),                    # c.srai a0, 63
    (0x157E, "slli", {"rd": 10, "rs1": 10}, 63),                    # c.slli a0, 63
    (0x852E, "add", {"rd": 10, "rs2": 11}, 0),                      # c.mv a0, a1
    (0x2505, "addiw", {"rd": 10, "rs1": 10}, 1),                    # c.addiw a0, 1
    (0x9002, "ebreak", {}, 0),                                      # c.ebreak
]


@pytest.mark.parametrize(("word", "name", "operands", "imm"), EXPANSIONS, ids=lambda v: f"{v:#x}" if isinstance(v, int) else "")
def test_compressed(word: int, name: str, operands: dict[str, int], imm: int) -> None:
    i = decode(word)
    assert type(i) is CLASSES[name] and i.length == 2 and i.word == word
    if name != "ebreak":
        assert (i.imm, {k: getattr(i, k) for k in operands}) == (imm, operands)


@pytest.mark.parametrize("word", [
    0x0000, 0x0004, 0x2001, 0x6081 & ~0x7C, 0x6101, 0x4002, 0x6002, 0x8002,     # reserved
    0x2000, 0x2002, 0xA000, 0x9C41, 0x9C61, 0x8000,                             # floating point, unused
], ids=hex)
def test_reserved_compressed_encodings_are_illegal(word: int) -> None:
    i = decode(word)
    assert type(i) is Illegal and (i.word, i.length) == (word, 2)


@pytest.mark.parametrize("word", [0x0000_001F, 0xFFFF_FFFF, 0x1234_567F, 0x0000_007B, 0x0000_1013 | 1 << 26], ids=hex)
def test_other_encodings_are_illegal_with_all_32_bits(word: int) -> None:
    i = decode(word)
    assert type(i) is Illegal and (i.word, i.length) == (word, 4)


def test_rows_of_absent_extensions_are_illegal() -> None:
    without = Decoder(PLAIN.without("H", "M")).decode
    assert type(without(asm("hlv.d", rd=1))) is Illegal
    assert type(without(asm("mul", rd=1))) is Illegal
    assert type(without(asm("add", rd=1))) is CLASSES["add"]


@given(st.integers(0, 0xFFFF))
def test_a_compressed_word_is_legal_exactly_where_the_first_matching_row_has_a_base(word: int) -> None:
    if word & 3 == 3:
        return
    row = next((row for row in COMPRESSED if word & row.mask == row.match), None)
    assert (type(decode(word)) is Illegal) == (row is None or not row.base)
