"""The retirement record of the last step, in the layout of isa/retire.py.

`retired` and `trapped` fill the compared fields; the inputs are those of `inputs`, or of the RTL's record in lockstep.
"""

from isa.retire import FIELDS, WORDS
from sim.model import csr_access, insn
from sim.model.bits import ONES
from sim.model.execute_system import CsrInsn
from sim.model.hart import Hart
from sim.model.insn import Insn
from sim.model.memory import MASKS
from sim.model.trap import Taken

_AT = {name: f.lsb for name, f in FIELDS.items()}
_TRAP, _INTERRUPT, _CAUSE, _GVA = (_AT[n] for n in ("trap", "interrupt", "cause", "gva"))
_MODE, _NEXT_MODE, _COMPRESSED = (_AT[n] for n in ("mode", "next_mode", "compressed"))
_RD, _SIZE = _AT["rd"], _AT["mem_size"]
_READ, _WRITE = 1 << _AT["mem_read"], 1 << _AT["mem_write"]
_CSR_WRITE, _CSR_ADDR = 1 << _AT["csr_write"], _AT["csr_addr"]
_IRQ, _ORDER, _TINST = _AT["irq"], _AT["order_low"], _AT["tinst"]
_VALID = 1 << _AT["valid"]
ORDER_MASK = (1 << FIELDS["order_low"].width) - 1
MEMORY_FLAGS = {insn.NONE: 0, insn.LOAD: _READ, insn.STORE: _WRITE, insn.AMO: _READ | _WRITE, insn.SC: _WRITE,
                insn.CACHE: 0}

# The words from `time` on are inputs; word 0 has some as well.
FIRST_INPUT = FIELDS["time"].word
_NO_INPUTS = (0,) * (WORDS - FIRST_INPUT)


def inputs(h: Hart) -> tuple[int, list[int]]:
    """What the next record of a machine that runs alone samples: bits of word 0, and the words of inputs."""
    return h.lines << _IRQ, [h.time & ONES, h.cycle() & ONES, 0, h.steps]


def retired(h: Hart, i: Insn, pc: int, mode: int, order: int) -> list[int]:
    """Record of an instruction that has retired; all architectural effects are already in the hart."""
    word0 = _VALID | mode << _MODE | h.mode << _NEXT_MODE | i.rd << _RD | (order & ORDER_MASK) << _ORDER
    if i.length == 2:
        word0 |= 1 << _COMPRESSED
    vaddr = paddr = rdata = wdata = csr_value = 0
    kind = i.memory
    if kind and not (kind == insn.SC and not h.sc_success):
        flags = MEMORY_FLAGS[kind]
        word0 |= flags | i.log2 << _SIZE
        vaddr, paddr = h.mem_vaddr & ONES, h.mem_paddr & ONES
        if flags & _READ:
            rdata = h.mem_rdata & MASKS[i.log2]
        if flags & _WRITE:
            wdata = h.mem_wdata & MASKS[i.log2]
    elif isinstance(i, CsrInsn) and i.writes():
        word0 |= _CSR_WRITE | i.csr << _CSR_ADDR
        csr_value = csr_access.target(h, i.csr).read(h) & ONES
    return [word0, i.word, pc & ONES, h.pc & ONES, h.x[i.rd] & ONES, vaddr, paddr, rdata, wdata, csr_value,
            0, 0, *_NO_INPUTS]


def trapped(h: Hart, i: Insn | None, taken: Taken, pc: int, mode: int, order: int) -> list[int]:
    """Record of a trap; `i` is None for an interrupt or when nothing could be fetched."""
    word0 = (_VALID | 1 << _TRAP | taken.interrupt << _INTERRUPT | taken.cause << _CAUSE | mode << _MODE
             | h.mode << _NEXT_MODE | taken.gva << _GVA | (order & ORDER_MASK) << _ORDER)
    word = 0
    if i:
        word = i.word
        word0 |= (i.length == 2) << _COMPRESSED
    return [word0, word | taken.tinst << _TINST, pc & ONES, h.pc & ONES, 0, 0, 0, 0, 0, 0,
            taken.tval & ONES, taken.tval2 & ONES, *_NO_INPUTS]
