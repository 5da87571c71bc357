"""Executing: one instruction, exception or interrupt with its record, or a burst of instructions without."""

from mypy_extensions import i64

from sim.model import record
from sim.model.access import fetch, fetch_parcel
from sim.model.decode import Illegal
from sim.model.hart import ABSENT, NO_PAGE, Hart
from sim.model.insn import Insn
from sim.model.isa_disable import takes
from sim.model.trap import Trap, take_exception, take_interrupt


def execute(h: Hart, interrupt: i64) -> None:
    """One interrupt (if not ABSENT), else one instruction or exception; adds to `h.retire`, which has its inputs."""
    pc, mode, order = h.pc, h.mode, h.retired + h.traps
    if interrupt != ABSENT:
        record.trapped(h, None, take_interrupt(h, interrupt), pc, mode, order)
        return
    i: Insn | None = None
    try:
        i = next_insn(h)
        h.npc = pc + i.length
        i.run(h)
        h.pc = h.npc
        h.retired += 1
        record.retired(h, i, pc, mode, order)
    except Trap as trap:
        record.trapped(h, i, take_exception(h, trap, i), pc, mode, order)


def burst(h: Hart, count: i64) -> None:
    """Up to `count` instructions; ends early after a trap or where the hart asks for attention."""
    i: Insn | None = None
    try:
        while count > 0:
            count -= 1
            i = None
            i = next_insn(h)
            h.npc = h.pc + i.length
            i.run(h)
            h.pc = h.npc
            h.retired += 1
            if h.attention:
                break
    except Trap as trap:
        take_exception(h, trap, i)


def next_insn(h: Hart) -> Insn:
    """The instruction at pc."""
    if h.pc >> 12 == h.code_page:
        i = h.code[(h.pc & 0xFFF) >> 1]
        if i is not None:
            return i
    return _fetch(h)


def _fetch(h: Hart) -> Insn:
    """Fetch and decode at pc, or remember; what lies on two pages is fetched each time."""
    pa = fetch_parcel(h, h.pc)
    h.code_page, h.code = h.pc >> 12, h.code_at(pa)
    at = (pa & 0xFFF) >> 1
    i = h.code[at]
    if i is None or h.error_dword != ABSENT:
        try:
            i = h.decoder.decode(fetch(h, pa))
            if takes(h, i.extension):
                i = Illegal(None, i.word, i.word32, i.length)
        except Trap:
            h.code_page = NO_PAGE
            raise
        if pa & 0xFFF != 0xFFE or i.length == 2:
            h.code[at] = i
    return i
