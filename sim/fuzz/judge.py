"""One program on the golden model and on Spike, record against log line, until they differ or the program ends.

What Spike's log does not show (V, mtval2, mtinst) the program's handlers read into registers, which it does show.
"""

import re
import subprocess
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from isa import causes, csrs, retire
from isa.profile import PROFILES
from sim.fuzz import layout
from sim.model import Machine

MAX_RECORDS = 60_000
SPIKE_SECONDS = 60
_STEPS = 5_000              # Spike's --instructions also counts the rest of a batch of this size after each trap
_COMMIT = re.compile(r"core +0: (\d) (0x\w+) \((0x\w+)\)(.*)")
_TRAP = re.compile(r"core +0: exception (\w+)(?: #(\d+))?, epc (0x\w+)")
_TVAL = re.compile(r"core +0: +tval (0x\w+)")
_WRITES = re.compile(r" (x\d+|c\d+_\w+|mem) +(0x\w+)(?: (0x\w+))?")

# Spike's names of the exceptions, where they are not the table's.
_NAMES = {"INSTRUCTION_MISALIGNED": "instruction_address_misaligned", "LOAD_MISALIGNED": "load_address_misaligned",
          "STORE_MISALIGNED": "store_address_misaligned", "ECALL_U": "user_ecall", "ECALL_S": "supervisor_ecall",
          "ECALL_VS": "virtual_supervisor_ecall", "ECALL_M": "machine_ecall"}
_CAUSE = {f"trap_{_NAMES.get(c.name, c.name.lower())}": c.code for c in causes.EXCEPTIONS}

# Bits of CSRs that Spike has although GEILEN = 0: SGEI is read-only one in mideleg.
_MASKED = {"mideleg": 1 << 12}

Record = dict[str, int]
Watch = Callable[[Record], None]


Judge = Callable[[Path, Watch], "Result"]


@dataclass
class Event:
    """One line of Spike's log, in the terms of the retirement record; absent keys were not shown."""

    values: Record
    text: str


@dataclass
class Result:
    """How a comparison ended: `difference` is empty when both agreed to the end."""

    records: int
    retired: int
    virtual: int
    ended: bool
    difference: str = ""
    field: str = ""

    @property
    def quality(self) -> bool:
        """At least 2,000 instructions, 30 % of them with V=1, and an end."""
        return self.ended and self.retired >= 2000 and 10 * self.virtual >= 3 * self.retired


def on_model(elf: Path, watch: Watch = lambda record: None) -> Iterator[Record]:
    """Records of the golden model, up to the store to tohost."""
    machine = Machine(PROFILES["spike"], layout.RAM_SIZE)
    machine.load_elf(elf)
    for _ in range(MAX_RECORDS):
        machine.step()
        record = retire.unpack(machine.hart.record)
        watch(record)
        yield record
        if record["mem_write"] and record["mem_paddr"] == layout.TOHOST:
            return


def on_spike(elf: Path, spike: list[str]) -> Generator[Event, None, None]:
    """Events of Spike from the program's entry to the store to tohost. `spike`: the command, without the program."""
    command = [*spike, f"-m{layout.S_CODE:#x}:{layout.RAM_SIZE:#x}", "-l", "--log-commits",
               f"--instructions={MAX_RECORDS * 100}", str(elf)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield from _events(process.stderr)
        finally:
            process.kill()


def _events(lines: Iterable[str]) -> Iterator[Event]:
    pending: Event | None = None
    for line in lines:
        if pending is not None:
            tval = _TVAL.match(line)
            if tval:
                pending.values["tval"] = int(tval[1], 16)
                pending.text += line
            yield pending
            pending = None
        if commit := _COMMIT.match(line):
            event = _commit(commit, line)
            if event.values["pc"] < layout.S_CODE and event.values["mode"] == causes.M and not event.values["pc"] >> 17:
                continue                                        # the boot ROM
            yield event
            if event.values.get("mem_vaddr") == layout.TOHOST:
                return
        elif trap := _TRAP.match(line):
            interrupt = trap[1] == "interrupt"
            cause = int(trap[2]) if interrupt else _CAUSE[trap[1]]
            pending = Event({"trap": 1, "interrupt": int(interrupt), "cause": cause, "pc": int(trap[3], 16)}, line)


def _commit(match: re.Match[str], line: str) -> Event:
    values: Record = {"trap": 0, "mode": int(match[1]), "pc": int(match[2], 16), "insn": int(match[3], 16)}
    for name, first, second in _WRITES.findall(match[4]):
        if name == "mem":
            values["mem_vaddr"] = int(first, 16)
            if second:
                values["mem_wdata"] = int(second, 16)
        elif name[0] == "x":
            values["rd"], values["rd_value"] = int(name[1:]), int(first, 16)
        else:
            values[name.partition("_")[0]] = int(first, 16)
    return Event(values, line)


def compare(elf: Path, spike: list[str], watch: Watch = lambda record: None) -> Result:
    """Run both; stop at the first difference."""
    result = Result(0, 0, 0, False)
    events = on_spike(elf, spike)
    last: list[str] = []
    for record in on_model(elf, watch):
        result.records += 1
        result.retired += not record["trap"]
        result.virtual += bool(not record["trap"] and record["mode"] & 4)
        event = next(events, None)
        if event is None:
            result.difference, result.field = "Spike stopped here:\n" + describe(record), "end"
            break
        result.field = differs(record, event.values)
        if result.field:
            result.difference = "".join(last[-6:]) + f"differ in {result.field}\nmodel: {describe(record)}\nspike: {event.text}"
            break
        last.append(event.text)
    else:
        result.ended = bool(record["mem_write"] and record["mem_paddr"] == layout.TOHOST)
    events.close()
    return result


def differs(record: Record, event: Record) -> str:
    """The first field in which they differ, or nothing."""
    if record["trap"] != event["trap"] or record["pc"] != event["pc"]:
        return "trap" if record["pc"] == event["pc"] else "pc"
    if record["trap"]:
        shifted = record["interrupt"] and record["next_mode"] == causes.VS
        if record["interrupt"] != event["interrupt"] or record["cause"] + shifted != event["cause"]:
            return "cause"
        return "tval" if not record["interrupt"] and record["tval"] != event.get("tval", 0) else ""
    if record["mode"] & 3 != event["mode"] or record["insn"] != event["insn"]:
        return "mode" if record["insn"] == event["insn"] else "insn"
    if (record["rd"], record["rd_value"]) != (event.get("rd", 0), event.get("rd_value", 0)):
        return "rd_value"
    if record["mem_vaddr"] != event.get("mem_vaddr", record["mem_vaddr"]):
        return "mem_vaddr"
    if record["mem_write"] and record["mem_wdata"] != event.get("mem_wdata"):
        return "mem_wdata"
    return _csr(record, event)


def _csr(record: Record, event: Record) -> str:
    if not record["csr_write"]:
        return ""
    name = csrs.BY_NUMBER[record["csr_addr"]].name
    if record["mode"] & 4:
        name = csrs.SUBSTITUTES.get(name, name)
    shown = event.get(f"c{csrs.BY_NAME[name].number}")
    if shown is not None and (shown ^ record["csr_value"]) & ~_MASKED.get(name, 0):
        return f"csr_value of {name}"
    return ""


def describe(record: Record) -> str:
    """The fields of a record that are not zero, on one line."""
    return " ".join(f"{name}={value:#x}" for name, value in record.items() if value and name not in ("time", "cycle", "clock"))
