"""Filling the retirement record of a step (retire.py): `sample`, or in lockstep the RTL's record, gives the inputs, then
`retired` or `trapped` the rest.
"""

from mypy_extensions import i64

from sim.model import csr_access, insn
from sim.model.bits import shl
from sim.model.hart import Hart
from sim.model.insn import Insn
from sim.model.memory import narrow
from sim.model.retire import (
    CAUSE,
    COMPRESSED,
    CSR_ADDR,
    CSR_WRITE,
    GVA,
    INTERRUPT,
    IRQ,
    MODE,
    NEXT_MODE,
    ORDER,
    ORDER_MASK,
    RD,
    READ,
    SIZE,
    TINST,
    TRAP,
    VALID,
    WRITE,
)
from sim.model.trap import Taken


def sample(h: Hart) -> None:
    """Fill the inputs of the record of a machine that runs alone."""
    r = h.retire
    r.flags = shl(h.lines, IRQ)
    r.time = h.time
    r.cycle = h.cycle()
    r.error_paddr = 0
    r.clock = h.steps


def retired(h: Hart, i: Insn, pc: i64, mode: i64, order: i64) -> None:
    """Record of an instruction that has retired; all architectural effects are already in the hart."""
    r = h.retire
    r.clear_extras()
    flags = r.flags | VALID | shl(mode, MODE) | shl(h.mode, NEXT_MODE) | shl(i.rd, RD) | shl(order & ORDER_MASK, ORDER)
    if i.length == 2:
        flags |= COMPRESSED
    kind = i.memory
    if kind != insn.NONE:
        if kind != insn.SC or h.sc_success:
            flags |= shl(i.log2, SIZE)
            r.extras = True
            r.mem_vaddr, r.mem_paddr = h.mem_vaddr, h.mem_paddr
            if kind == insn.LOAD or kind == insn.AMO:
                flags |= READ
                r.mem_rdata = narrow(h.mem_rdata, i.log2)
            if kind == insn.STORE or kind == insn.AMO or kind == insn.SC:
                flags |= WRITE
                r.mem_wdata = narrow(h.mem_wdata, i.log2)
    elif i.writes_csr():
        flags |= CSR_WRITE | shl(i.csr, CSR_ADDR)
        r.extras = True
        r.csr_value = csr_access.target(h, i.csr).read(h)
    r.flags, r.insn, r.pc, r.next_pc = flags, i.word, pc, h.pc
    r.rd_value = h.x[i.rd]


def trapped(h: Hart, i: Insn | None, taken: Taken, pc: i64, mode: i64, order: i64) -> None:
    """Record of a trap; `i` is None for an interrupt or when nothing could be fetched."""
    r = h.retire
    r.clear_extras()
    r.flags |= VALID | TRAP | shl(taken.cause, CAUSE) | shl(mode, MODE) | shl(h.mode, NEXT_MODE)
    r.flags |= shl(order & ORDER_MASK, ORDER)
    if taken.interrupt:
        r.flags |= INTERRUPT
    if taken.gva:
        r.flags |= GVA
    r.insn = shl(taken.tinst, TINST)
    if i is not None:
        r.insn |= i.word
        if i.length == 2:
            r.flags |= COMPRESSED
    r.pc, r.next_pc = pc, h.pc
    r.rd_value = 0
    r.extras = True
    r.tval, r.tval2 = taken.tval, taken.tval2
