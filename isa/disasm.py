"""Instruction words as assembly text (RISC-V Assembly Programmer's Manual), from the table in isa/insns.py.

Instructions appear under their own names, never as pseudoinstructions; registers under their ABI names,
CSRs under theirs, targets of branches as addresses. A compressed instruction shows its name and the
instruction it stands for. """

from functools import lru_cache

from isa import csrs
from isa.insns import (
    BY_NAME,
    COMPRESSED,
    COMPRESSED_FIELDS,
    FIELDS,
    IMMEDIATES,
    INSNS,
    Compressed,
    Insn,
    extract,
)

REGISTERS = ("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1",
             *(f"a{n}" for n in range(8)), *(f"s{n}" for n in range(2, 12)), *(f"t{n}" for n in range(3, 7)))

_ADDRESSED = ("load", "store", "amo", "hload", "hstore", "cbo")     # units whose rs1 is written as an address


@lru_cache(maxsize=4096)
def disassemble(word: int, pc: int = 0) -> str:
    """Text of the instruction in the low 16 or 32 bits of `word`, at address `pc`."""
    if word & 3 != 3:
        return _compressed(word & 0xFFFF, pc)
    insn = next((i for i in INSNS if word & i.mask == i.match), None)
    if insn is None:
        return f".4byte {word & 0xFFFF_FFFF:#010x}"
    values = {name: extract(word, IMMEDIATES[name]) if name in IMMEDIATES else _field(word, *FIELDS[name])
              for name in insn.operands}
    order = ("", ".rl", ".aq", ".aqrl")[_field(word, 26, 25)] if insn.unit == "amo" else ""
    return _text(insn, values, pc, order)


def _field(word: int, msb: int, lsb: int) -> int:
    return word >> lsb & (1 << msb - lsb + 1) - 1


def _compressed(word: int, pc: int) -> str:
    row = next((c for c in COMPRESSED if word & c.mask == c.match), None)
    if row is None or not row.base:
        return f".2byte {word:#06x}"
    values = {name: _source(row, word, source) for name, source in row.operands.items()}
    insn = BY_NAME[row.base]
    operands = {name: values["imm" if name.startswith(("imm_", "shamt")) else name] for name in insn.operands}
    return f"{row.name} ({_text(insn, operands, pc)})"


def _source(row: Compressed, word: int, source: str) -> int:
    """Value of one operand of the instruction that a compressed one stands for."""
    if source == "imm":
        return extract(word, row.imm, row.signed)
    if source in COMPRESSED_FIELDS:
        return _field(word, *COMPRESSED_FIELDS[source]) + 8 * source.endswith("'")
    return int(source.removeprefix("x"))


def _text(insn: Insn, values: dict[str, int], pc: int, order: str = "") -> str:
    parts = [_operand(name, values[name], pc) for name in insn.operands]
    if insn.unit in _ADDRESSED or insn.name == "jalr":
        base = parts.pop()
        offset = parts.pop() if any(o.startswith("imm") for o in insn.operands) else ""
        parts.append(f"{offset}({base})")
    return f"{insn.name}{order} {', '.join(parts)}".rstrip()


def _operand(name: str, value: int, pc: int) -> str:
    if name in ("rd", "rs1", "rs2"):
        return REGISTERS[value]
    if name == "csr":
        return csrs.BY_NUMBER[value].name if value in csrs.BY_NUMBER else f"{value:#x}"
    if name == "imm_u":
        return f"{value >> 12 & 0xFFFFF:#x}"
    if name in ("imm_b", "imm_j"):
        return f"{pc + value & (1 << 64) - 1:#x}"
    if name in ("pred", "succ"):
        return "".join(letter for bit, letter in enumerate("iorw") if value & 8 >> bit) or "0"
    return str(value)
