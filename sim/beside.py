"""The golden model beside a core that is not ours: it executes what the core reports, one report after the other.

What cores report differs; what is not in a report is not compared. Taken from the core, as the lockstep
of our own core does, are when an interrupt is taken, what a load from a device or from the host interface gave, and what a
CSR that `free` names held.
"""

from collections import deque
from dataclasses import dataclass

from isa import causes, retire
from isa.csrs import BY_NUMBER, CSRS
from sim.crosscheck import follow_time
from sim.model import Machine, record
from sim.model.bits import signed
from sim.model.execution import execute
from sim.model.hart import ABSENT
from sim.model.interrupts import takeable
from sim.model.memory import RAM, ROM
from sim.spike import Event
from sim.spike_differences import TIMERS

PATIENCE = 8                            # reports that an interrupt may stay takeable before it must be taken
UNREPORTED = 4                          # traps in a row of a core that does not report them
CONTEXT = 8                             # reports before a difference that are shown
SYSTEM = 0b1110011
HALF, WORD = 0xFFFF, 0xFFFF_FFFF

# CSRs whose values are each core's own business: time, counters, and who it is.
FREE = frozenset(row.name for row in CSRS if row.name in ("mvendorid", "marchid", "mimpid", "mhartid")
                 or row.name.removeprefix("m").startswith(("cycle", "time", "instret", "hpmcounter")))

Difference = tuple[str, int, int]       # what, in the model, in the core


class Diverged(Exception):
    """Core and model differ; the text is the report."""


@dataclass(slots=True)
class Report:
    """What a core says of one instruction or trap; ABSENT where it says nothing. Values are unsigned.

    `mode` is the nominal privilege. Loads are (address, bytes, value), stores (address, value, bytes), CSRs (number, value).
    `text` is how it looked, for people.
    """

    pc: int
    text: str
    insn: int = ABSENT
    mode: int = ABSENT
    rd: int = ABSENT
    rd_value: int = ABSENT
    next_pc: int = ABSENT
    loads: tuple[tuple[int, int, int], ...] = ()
    stores: tuple[tuple[int, int, int], ...] = ()
    csrs: tuple[tuple[int, int], ...] = ()
    trap: bool = False
    interrupt: bool = False
    cause: int = ABSENT
    tval: int = ABSENT


class Beside:
    """Follows a core with a machine. `memory`: the core reports its accesses; `traps`: it reports traps as such."""

    def __init__(self, machine: Machine, *, memory: bool = True, traps: bool = True, free: frozenset[str] = FREE) -> None:
        self.machine = machine
        self.count = 0                  # reports that agreed
        self._memory, self._traps, self._free = memory, traps, free
        self._last: deque[str] = deque(maxlen=CONTEXT)
        self._overdue = 0
        self._mine: dict[str, int] = {}

    def follow(self, theirs: Report) -> None:
        """Execute what the core reports. Raises Diverged with the first difference."""
        if found := self._differences(theirs):
            raise Diverged(self._text(theirs, found))
        self._last.append(theirs.text)
        self.count += 1

    def _differences(self, theirs: Report) -> list[Difference]:
        self._follow_time(theirs)
        waiting = self._step(theirs.interrupt)
        if waiting > PATIENCE:
            return [("records that an interrupt has been takeable", waiting, 0)]
        unreported = 0
        while self._mine["trap"] and not theirs.trap and not self._traps and unreported < UNREPORTED:
            if self._mine["pc"] == theirs.pc and self._insn(theirs) in (self._mine["insn"], ABSENT):
                return []               # reported, but like any other instruction
            unreported += 1
            self._step(False)
        mine = self._mine
        pairs = [("pc", mine["pc"], theirs.pc), ("trap", mine["trap"], int(theirs.trap)),
                 ("next_pc", mine["next_pc"], theirs.next_pc)]
        pairs += self._trap(theirs) if theirs.trap and mine["trap"] else []
        pairs += self._retirement(theirs) if not theirs.trap and not mine["trap"] else []
        return [pair for pair in pairs if pair[2] not in (pair[1], ABSENT)]

    def _follow_time(self, theirs: Report) -> None:
        """Time is the core's own: it passes in the model where the core shows that a timer interrupt is pending."""
        possible = (theirs.cause,) if theirs.cause != ABSENT or not theirs.interrupt else tuple(TIMERS)
        for cause in possible:
            follow_time(self.machine, Event(theirs.pc, "", insn=theirs.insn, rd=theirs.rd, rd_value=theirs.rd_value,
                                            interrupt=theirs.interrupt, cause=cause))
            if takeable(self.machine.hart) != ABSENT:
                break

    def _step(self, interrupt: bool) -> int:
        """One record of the model; returns for how many an interrupt has waited that the core did not take."""
        h = self.machine.hart
        h.locked = h.waiting = False    # a WFI ends when the core's next report comes
        self.machine.attend()
        record.sample(h)
        code = takeable(h)
        self._overdue = 0 if interrupt or code == ABSENT else self._overdue + 1
        execute(h, code if interrupt else ABSENT)
        self._mine = retire.unpack(h.record)
        return self._overdue

    def _trap(self, theirs: Report) -> list[Difference]:
        mine = self._mine
        # Cores report the cause before it is shifted for VS.
        cause = mine["cause"] + (mine["interrupt"] and mine["next_mode"] == causes.VS)
        return [("interrupt", mine["interrupt"], int(theirs.interrupt)), ("cause", cause, theirs.cause),
                ("tval", mine["tval"], theirs.tval)]

    def _retirement(self, theirs: Report) -> list[Difference]:
        mine = self._mine
        pairs = [("insn", mine["insn"], self._insn(theirs)), ("mode", mine["mode"] & causes.M, theirs.mode),
                 ("rd", mine["rd"], theirs.rd)]
        if theirs.rd_value != ABSENT and self._is_free():
            self.machine.hart.w(mine["rd"], signed(theirs.rd_value))
        else:
            pairs.append(("rd_value", mine["rd_value"], theirs.rd_value))
        for number, value in theirs.csrs:       # one that the model lacks cannot have been the instruction's own
            register = self.machine.hart.csrs.by_number.get(number)
            if register is not None and register.name not in self._free:
                pairs.append((register.name, self.machine.read_csr(register.name), value))
        return pairs + (self._accesses(theirs) if self._memory else [])

    def _insn(self, theirs: Report) -> int:
        """Its instruction as fetched. Of a compressed one, some cores show more bits, others the instruction it stands for."""
        mine = self._mine["insn"]
        if theirs.insn == ABSENT or not self._mine["compressed"]:
            return theirs.insn
        if theirs.insn & 3 == 3:
            return mine if theirs.insn == self.machine.hart.decoder.decode(mine).word32 & WORD else theirs.insn
        return theirs.insn & HALF

    def _is_free(self) -> bool:
        """Did the instruction read what only the core knows: a device, the host interface, or a free CSR?"""
        mine, memory = self._mine, self.machine.memory
        if mine["mem_read"]:
            place = signed(mine["mem_paddr"])
            return memory.kind(place) not in (RAM, ROM) or memory.is_host(place)
        row = BY_NUMBER.get(mine["insn"] >> 20) if mine["insn"] & 0x7F == SYSTEM and mine["insn"] >> 12 & 3 else None
        return row is not None and row.name in self._free

    def _accesses(self, theirs: Report) -> list[Difference]:
        mine = self._mine
        size = 1 << mine["mem_size"]
        pairs = [("mem_read", mine["mem_read"], len(theirs.loads)), ("mem_write", mine["mem_write"], len(theirs.stores))]
        for address, count, value in theirs.loads:
            pairs += [("mem_vaddr", mine["mem_vaddr"], address), ("bytes", size, count)]
            pairs += [] if self._is_free() else [("mem_rdata", mine["mem_rdata"], value)]
        for address, value, count in theirs.stores:
            pairs += [("mem_vaddr", mine["mem_vaddr"], address), ("bytes", size, count)]
            pairs += [("mem_wdata", mine["mem_wdata"], value)]
        return pairs

    def _text(self, theirs: Report, found: list[Difference]) -> str:
        """The way to a difference, what differs, and the model's record."""
        lines = [text.rstrip() for text in (*self._last, theirs.text)]
        lines += [f"  {what}: the model has {mine:#x}, the core {its:#x}" for what, mine, its in found]
        shown = " ".join(f"{name}={value:#x}" for name, value in self._mine.items() if value)
        return "\n".join([*lines, f"  the model's record: {shown}"])
