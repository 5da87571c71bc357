"""The golden model against Spike: one program on both, compared retirement by retirement.

Compared are pc, instruction, nominal privilege, the register written, addresses and sizes and values of memory accesses,
every CSR that Spike's log shows, and cause, epc and tval of every trap. What the log does not show (V, tval2, tinst, GVA)
shows in the log's CSRs as soon as the program reads them. `spike_differences` lists what may differ.
"""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from isa import causes, platform, retire
from isa.csrs import BY_NAME, BY_NUMBER
from isa.profile import PROFILES
from sim import spike
from sim import spike_differences as differences
from sim.model import Machine
from sim.model.bits import wrap
from sim.spike import Event

CONTEXT = 8                 # events before a difference that the report shows
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

    `report` tells the first difference; it is empty when there was none up to the end or the bound.
    """

    events: int
    code: int | None
    report: str = ""


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
    count = 0
    try:
        for event in events:
            follow_time(machine, event)
            machine.step()
            record = retire.unpack(machine.hart.record)
            found = mismatches(machine, record, event)
            if found:
                return Result(count, None, _report(last, event, record, found))
            if differences.compared(_csr_of(event)) != ONES:
                machine.hart.w(event.rd, event.rd_value)
            count += 1
            last.append(event)
            code = next((spike.exit_code(value) for address, value, _ in event.stores if address == tohost), None)
            if code is not None or count == max_events:
                return Result(count, code)
    finally:
        events.close()
    return Result(count, None, f"Spike stopped after {count} events, the model goes on")


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
        h.set_time(wrap(event.rd_value - (h.htimedelta if guest else 0)))
    elif number in PENDING:
        shown = event.rd_value << (1 if guest else PENDING[number])
        _let_fire(machine, shown & TIMER_BITS & ~h.pending())
    elif event.mode == causes.M and MTIME in event.loads:
        h.set_time(wrap(event.rd_value))


def _csr_of(event: Event) -> int:
    """Number of the CSR that the event read into a register, or -1."""
    is_csr = event.insn & 0x7F == SYSTEM and event.insn >> 12 & 3 and event.rd > 0
    return event.insn >> 20 if is_csr else -1


def _let_fire(machine: Machine, interrupts: int) -> None:
    """Let so much time pass that these timer interrupts, bits of mip, are pending."""
    h = machine.hart
    comparators = {"MTI": machine.clint.mtimecmp, "STI": h.stimecmp, "VSTI": h.vstimecmp - h.htimedelta}
    moments = [value & ONES for name, value in comparators.items() if interrupts >> causes.IRQ[name] & 1]
    h.set_time(wrap(max([h.time & ONES, *moments])))


def mismatches(machine: Machine, record: Record, event: Event) -> list[Mismatch]:
    """What differs between the step that the model has just done and Spike's event: (what, model, Spike)."""
    pairs: list[Mismatch] = [("pc", record["pc"], event.pc), ("trap", record["trap"], int(event.trap))]
    if record["trap"] and event.trap:
        # Spike logs the cause before it is shifted for VS.
        shifted = record["interrupt"] and record["next_mode"] == causes.VS
        pairs += [("interrupt", record["interrupt"], int(event.interrupt)),
                  ("cause", record["cause"] + shifted, event.cause), ("tval", record["tval"], event.tval)]
    elif not record["trap"] and not event.trap:
        pairs += [("insn", record["insn"], event.insn), ("mode", record["mode"] & 3, event.mode),
                  ("rd", record["rd"], max(event.rd, 0)), *_accesses(record, event)]
        mask = differences.compared(_csr_of(event))
        pairs.append(("rd_value", record["rd_value"] & mask, event.rd_value & mask))
        for number, value in event.csrs.items():
            if number not in differences.SPIKE_ONLY:
                name, mask = BY_NUMBER[number].name, differences.compared(number, event.csrs)
                pairs.append((name, machine.read_csr(name) & mask, value & mask))
    return [pair for pair in pairs if pair[1] != pair[2]]


def _accesses(record: Record, event: Event) -> list[Mismatch]:
    """The explicit memory access, as far as Spike shows it: addresses, and what is stored."""
    pairs: list[Mismatch] = [("mem_read", record["mem_read"], len(event.loads)),
                             ("mem_write", record["mem_write"], len(event.stores))]
    pairs += [("mem_vaddr", record["mem_vaddr"], address) for address in event.loads]
    for address, value, size in event.stores:
        pairs += [("mem_vaddr", record["mem_vaddr"], address), ("mem_wdata", record["mem_wdata"], value),
                  ("bytes", 1 << record["mem_size"], size)]
    return pairs


def _report(last: deque[Event], event: Event, record: Record, found: list[Mismatch]) -> str:
    lines = [e.text.rstrip() for e in (*last, event)]
    lines += [f"  {what}: the model has {mine:#x}, Spike {theirs:#x}" for what, mine, theirs in found]
    shown = " ".join(f"{name}={value:#x}" for name, value in record.items() if value)
    return "\n".join([*lines, f"  the model's record: {shown}"])
