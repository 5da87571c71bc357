"""The golden model against Spike: one program on both, compared retirement by retirement.

Compared are pc, instruction, nominal privilege, the register written, addresses and sizes and values of memory accesses,
every CSR that Spike's log shows, and cause, epc and tval of every trap. What the log does not show (V, tval2, tinst, GVA)
shows in the log's CSRs as soon as the program reads them. `spike_differences` lists what may differ.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from isa import causes, insns, platform, retire
from isa.csrs import BY_NAME, BY_NUMBER
from isa.profile import PROFILES
from sim import spike
from sim import spike_differences as differences
from sim.model import Machine
from sim.model.bits import signed
from sim.model.masks import STCE
from sim.spike import Event

BLOCK = 64                  # bytes that cbo.zero clears
CONTEXT = 9                 # events that a report shows, the one that differs included
ONES = (1 << 64) - 1
SYSTEM = 0b1110011
MTIME = platform.CLINT.base + platform.CLINT_MTIME
SPIKE_STEPS = 1_000         # of Spike's bound per compared event: a trap ends a batch of BATCH steps
PENDING = {BY_NAME["mip"].number: 0, BY_NAME["hip"].number: 0, BY_NAME["sip"].number: 0, BY_NAME["vsip"].number: 1}
TIMER_BITS = sum(1 << cause for cause in differences.TIMERS)

Record = dict[str, int]
Mismatch = tuple[str, int, int]


@dataclass(frozen=True)
class Result:
    """How a cross-check ended: after so many equal events the program wrote exit `code` (None: it did not end).

    `report` tells the first difference; it is empty when there was none up to the end or the bound. `used`: how often
    each known difference of Spike was needed, by the name of its CSR.
    """

    events: int
    code: int | None
    report: str = ""
    used: Counter[str] = field(default_factory=Counter)


def crosscheck(elf: Path, max_events: int = 1_000_000, ram_size: int = platform.RAM_SIZE) -> Result:
    """Run an ELF on the golden model and on Spike until they differ, it writes tohost, or so many events.

    Raises SpikeError, ElfError.
    """
    machine = Machine(profile=PROFILES["spike"], ram_size=ram_size)
    image = machine.load_elf(elf)
    after_boot_rom(machine, image.entry)
    events = spike.events(elf, image.entry, SPIKE_STEPS * max_events + spike.BATCH, ram_size)
    tohost = image.symbols.get("tohost")
    last: deque[Event] = deque(maxlen=CONTEXT)
    used: Counter[str] = Counter()
    count = 0
    try:
        for event in events:
            follow_time(machine, event)
            machine.step()
            last.append(event)
            if found := mismatches(machine, machine.hart.record, event, used):
                return Result(count, None, report(last, machine, found), used)
            count += 1
            code = next((spike.exit_code(value) for address, value, _ in event.stores if address == tohost), None)
            if code is not None or count == max_events:
                return Result(count, code, used=used)
    finally:
        events.close()
    return Result(count, None, f"Spike stopped after {count} events, the model goes on", used)


def after_boot_rom(machine: Machine, entry: int) -> None:
    """Put the model where Spike's boot ROM hands over to the program."""
    machine.hart.minstret = differences.BOOT_INSTRUCTIONS
    machine.clint.mtimecmp = differences.MTIMECMP
    for number, value in {**differences.BOOT_REGISTERS, differences.ENTRY_REGISTER: entry}.items():
        machine.hart.w(number, value)


def follow_time(machine: Machine, event: Event) -> None:
    """Time stands still in the model, except where Spike's next event shows that its own has moved on."""
    h = machine.hart
    h.set_time(h.time)
    number = _csr_of(event)
    guest = h.mode & causes.VU
    if event.interrupt and event.cause in differences.TIMERS:
        _let_fire(machine, 1 << event.cause)
    elif number == BY_NAME["time"].number:
        h.set_time(signed(event.rd_value - (h.htimedelta if guest else 0)))
    elif number in PENDING:
        shown = event.rd_value << (1 if guest else PENDING[number])
        _let_fire(machine, shown & TIMER_BITS & ~h.pending())
    elif event.mode == causes.M and MTIME in event.loads:
        h.set_time(signed(event.rd_value))


def _csr_of(event: Event) -> int:
    """Number of the CSR that the event read into a register, or -1."""
    is_csr = event.insn & 0x7F == SYSTEM and event.insn >> 12 & 3 and event.rd > 0
    return event.insn >> 20 if is_csr else -1


def _let_fire(machine: Machine, interrupts: int) -> None:
    """Let so much time pass that these timer interrupts, bits of mip, are pending; a comparator must be switched on."""
    h = machine.hart
    comparators = {"MTI": machine.clint.mtimecmp}
    if h.menvcfg & STCE:
        comparators["STI"] = h.stimecmp
        if h.henvcfg & STCE:
            comparators["VSTI"] = h.vstimecmp - h.htimedelta
    moments = [value & ONES for name, value in comparators.items() if interrupts >> causes.IRQ[name] & 1]
    h.set_time(signed(max([h.time & ONES, *moments])))


def mismatches(machine: Machine, words: retire.Words, event: Event, used: Counter[str]) -> list[Mismatch]:
    """What differs between the step that the model has just done, with its record, and Spike's event: (what, model, Spike).

    Counts in `used` which of the known differences explained something, and gives the model Spike's value there.
    """
    if _agrees(words, event):
        return []
    record = retire.unpack(words)
    pairs: list[Mismatch] = [("pc", record["pc"], event.pc), ("trap", record["trap"], int(event.trap))]
    if record["trap"] and event.trap:
        # Spike logs the cause before it is shifted for VS.
        shifted = record["interrupt"] and record["next_mode"] == causes.VS
        pairs += [("interrupt", record["interrupt"], int(event.interrupt)),
                  ("cause", record["cause"] + shifted, event.cause), ("tval", record["tval"], event.tval)]
    elif not record["trap"] and not event.trap:
        pairs += [("insn", record["insn"], event.insn), ("mode", record["mode"] & 3, event.mode),
                  ("rd", record["rd"], max(event.rd, 0)), *_accesses(record, event)]
        rows = differences.explained(_csr_of(event), record["rd_value"], event.rd_value)
        if rows:
            machine.hart.w(event.rd, signed(event.rd_value))
        else:
            pairs.append(("rd_value", record["rd_value"], event.rd_value))
        shown = [number for number, _ in event.csrs]
        for number, value in event.csrs:
            if number in differences.SPIKE_ONLY:
                continue
            name = BY_NUMBER[number].name
            mine = machine.read_csr(name)
            why = differences.explained(number, mine, value, shown)
            rows += why
            if not why:
                pairs.append((name, mine, value))
        used.update(row.csr for row in rows)
    return [pair for pair in pairs if pair[1] != pair[2]]


_CBO_ZERO = insns.BY_NAME["cbo.zero"]
_AT = {name: field.lsb for name, field in retire.FIELDS.items()}
_WORD = {name: field.word for name, field in retire.FIELDS.items()}
_TRAP, _MODE, _RD, _SIZE = 1 << _AT["trap"], _AT["mode"], _AT["rd"], _AT["mem_size"]
_READ, _WRITE = _AT["mem_read"], _AT["mem_write"]
_INSN = (1 << retire.FIELDS["insn"].width) - 1
_PC, _RD_VALUE, _VADDR, _WDATA = (_WORD[n] for n in ("pc", "rd_value", "mem_vaddr", "mem_wdata"))


def _agrees(words: retire.Words, event: Event) -> bool:
    """Is this a commit that writes no CSR, and is all of it as in Spike's log?

    So are most; the others are unpacked for a closer look.
    """
    if event.trap or event.csrs or len(event.loads) + len(event.stores) > 1:
        return False
    flags = words[0]
    if (flags & _TRAP or words[_PC] != event.pc or words[1] & _INSN != event.insn or flags >> _MODE & 3 != event.mode
            or words[_RD_VALUE] != event.rd_value or flags >> _RD & 31 != max(event.rd, 0)
            or flags >> _READ & 1 != len(event.loads) or flags >> _WRITE & 1 != len(event.stores)):
        return False
    if event.loads:
        return words[_VADDR] == event.loads[0]
    size = 1 << (flags >> _SIZE & 3)
    return not event.stores or (words[_VADDR], words[_WDATA], size) == event.stores[0]


def _accesses(record: Record, event: Event) -> list[Mismatch]:
    """The explicit memory access, as far as Spike shows it: addresses, and what is stored.

    Spike shows cbo.zero as stores of single bytes; the record has one that stands for the block.
    """
    if record["insn"] & _CBO_ZERO.mask == _CBO_ZERO.match:
        first = record["mem_vaddr"] & -BLOCK
        same = list(event.stores) == [(address, 0, 1) for address in range(first, first + BLOCK)]
        return [("block zeroed", record["mem_write"], int(same))]
    pairs: list[Mismatch] = [("mem_read", record["mem_read"], len(event.loads)),
                             ("mem_write", record["mem_write"], len(event.stores))]
    pairs += [("mem_vaddr", record["mem_vaddr"], address) for address in event.loads]
    for address, value, size in event.stores:
        pairs += [("mem_vaddr", record["mem_vaddr"], address), ("mem_wdata", record["mem_wdata"], value),
                  ("bytes", 1 << record["mem_size"], size)]
    return pairs


def report(last: Iterable[Event], machine: Machine, found: list[Mismatch]) -> str:
    """The way to a difference, what differs, and the model's record."""
    lines = [event.text.rstrip() for event in last]
    lines += [f"  {what}: the model has {mine:#x}, Spike {theirs:#x}" for what, mine, theirs in found]
    shown = [f"{name}={value:#x}" for name, value in retire.unpack(machine.hart.record).items() if value]
    return "\n".join([*lines, f"  the model's record: {' '.join(shown)}"])
