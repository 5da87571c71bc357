"""CSR accesses of a bare machine, as instructions of a mode make them."""

from isa.causes import S
from tests.sim.model.bare import CSR, Bare, asm

ALL = (1 << 64) - 1
VIRTUAL, ILLEGAL = -22, -2      # what `read` and `write` give for the two exceptions


def read(b: Bare, csr: str | int, mode: int = S) -> int:
    """The unsigned value that an instruction reads; minus the cause of its trap, if it traps."""
    return _access(b, "csrrs", csr, 0, mode, "rd_value")


def write(b: Bare, csr: str | int, value: int, mode: int = S) -> int:
    """0 when an instruction wrote; minus the cause of its trap, if it traps."""
    return _access(b, "csrrw", csr, value, mode, "trap")


def _access(b: Bare, mnemonic: str, csr: str | int, value: int, mode: int, result: str) -> int:
    number = CSR[csr] if isinstance(csr, str) else csr
    b.x(x6=value)
    word = asm(mnemonic, rd=7, rs1=6 if mnemonic == "csrrw" else 0, csr="cycle") & 0xFFFFF | number << 20
    r = b.do(word, mode)
    return -r["cause"] if r["trap"] else r[result]


def held(b: Bare, csr: str | int, value: int, mode: int = S) -> int:
    """What is read after `value` was written."""
    return write(b, csr, value, mode) or read(b, csr, mode)
