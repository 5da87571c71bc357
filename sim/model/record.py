"""The retirement record of the last step, in the layout of isa/retire.py.

`sample` (in lockstep, the RTL's record) fills the inputs, then `retired` or `trapped` the compared fields.
"""

from typing import Final

from mypy_extensions import i64

from isa.retire import FIELDS, WORDS
from sim.model import csr_access, insn
from sim.model.bits import shl
from sim.model.hart import Hart
from sim.model.insn import Insn
from sim.model.memory import narrow
from sim.model.trap import Taken


def _flag(name: str) -> int:
    return 1 << FIELDS[name].lsb


VALID: Final[i64] = _flag("valid")
TRAP: Final[i64] = _flag("trap")
INTERRUPT: Final[i64] = _flag("interrupt")
GVA: Final[i64] = _flag("gva")
COMPRESSED: Final[i64] = _flag("compressed")
READ: Final[i64] = _flag("mem_read")
WRITE: Final[i64] = _flag("mem_write")
CSR_WRITE: Final[i64] = _flag("csr_write")
# Lowest bits of wider fields of word 0, and of tinst in word 1.
CAUSE: Final[i64] = FIELDS["cause"].lsb
MODE: Final[i64] = FIELDS["mode"].lsb
NEXT_MODE: Final[i64] = FIELDS["next_mode"].lsb
RD: Final[i64] = FIELDS["rd"].lsb
SIZE: Final[i64] = FIELDS["mem_size"].lsb
CSR_ADDR: Final[i64] = FIELDS["csr_addr"].lsb
IRQ: Final[i64] = FIELDS["irq"].lsb
ORDER: Final[i64] = FIELDS["order_low"].lsb
ORDER_MASK: Final[i64] = (1 << FIELDS["order_low"].width) - 1
TINST: Final[i64] = FIELDS["tinst"].lsb
# Words of the fields that have one to themselves.
INSN: Final[i64] = FIELDS["insn"].word
PC: Final[i64] = FIELDS["pc"].word
NEXT_PC: Final[i64] = FIELDS["next_pc"].word
RD_VALUE: Final[i64] = FIELDS["rd_value"].word
VADDR: Final[i64] = FIELDS["mem_vaddr"].word
PADDR: Final[i64] = FIELDS["mem_paddr"].word
RDATA: Final[i64] = FIELDS["mem_rdata"].word
WDATA: Final[i64] = FIELDS["mem_wdata"].word
CSR_VALUE: Final[i64] = FIELDS["csr_value"].word
TVAL: Final[i64] = FIELDS["tval"].word
TVAL2: Final[i64] = FIELDS["tval2"].word
TIME: Final[i64] = FIELDS["time"].word      # the words from here on are inputs; word 0 has some as well
CYCLE: Final[i64] = FIELDS["cycle"].word
ERROR_PADDR: Final[i64] = FIELDS["error_paddr"].word
CLOCK: Final[i64] = FIELDS["clock"].word
ALL: Final[i64] = WORDS


def sample(h: Hart) -> None:
    """Fill the inputs of the record of a machine that runs alone."""
    h.record[0] = shl(h.lines, IRQ)
    h.record[TIME] = h.time
    h.record[CYCLE] = h.cycle()
    h.record[ERROR_PADDR] = 0
    h.record[CLOCK] = h.steps


def retired(h: Hart, i: Insn, pc: i64, mode: i64, order: i64) -> None:
    """Record of an instruction that has retired; all architectural effects are already in the hart."""
    r = h.record
    flags = VALID | shl(mode, MODE) | shl(h.mode, NEXT_MODE) | shl(i.rd, RD) | shl(order & ORDER_MASK, ORDER)
    if i.length == 2:
        flags |= COMPRESSED
    for word in range(VADDR, TIME):
        r[word] = 0
    kind = i.memory
    if kind != insn.NONE and not (kind == insn.SC and not h.sc_success):
        flags |= shl(i.log2, SIZE)
        r[VADDR], r[PADDR] = h.mem_vaddr, h.mem_paddr
        if kind == insn.LOAD or kind == insn.AMO:
            flags |= READ
            r[RDATA] = narrow(h.mem_rdata, i.log2)
        if kind in (insn.STORE, insn.AMO, insn.SC):
            flags |= WRITE
            r[WDATA] = narrow(h.mem_wdata, i.log2)
    elif i.writes_csr():
        flags |= CSR_WRITE | shl(i.csr, CSR_ADDR)
        r[CSR_VALUE] = csr_access.target(h, i.csr).read(h)
    r[0] |= flags
    r[INSN] = i.word
    r[PC], r[NEXT_PC] = pc, h.pc
    r[RD_VALUE] = h.x[i.rd]


def trapped(h: Hart, i: Insn | None, taken: Taken, pc: i64, mode: i64, order: i64) -> None:
    """Record of a trap; `i` is None for an interrupt or when nothing could be fetched."""
    r = h.record
    flags = VALID | TRAP | shl(taken.cause, CAUSE) | shl(mode, MODE) | shl(h.mode, NEXT_MODE) | shl(order & ORDER_MASK, ORDER)
    if taken.interrupt:
        flags |= INTERRUPT
    if taken.gva:
        flags |= GVA
    for word in range(RD_VALUE, TVAL):
        r[word] = 0
    r[INSN] = shl(taken.tinst, TINST)
    if i is not None:
        r[INSN] |= i.word
        if i.length == 2:
            flags |= COMPRESSED
    r[0] |= flags
    r[PC], r[NEXT_PC] = pc, h.pc
    r[TVAL], r[TVAL2] = taken.tval, taken.tval2
