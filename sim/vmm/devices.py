"""`doppelhart vmm devices`: each guest has a UART, an interrupt controller, a timer, a disk, a port of a network and I/O ports
of its own, and none has another's.

Two guests exchange data over the network, and an intruder tries everything else. They run three times: with the hypervisor
looking into the permission bitmap of I/O ports, with the hart doing so (`hioba` of Xdoppel), and on a hart that says nothing in
htinst, so that the hypervisor fetches each instruction that accessed a device.

1. Every guest finds right what it checks: its interrupts, its disk, its own memory and the frames of the other; what was
   received is what was sent.
2. The intruder finds that each of its attempts was refused, that it has read no byte of another's memory or disk, and that no
   frame came to it that is for others.
3. No guest has touched a page of physical memory outside its own RAM, but for the registers behind its ports.
4. With the hart's bitmap permitted accesses are no exits; without it, each is one. Denied accesses are one each, both ways.
5. Where htinst is 0 every access to a device was fetched (HLVX), and nowhere else.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from isa import causes, platform, retire
from isa.insns import BY_NAME
from isa.profile import PROFILES
from sim.firmware import Edit
from sim.outcome import Outcome, Verdict
from sim.run import named
from sim.terminal import Terminal
from sim.vmm.judge import judged
from sim.vmm.labels import Labelled
from sim.vmm.scenario import Image, Run, Setting, run
from sim.vmm.worlds import Worlds, trespasses

PEERS, INTRUDER = (0, 1), 2
DISK_SIZE, ROUNDS, PAYLOAD = 4096, 8, 200       # as in the guests
RAM, HOST = 0x20_0000, 0x8020_0000              # of each guest, and where the first one's is
PERMITTED, DENIED = 1, 2                        # the label is the number of the guest, times 16, and what it is about
ACCESSES = 100                                  # of each kind
SOFTWARE, HARDWARE = 1, 2                       # of PORTS: who looks into the bitmap
ATTEMPTS = 500                                  # an intruder that tries less has not done its work
IMAGE = Image(("devices", "devices", "intruder"), {"DISK_SIZE": DISK_SIZE, "NETWORK": 1}, statistics="sim.vmm.devices:Devices",
              max_instructions=20_000_000)

_F = retire.FIELDS
_LOAD, _STORE = (next(c.code for c in causes.EXCEPTIONS if c.name == name) for name in (
    "LOAD_GUEST_PAGE_FAULT", "STORE_GUEST_PAGE_FAULT"))
_HLVX = BY_NAME["hlvx.hu"]


@dataclass
class Devices:
    """Consumes blocks of records in order: what Labelled and Worlds do, and also counts the accesses of guests that reached
    registers of the machine, and the instructions of guests that the hypervisor has read.
    """

    labels: Labelled = field(default_factory=Labelled)
    worlds: Worlds = field(default_factory=Worlds)
    fetches: int = 0
    passed: Counter[int] = field(default_factory=Counter)

    def feed(self, block: Sequence[int], count: int) -> None:
        """Count `count` records; `block` holds at least count * retire.WORDS unsigned 64-bit words."""
        self.labels.feed(block, count)
        self.worlds.feed(block, count)
        size = count * retire.WORDS
        v, fetch = 4 << _F["mode"].lsb, _HLVX.match
        self.fetches += sum([insn & _HLVX.mask == fetch for insn in block[_F["insn"].word:size:retire.WORDS]])
        addresses = block[_F["mem_paddr"].word:size:retire.WORDS]
        self.passed.update(address for at, address in enumerate(addresses)
                           if 0 < address < platform.RAM_BASE and block[at * retire.WORDS + _F["valid"].word] & v)

    def summary(self) -> dict[str, Any]:
        """Plain data for JSON: what Labelled and Worlds say; `fetches`; `passed`, accesses by physical address."""
        return {**self.labels.summary(), **self.worlds.summary(), "fetches": self.fetches,
                "passed": {str(address): n for address, n in sorted(self.passed.items())}}


TITLES = ("software", "hioba", "htinst 0")


@dataclass(frozen=True)
class Variant:
    """One of the three runs."""

    title: str
    run: Run
    hardware: bool
    fetched: bool

    def exits(self, guest: int, label: int) -> list[Mapping[str, int]]:
        """Figures of the exits for accesses to devices that had this label, loads and stores."""
        counted = self.run.statistics
        return [counted[key] for cause in (_LOAD, _STORE) if (key := f"{guest << 4 | label}/{cause}") in counted]

    def count(self, label: int) -> dict[int, int]:
        """How many those were, by guest."""
        return {guest: sum(exits["count"] for exits in self.exits(guest, label)) for guest in PEERS}


def measure(setting: Setting, flaw: str = "FLAW_NONE", titles: Collection[str] = TITLES,
            edits: tuple[Edit, ...] = ()) -> Outcome:
    """The runs with these titles. Raises BadInput."""
    # The model stands in where the core has no bitmap; and no core of ours leaves htinst 0.
    mapped = setting if named(setting.config, PROFILES).has("Xdoppel") else replace(setting, on="model", config="full")
    silent = replace(setting, on="model", config="spike")
    variants: list[Variant] = []
    for title, ports, where in zip(TITLES, (SOFTWARE, HARDWARE, SOFTWARE), (setting, mapped, silent), strict=True):
        if title not in titles:
            continue
        done = run(replace(IMAGE, defines={**IMAGE.defines, "PORTS": ports, "FLAW": flaw}, edits=edits), where)
        if done.outcome.verdict is not Verdict.PASS:
            return replace(judged((done,), (), {}), detail="\n".join(_complaints(title, done)))
        variants.append(Variant(title, done, ports == HARDWARE, where is silent))
    return judged([variant.run for variant in variants],
                  [f"{variant.title}: {fault}" for variant in variants for fault in faults(variant)],
                  {variant.title: figures(variant) for variant in variants})


def _complaints(title: str, done: Run) -> list[str]:
    """What a run that did not pass says, and what its guests say."""
    said = [f"guest {guest}: {line}" for guest in (*PEERS, INTRUDER) for line in done.lines(guest) if line.startswith("FAIL")]
    return [f"{title}: {line}" for line in dict.fromkeys([done.outcome.detail or "it did not pass", *said])]


def received(number: int) -> int:
    """The sum over all that the guest of this number gets from the other one, each byte times its place."""
    other = 1 - number
    return sum((i + 1) * ((other + 3) * 0x35 + turn * 0x1d + i * (2 * other + 3) & 0xFF)
               for turn in range(ROUNDS) for i in range(PAYLOAD))


def faults(variant: Variant) -> list[str]:
    """What is not as it should be, beyond what the guests themselves check."""
    found, done, counted = [], variant.run, variant.run.statistics
    for guest in PEERS:
        got = done.figures(guest)
        if got.get("received") != received(guest):
            found.append(f"guest {guest} received {got.get('received')}, and was sent {received(guest)}")
        if not got.get("disk_interrupts") or not got.get("network_interrupts"):
            found.append(f"guest {guest} was not interrupted by its disk and its network")
    tried = done.figures(INTRUDER)
    if tried.get("attempts", 0) < ATTEMPTS or tried.get("leaked") != 0 or tried.get("overheard") != 0:
        found.append(f"the intruder made {tried.get('attempts', 0)} attempts, read {tried.get('leaked')} bytes of another's "
                     f"and overheard {tried.get('overheard')} frames")
    found += trespasses(counted["pages"], HOST, RAM, [platform.UART.base >> 12] if variant.hardware else [])
    permitted, denied = variant.count(PERMITTED), variant.count(DENIED)
    wanted = 0 if variant.hardware else ACCESSES
    found += [f"guest {guest} made {ACCESSES} accesses to permitted ports with {permitted[guest]} exits, not {wanted}"
              for guest in PEERS if permitted[guest] != wanted]
    found += [f"guest {guest} made {ACCESSES} accesses to denied ports with {denied[guest]} exits"
              for guest in PEERS if denied[guest] != ACCESSES]
    passed = sum(counted["passed"].values())
    if passed != (ACCESSES * len(PEERS) if variant.hardware else 0):
        found.append(f"{passed} accesses of guests reached registers of the machine")
    if bool(counted["fetches"]) != variant.fetched:
        found.append(f"{counted['fetches']} instructions of guests were fetched by the hypervisor")
    return found


def figures(variant: Variant) -> dict[str, Any]:
    """Plain data, for JSON: exits for each kind of port, the price of each access, what the intruder found."""
    counted, tried = variant.run.statistics, variant.run.figures(INTRUDER)
    permitted, denied = sum(variant.count(PERMITTED).values()), sum(variant.count(DENIED).values())
    spent = sum(counted["spent"].get(str(guest << 4 | PERMITTED), 0) for guest in PEERS)
    exits = sum(each["sum"] for guest in PEERS for each in variant.exits(guest, PERMITTED))
    return {"permitted": {"accesses": ACCESSES * len(PEERS), "exits": permitted,
                          "price": round((spent + exits) / (ACCESSES * len(PEERS)), 1)},
            "denied": {"accesses": ACCESSES * len(PEERS), "exits": denied,
                       "price": max(each["median"] for guest in PEERS for each in variant.exits(guest, DENIED))},
            "fetches": counted["fetches"], "attempts": tried["attempts"], "leaked": tried["leaked"],
            "overheard": tried["overheard"], "on": variant.run.outcome.on}


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The tables."""
    if not outcome.figures:
        return
    terminal.table("I/O ports; prices in cycles, on the model in instructions",
                   ("bitmap", "on", "open", "exits", "price", "denied", "exits", "price", "fetched"),
                   [(title, f["on"].split()[0], f["permitted"]["accesses"], f["permitted"]["exits"], f["permitted"]["price"],
                     f["denied"]["accesses"], f["denied"]["exits"], f["denied"]["price"], f["fetches"])
                    for title, f in outcome.figures.items()])
    tried = next(iter(outcome.figures.values()))
    terminal.note(f"the intruder made {tried['attempts']} attempts in each run: {tried['leaked']} bytes of another's read, "
                  f"{tried['overheard']} frames overheard, nothing written")
