"""Following an RTL: the model executes what the records say was retired, and compares.

What is taken from a record is the closed list of the fields marked IN in isa/retire.py, whether an interrupt
was taken, and `mem_rdata` of a load whose address is a device or the host interface. Everything else is
computed and must be equal.
"""

from array import array
from collections.abc import Callable
from typing import Union

from isa.causes import EXC, INTERRUPTS, MODES
from isa.retire import FIELDS, WORDS, unpack
from sim.model.bits import wrap
from sim.model.hart import ABSENT, Hart
from sim.model.interrupts import takeable
from sim.model.masks import LINES
from sim.model.record import FIRST_INPUT

Block = Union["array[int]", "memoryview[int]"]
PATIENCE = 8                            # records that an interrupt may stay takeable before it must be taken
TIME, CYCLE, ERROR_PADDR = (FIELDS[n].word for n in ("time", "cycle", "error_paddr"))
RDATA = FIELDS["mem_rdata"].word


def _flag(name: str) -> int:
    f = FIELDS[name]
    return (2 << f.width - 1) - 1 << f.lsb


INTERRUPT, BUS_ERROR, SC_SPURIOUS = _flag("interrupt"), _flag("bus_error"), _flag("sc_spurious")
CAUSE, FETCH_ERROR = _flag("cause"), EXC["INSTRUCTION_ACCESS_FAULT"] << FIELDS["cause"].lsb
IRQ_LSB = FIELDS["irq"].lsb
SAMPLED = sum(_flag(f.name) for f in FIELDS.values() if f.sampled and f.word == 0)


def follow(h: Hart, execute: Callable[[int], None], block: Block, count: int) -> tuple[int, str]:
    """Follow `count` records in `block` (unsigned 64-bit words) with `execute(interrupt or ABSENT)`.

    Returns how many agreed and, when that is not all, what is wrong with the next one.
    """
    h.locked = True
    for i in range(count):
        theirs = block[i * WORDS:(i + 1) * WORDS].tolist()
        reason = ""
        _sample(h, theirs)
        code = takeable(h)
        if theirs[0] & INTERRUPT:
            if code == ABSENT:
                reason = f"interrupt not allowed: none is pending and enabled here ({_state(h)})"
            h.overdue = 0
            execute(code)
        else:
            h.overdue = 0 if code == ABSENT else h.overdue + 1
            late = h.overdue > PATIENCE
            if late:
                reason = f"late interrupt: {_title(code)} has been takeable for {h.overdue} records"
            execute(code if late else ABSENT)
        h.error_dword = ABSENT
        mine = h.record
        mine[0] |= theirs[0] & SAMPLED
        mine[FIRST_INPUT:] = theirs[FIRST_INPUT:]
        if reason or mine != theirs:
            return i, reason or _differences(mine, theirs)
    return count, ""


def _sample(h: Hart, theirs: list[int]) -> None:
    """Take the inputs of a record."""
    flags = theirs[0]
    h.time, h.in_cycle, h.in_rdata = wrap(theirs[TIME]), wrap(theirs[CYCLE]), theirs[RDATA]
    h.lines = flags >> IRQ_LSB & LINES
    h.in_sc_spurious = flags & SC_SPURIOUS != 0
    if flags & BUS_ERROR:
        # With no cached translation or instruction, every access of this step passes the checks.
        h.error_dword = wrap(theirs[ERROR_PADDR]) & -8
        h.error_fetch = flags & CAUSE == FETCH_ERROR
        h.flush()


def _differences(mine: list[int], theirs: list[int]) -> str:
    model, rtl = unpack(mine), unpack(theirs)
    return "; ".join(f"{name}: model 0x{value:x}, RTL 0x{rtl[name]:x}"
                     for name, value in model.items() if value != rtl[name])


def _title(code: int) -> str:
    return next(c.title for c in INTERRUPTS if c.code == code)


def _state(h: Hart) -> str:
    delegation = f"mideleg 0x{h.mideleg:x}, hideleg 0x{h.hideleg:x}"
    return f"mip 0x{h.pending():x}, mie 0x{h.mie:x}, {delegation}, mode {MODES[h.mode]}"
