"""Instruction words from the facts of `isa.insns`, without an assembler."""

from collections.abc import Iterable
from dataclasses import dataclass

from isa import csrs, insns

MASK64 = (1 << 64) - 1

_COMPRESSED = {row.name: row for row in insns.COMPRESSED if row.base}
# Which immediate a pc-relative instruction takes its label in.
_LABEL = {"jal": "imm_j", "beq": "imm_b", "bne": "imm_b", "blt": "imm_b", "bge": "imm_b", "bltu": "imm_b", "bgeu": "imm_b"}

_VALUES = ("rd", "rs1", "rs2", "csr", "pred", "succ")           # other fields hold all of `imm`
_Field = tuple[str, int, int, int]                              # operand, its place in _VALUES, width, lowest bit in the word
_Immediate = tuple[list[tuple[int, int, int]], int, int]        # pieces (lowest bit, mask, place), sign bit, lowest bit
_Form = tuple[int, list[_Field], _Immediate | None, bool]       # match, fields, immediate, has aq and rl


def _form(insn: insns.Insn) -> _Form:
    fields, immediate = [], None
    for operand in insn.operands:
        if operand.startswith("imm_"):
            pieces = insns.pieces(insns.IMMEDIATES[operand])
            immediate = ([(lo, (1 << hi - lo + 1) - 1, at) for hi, lo, at in pieces], pieces[0][0],
                         min(lo for _, lo, _ in pieces))
        else:
            msb, lsb = insns.FIELDS[operand]
            value = _VALUES.index(operand) if operand in _VALUES else len(_VALUES)
            fields.append((operand, value, msb - lsb + 1, lsb))
    return insn.match, fields, immediate, insn.unit == "amo"


_FORMS = {insn.name: _form(insn) for insn in insns.INSNS}       # op runs thousands of times for each program


@dataclass(frozen=True)
class Code:
    """One instruction, or an 8-byte literal.

    A `label` still has to be put into the immediate `fix` (imm_b, imm_j, or hi and lo of a pair); in a literal ("abs")
    its address is added to `bits`.
    """

    bits: int
    size: int = 4
    label: str = ""
    fix: str = ""

    def at(self, pc: int, labels: dict[str, int]) -> bytes:
        """The instruction's bytes at address `pc`. Raises ValueError when the label is out of reach."""
        if not self.label:
            return self.bits.to_bytes(self.size, "little")
        if self.fix == "abs":
            return (self.bits + labels[self.label] & MASK64).to_bytes(8, "little")
        offset = labels[self.label] - pc
        if self.fix == "lo":                                    # the auipc is the instruction before
            offset += 4
            word = self.bits | insns.insert(offset & 0xFFF, insns.IMMEDIATES["imm_i"])
        elif self.fix == "hi":
            word = self.bits | insns.insert(offset + 0x800 & 0xFFFFF000, insns.IMMEDIATES["imm_u"])
        else:
            reach = 1 << (20 if self.fix == "imm_j" else 12)
            if not -reach <= offset < reach:
                raise ValueError(f"label {self.label!r} is {offset} bytes away from {pc:#x}, which is out of reach")
            word = self.bits | insns.insert(offset, insns.IMMEDIATES[self.fix])
        return word.to_bytes(4, "little")


def op(name: str, rd: int = 0, rs1: int = 0, rs2: int = 0, imm: int = 0, *, csr: int | str = 0, label: str = "",
       aqrl: int = 0) -> Code:
    """One 32-bit instruction by its name. `imm` is also the shift amount, the zimm, and pred and succ of a fence.

    Raises ValueError when an immediate does not fit.
    """
    word, registers, immediate, ordered = _FORMS[name]
    if registers:
        number = csrs.BY_NAME[csr].number if isinstance(csr, str) else csr
        values = rd, rs1, rs2, number, imm >> 4, imm & 15, imm
        for operand, value, width, lsb in registers:
            if values[value] >> width:
                raise ValueError(f"{name}: {operand} = {values[value]} does not fit")
            word |= values[value] << lsb
    if immediate:
        pieces, top, low = immediate
        if not -1 << top <= imm < 1 << top or imm & (1 << low) - 1:
            raise ValueError(f"{name}: immediate {imm} does not fit")
        for lo, size, at in pieces:
            word |= (imm >> lo & size) << at
    return Code(word | (aqrl << 25 if ordered else 0), 4, label, _LABEL[name] if label else "")


def comp(name: str, imm: int = 0, **registers: int) -> Code:
    """One 16-bit instruction; registers by the operands of its base instruction (rd, rs1, rs2).

    Raises ValueError for a register or an immediate that the encoding cannot hold.
    """
    row = _COMPRESSED[name]
    word = row.match | insns.insert(imm, row.imm)
    if row.imm and insns.extract(word, row.imm, row.signed) != imm:
        raise ValueError(f"{name}: immediate {imm} does not fit")
    for operand, value in registers.items():
        where = row.operands[operand]
        msb, lsb = insns.COMPRESSED_FIELDS[where]
        field = value - 8 if where.endswith("'") else value
        if not 0 <= field < 1 << msb - lsb + 1:
            raise ValueError(f"{name}: x{value} cannot be {operand}")
        word |= field << lsb
    return Code(word, 2)


def li(rd: int, value: int) -> list[Code]:
    """The usual shortest sequence that loads a 64-bit constant."""
    value &= MASK64
    value -= (value >> 63) << 64
    if -0x800 <= value < 0x800:
        return [op("addi", rd, 0, imm=value)]
    low = (value & 0xFFF) - ((value & 0x800) << 1)
    if -(1 << 31) <= value < 1 << 31:
        upper = value - low & 0xFFFFFFFF
        upper -= (upper >> 31) << 32
        return [op("lui", rd, imm=upper)] + ([op("addiw", rd, rd, imm=low)] if low else [])
    high, shift = value - low >> 12, 12
    while not high & 1:
        high, shift = high >> 1, shift + 1
    return [*li(rd, high), op("slli", rd, rd, imm=shift)] + ([op("addi", rd, rd, imm=low)] if low else [])


def la(rd: int, label: str) -> list[Code]:
    """The address of a label, pc-relative."""
    return [Code(op("auipc", rd).bits, 4, label, "hi"), Code(op("addi", rd, rd).bits, 4, label, "lo")]


def size(code: Iterable[Code]) -> int:
    """Bytes of a sequence."""
    return sum(c.size for c in code)
