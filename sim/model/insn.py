"""What every instruction of the model looks like: decoded operands and one `run`.

A subclass is named after the mnemonic, in lower case, with `_` for the dot (`lr_w`) and a trailing `_` where
Python owns the word (`and_`). Its `run` states what the instruction requires and then has one effect.
"""

from typing import TYPE_CHECKING, Final

from mypy_extensions import i64

from isa import insns
from isa.insns import FIELDS, IMMEDIATES

if TYPE_CHECKING:
    from sim.model.hart import Hart

# What an instruction does to memory, and so what its record says about memory.
NONE: Final[i64] = 0
LOAD: Final[i64] = 1
STORE: Final[i64] = 2
AMO: Final[i64] = 3
SC: Final[i64] = 4
CACHE: Final[i64] = 5                   # it has addresses but moves no data


class Insn:
    """One decoded instruction; immutable, shared by every address that holds the same bits.

    `word`: bits as fetched (16 or 32); `word32`: the 32-bit instruction that a compressed one stands for;
    `length` in bytes; `extension` is that of the row, or empty; `rd` 0 when nothing is written; `imm` an immediate or shift
    amount; `memory` and `log2` (of the bytes) for the record.
    """

    memory: i64 = NONE
    log2: i64 = 0

    def __init__(self, row: insns.Insn | None, word: i64, word32: i64, length: i64) -> None:
        self.word, self.word32, self.length = word, word32, length
        self.extension = row.ext if row else ""
        operands = row.operands if row else ()
        self.rd: i64 = _field(word32, "rd") if "rd" in operands else 0
        self.rs1: i64 = _field(word32, "rs1")
        self.rs2: i64 = _field(word32, "rs2")
        self.csr: i64 = _field(word32, "csr") if "csr" in operands else 0
        self.imm: i64 = 0
        for operand in operands:
            if operand in IMMEDIATES:
                self.imm = insns.extract(word32, IMMEDIATES[operand])
            elif operand in ("shamt6", "shamt5", "zimm"):
                self.imm = _field(word32, operand)

    def writes_csr(self) -> bool:
        """The instruction writes the CSR `csr`."""
        return False

    def run(self, h: "Hart") -> None:
        """Require, then one effect on the hart."""
        raise NotImplementedError(f"{type(self).__name__} has no effect")


def _field(word: int, name: str) -> int:
    msb, lsb = FIELDS[name]
    return word >> lsb & (2 << msb - lsb) - 1
