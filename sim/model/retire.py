"""The retirement record of one step, word by word as in isa/retire.py; `record.py` fills it."""

from typing import Final

from mypy_extensions import i64

from isa.retire import FIELDS
from sim.model.bits import unsigned


def _flag(name: str) -> int:
    return 1 << FIELDS[name].lsb


# Bits of `flags`,
VALID: Final[i64] = _flag("valid")
TRAP: Final[i64] = _flag("trap")
INTERRUPT: Final[i64] = _flag("interrupt")
GVA: Final[i64] = _flag("gva")
COMPRESSED: Final[i64] = _flag("compressed")
READ: Final[i64] = _flag("mem_read")
WRITE: Final[i64] = _flag("mem_write")
CSR_WRITE: Final[i64] = _flag("csr_write")
# and the lowest bits of the wider fields in it.
CAUSE: Final[i64] = FIELDS["cause"].lsb
MODE: Final[i64] = FIELDS["mode"].lsb
NEXT_MODE: Final[i64] = FIELDS["next_mode"].lsb
RD: Final[i64] = FIELDS["rd"].lsb
SIZE: Final[i64] = FIELDS["mem_size"].lsb
CSR_ADDR: Final[i64] = FIELDS["csr_addr"].lsb
IRQ: Final[i64] = FIELDS["irq"].lsb
ORDER: Final[i64] = FIELDS["order_low"].lsb
ORDER_MASK: Final[i64] = (1 << FIELDS["order_low"].width) - 1
TINST: Final[i64] = FIELDS["tinst"].lsb             # in `insn`


class Record:
    """Sixteen words, signed. The last four, and some of `flags`, are inputs; the others are compared in lockstep."""

    flags: i64 = 0
    insn: i64 = 0                       # and tinst above it
    pc: i64 = 0
    next_pc: i64 = 0
    rd_value: i64 = 0
    mem_vaddr: i64 = 0
    mem_paddr: i64 = 0
    mem_rdata: i64 = 0
    mem_wdata: i64 = 0
    csr_value: i64 = 0
    tval: i64 = 0
    tval2: i64 = 0
    time: i64 = 0
    cycle: i64 = 0
    error_paddr: i64 = 0
    clock: i64 = 0
    extras: bool = False                # one of mem_vaddr to tval2 may not be zero

    def clear_extras(self) -> None:
        """What most instructions do not have is zero again."""
        if self.extras:
            self.mem_vaddr = self.mem_paddr = self.mem_rdata = self.mem_wdata = 0
            self.csr_value = self.tval = self.tval2 = 0
            self.extras = False

    def words(self) -> list[int]:
        """All of it, unsigned, in the order of isa/retire.py."""
        return [unsigned(word) for word in (
            self.flags, self.insn, self.pc, self.next_pc, self.rd_value,
            self.mem_vaddr, self.mem_paddr, self.mem_rdata, self.mem_wdata, self.csr_value, self.tval, self.tval2,
            self.time, self.cycle, self.error_paddr, self.clock)]
