"""Following an RTL: the model executes what the records say was retired, and compares.

What is taken from a record is the closed list of the fields marked IN in isa/retire.py, whether an interrupt
was taken, which portion of an instruction was fetched at a bus error (xtval), `mem_rdata` of a load whose address is a
device or the host interface, and the value of an hpm counter of what only the RTL has. Everything else is computed and
must be equal.
"""

from typing import Final

from mypy_extensions import i64

from isa.causes import EXC, INTERRUPTS, MODES
from isa.retire import FIELDS, WORDS, unpack
from sim.model.bits import lsr
from sim.model.block import Block
from sim.model.execution import execute
from sim.model.hart import ABSENT, Hart
from sim.model.interrupts import takeable
from sim.model.masks import LINES
from sim.model.retire import INTERRUPT, IRQ

PATIENCE: Final[i64] = 8                # records that an interrupt may stay takeable before it must be taken


def _mask(name: str) -> int:
    f = FIELDS[name]
    return (1 << f.width) - 1 << f.lsb


BUS_ERROR: Final[i64] = _mask("bus_error")
SC_SPURIOUS: Final[i64] = _mask("sc_spurious")
CAUSE: Final[i64] = _mask("cause")
RD: Final[i64] = _mask("rd")
FETCH_ERROR: Final[i64] = EXC["INSTRUCTION_ACCESS_FAULT"] << FIELDS["cause"].lsb
TIME: Final[i64] = FIELDS["time"].word
CYCLE: Final[i64] = FIELDS["cycle"].word
RD_VALUE: Final[i64] = FIELDS["rd_value"].word
RDATA: Final[i64] = FIELDS["mem_rdata"].word
CSR_VALUE: Final[i64] = FIELDS["csr_value"].word
TVAL: Final[i64] = FIELDS["tval"].word
ERROR_PADDR: Final[i64] = FIELDS["error_paddr"].word
CLOCK: Final[i64] = FIELDS["clock"].word
SAMPLED: Final[i64] = sum([_mask(f.name) for f in FIELDS.values() if f.sampled and f.word == 0])


class Follower:
    """Follows the records of an RTL with one hart; `reason` says, in words, what differed."""

    def __init__(self, hart: Hart) -> None:
        self.hart = hart
        self.reason = ""

    def follow(self, block: Block, count: i64) -> i64:
        """Follow `count` records; returns how many agreed."""
        h = self.hart
        h.locked = True
        self.reason = ""
        for number in range(count):
            flags = block.word(number, 0)
            _sample(h, block, number, flags)
            code = takeable(h)
            if flags & INTERRUPT:
                if code == ABSENT:
                    self.reason = f"interrupt not allowed: none is pending and enabled here ({_state(h)})"
                h.overdue = 0
                execute(h, code)
            elif code == ABSENT:
                h.overdue = 0
                execute(h, ABSENT)
            else:
                self._wait(code)
            if h.error_dword != ABSENT:
                h.error_dword = ABSENT
                h.select_data_mode()
            if self.reason or not block.agrees(number, h.retire):
                self._report(block, number)
                return number
        return count

    def _wait(self, code: i64) -> None:
        """The RTL goes on although an interrupt is takeable: fine for a while, as it travels through the pipeline."""
        h = self.hart
        h.overdue += 1
        if h.overdue > PATIENCE:
            self.reason = f"late interrupt: {_title(code)} has been takeable for {h.overdue} records"
            execute(h, code)
        else:
            execute(h, ABSENT)

    def _report(self, block: Block, number: i64) -> None:
        """Complete our record with the inputs of theirs, and say what differs."""
        r = self.hart.retire
        r.time, r.cycle = block.word(number, TIME), block.word(number, CYCLE)
        r.error_paddr, r.clock = block.word(number, ERROR_PADDR), block.word(number, CLOCK)
        if not self.reason:
            model, rtl = unpack(r.words()), unpack([block.word(number, word) for word in range(WORDS)])
            self.reason = "; ".join([f"{name}: model 0x{value:x}, RTL 0x{rtl[name]:x}"
                                     for name, value in model.items() if value != rtl[name]])


def _sample(h: Hart, block: Block, number: i64, flags: i64) -> None:
    """Take the inputs of a record."""
    h.retire.flags = flags & SAMPLED
    h.time = block.word(number, TIME)
    h.in_cycle = block.word(number, CYCLE)
    h.in_clock = block.word(number, CLOCK)
    h.in_counter = block.word(number, RD_VALUE if flags & RD else CSR_VALUE)
    h.in_rdata = block.word(number, RDATA)
    h.lines = lsr(flags, IRQ) & LINES
    h.in_sc_spurious = flags & SC_SPURIOUS != 0
    if flags & BUS_ERROR:
        h.error_dword = block.word(number, ERROR_PADDR) & -8
        h.error_fetch = flags & CAUSE == FETCH_ERROR
        h.error_va = block.word(number, TVAL)       # of two portions the other one may have been translated long ago
        h.distrust()


def _title(code: i64) -> str:
    return next(c.title for c in INTERRUPTS if c.code == code)


def _state(h: Hart) -> str:
    delegation = f"mideleg 0x{h.mideleg:x}, hideleg 0x{h.hideleg:x}"
    return f"mip 0x{h.pending():x}, mie 0x{h.mie:x}, {delegation}, mode {MODES[h.mode]}"
