"""`doppelhart vmm density`: very many machines on one hart, each with its own memory, UART, timer and answer.

1. Each guest prints the answer that belongs to its number, and no other line.
2. No guest touches a page outside its own RAM.
3. No guest gets a VMID whose last owner's translations the hart may still hold.
"""

import re
from typing import Any

from isa import platform
from sim.outcome import BadInput, Outcome, Verdict
from sim.terminal import Terminal
from sim.vmm.judge import judged
from sim.vmm.scenario import Image, Run, Setting, run
from sim.vmm.worlds import trespasses

GUEST = "density"
GUESTS = {"model": 1000, "rtl": 64}
MOST = 4096
RAM = 0x4000                    # bytes of each guest
ROUNDS, WORDS = 4, 64          # as in the guest
SLICE_TICKS = 100
TABLES = 0x6000                 # of page tables for each guest: the root of 16 KiB and one of each lower level
FIRMWARE = 0x10_0000            # more than code and data of the hypervisor, without what each guest adds
STATE = 0x800                   # more than that
WORD = 0xFFFF_FFFF_FFFF_FFFF
MEMORY = re.compile(r"memory: (\d+) bytes of RAM and (\d+) of state for each guest, (\d+) of tables and disks")


def image(guests: int, flaw: str = "FLAW_NONE") -> Image:
    """So many guests, in a machine that has room for them."""
    host = _up(platform.RAM_BASE + FIRMWARE + guests * (TABLES + STATE), 0x20_0000)
    end = host + guests * RAM - platform.RAM_BASE
    return Image((GUEST,) * guests,
                 {"GUESTS_MAX": guests, "GUEST_RAM_SIZE": RAM, "GUEST_HOST_BASE": host, "SLICE_TICKS": SLICE_TICKS,
                  "FLAW": flaw},
                 statistics="sim.vmm.worlds:Worlds", ram_size=max(platform.RAM_SIZE, _up(end, 0x20_0000)),
                 max_instructions=1_000_000 + 200_000 * guests)


def _up(value: int, to: int) -> int:
    return -(-value // to) * to


def answer(number: int) -> int:
    """What the guest of this number has to print."""
    x = number + 1
    for _ in range(ROUNDS * WORDS):
        x ^= x << 13 & WORD
        x ^= x >> 7
        x ^= x << 17 & WORD
    return x


def measure(setting: Setting, guests: int, flaw: str = "FLAW_NONE") -> Outcome:
    """Run so many. Raises BadInput."""
    if not 1 <= guests <= MOST:
        raise BadInput(f"{guests} guests cannot be had; there can be 1 to {MOST}")
    wanted = image(guests, flaw)
    done = run(wanted, setting)
    if done.outcome.verdict is not Verdict.PASS:
        return judged((done,), (), {})
    counted = done.statistics
    faults = answers(done, guests)
    faults += trespasses(counted["pages"], int(wanted.defines["GUEST_HOST_BASE"]), RAM)
    if counted["stale"]:
        faults.append(f"{counted['stale']} times a guest got a VMID under which translations of another may be left")
    return judged((done,), faults, figures(done, guests))


def answers(done: Run, guests: int) -> list[str]:
    """The guests that did not print their own answer alone."""
    printed: dict[int, list[str]] = {}
    for number, line in re.findall(r"^\[guest (\d+)\] (.*)$", done.text, re.MULTILINE):
        printed.setdefault(int(number), []).append(line)
    return [f"guest {guest} was to print its answer {wanted}, and printed {printed.get(guest, [])}" for guest in range(guests)
            if printed.get(guest) != [f"figure answer {(wanted := answer(guest))}"]]


def figures(done: Run, guests: int) -> dict[str, Any]:
    """Plain data, for JSON. Sizes in bytes; `switch` in core cycles, or instructions and traps on the model."""
    memory = MEMORY.search(done.text)
    if memory is None:
        raise ValueError("the hypervisor has not said how much memory its guests have")
    ram, state, tables = map(int, memory.groups())
    rollovers = re.search(r"switches: (\d+), VMID rollovers: (\d+)", done.text)
    if rollovers is None:
        raise ValueError("the hypervisor has not said how often it switched")
    return {"guests": guests, "ram": ram, "state": state, "tables": tables // guests,
            "memory": ram + state + tables // guests, "touched": len(done.statistics["pages"][0]),
            "switches": int(rollovers[1]), "rollovers": int(rollovers[2]), "switch": done.statistics["switch"]}


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The tables."""
    if "memory" not in outcome.figures:
        return
    f, unit = outcome.figures, "instructions" if outcome.on == "model" else "cycles"
    terminal.table(f"{f['guests']:,} machines on one hart: bytes for each", ("RAM", "page tables", "state", "in all"),
                   [(f"{f['ram']:,}", f"{f['tables']:,}", f"{f['state']:,}", f"{f['memory']:,}")])
    s = f["switch"]
    terminal.table(f"A switch when a slice ends, {unit}", ("switches", "minimum", "median", "99th percentile", "instructions"),
                   [(s["count"], s["min"], s["median"], s["p99"], s["instructions"])])
    terminal.note(f"{f['switches']:,} switches in all, {f['rollovers']} rollovers of VMIDs; "
                  "every guest had its own right answer")
