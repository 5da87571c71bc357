"""`doppelhart vmm hypercall`: batches of calls. What they cost by their length, and that none is lost, made twice or changed.

1. The price of a batch of N calls is fixed + N * each, by least squares over the medians of N = 1 to FITTED; none of these is
   further from that than RESIDUAL of its price. One exit is amortised: the longest batch costs less than AMORTISED of its calls
   made alone.
2. With slices that end in the middle of batches every call is made once, and the guest finds its results where it looks.
3. No argument is read twice by the hypervisor in one exit. On the model another hart is played as well: it writes to each
   argument as soon as the hypervisor has read it, and nothing may come of that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from isa import causes, platform, retire
from isa.profile import PROFILES
from sim.firmware import build_firmware
from sim.model import Machine
from sim.model.observe import Watchpoint
from sim.outcome import BadInput, Outcome, Verdict
from sim.run import named
from sim.terminal import Terminal
from sim.toolchain import ToolchainError
from sim.vmm.judge import judged
from sim.vmm.labels import Labelled
from sim.vmm.scenario import Image, Run, Setting, run

GUEST = "hypercall"
LENGTHS = (1, 2, 4, 8, 16, 32)
FITTED = 16                     # longer ones may push the hypervisor's own data out of a small cache
SINGLE = 0x100                  # label of a call that is made alone
LINES, LINE = 4, "abcdefghijklmnopqrstuvwxyz"
RESIDUAL = 0.06
AMORTISED = 0.75
ENTRY, ARGUMENTS = 80, 64       # bytes of a call of a batch, and of what of it the hypervisor reads
BATCH = platform.RAM_BASE + 0x20_0000 + 0x10_0000      # where the first guest's batch is in the machine
BATCH_SIZE = 0x1_0000
OWN_EXTENSION, MULTICALL = 0x0900_0000, 1
RACE_LIMIT = 2_000_000          # instructions

PRICES = Image((GUEST,), {"SLICE_TICKS": 20_000, "HYPERCALL_LINES": LINES}, statistics="sim.vmm.hypercall:Batches")
CUT = Image((GUEST, GUEST), {"SLICE_TICKS": 100, "HYPERCALL_ROUNDS": 0, "HYPERCALL_LINES": LINES},
            statistics="sim.vmm.hypercall:Batches")
RACE = Image((GUEST,), {"HYPERCALL_ROUNDS": 0, "HYPERCALL_LINES": 1, "HYPERCALL_RACE": 1})

_F = retire.FIELDS
_ECALL = next(c.code for c in causes.EXCEPTIONS if c.name == "ECALL_VS")


@dataclass
class Batches(Labelled):
    """Also counts how often the hypervisor reads each word of the first guest's batch in one exit."""

    most_reads: int = 0
    words_read: int = 0
    _reads: Counter[int] = field(default_factory=Counter)

    def feed(self, block: Sequence[int], count: int) -> None:
        """See Labelled."""
        super().feed(block, count)
        size = count * retire.WORDS
        heads = block[_F["valid"].word:size:retire.WORDS]
        addresses = block[_F["mem_paddr"].word:size:retire.WORDS]
        v, read = 4 << _F["mode"].lsb, 1 << _F["mem_read"].lsb
        for head, address in zip(heads, addresses, strict=True):
            if head & v:
                self._reads.clear()
            elif head & read and 0 <= address - BATCH < BATCH_SIZE:
                self._reads[address & -8] += 1
                self.words_read += 1
                self.most_reads = max(self.most_reads, self._reads[address & -8])

    def summary(self) -> dict[str, Any]:
        """See Labelled; `most_reads` and `words_read` are counts."""
        return {**super().summary(), "most_reads": self.most_reads, "words_read": self.words_read}


@dataclass(frozen=True)
class Curve:
    """Prices by length, of one call alone, and the line through them: cycles, or instructions on the model."""

    prices: dict[int, int]
    single: int
    fixed: float
    each: float

    @property
    def residual(self) -> float:
        """The worst distance from the line, as a part of the price."""
        return max(abs(self.fixed + self.each * length - price) / price for length, price in fitted(self.prices).items())

    @property
    def break_even(self) -> int:
        """Calls from which on a batch costs less than calls alone; 0 if it never does."""
        return next((n for n in range(1, 1000) if self.fixed + self.each * n < self.single * n), 0)

    def faults(self) -> list[str]:
        """What is not as predicted."""
        found = []
        if self.residual > RESIDUAL:
            found.append(f"a batch is {self.residual:.1%} away from {self.fixed:.0f} + {self.each:.1f} a call, "
                         f"more than {RESIDUAL:.0%}")
        longest, price = max(self.prices.items())
        if price > AMORTISED * self.single * longest:
            found.append(f"a batch of {longest} costs {price}, more than {AMORTISED:.0%} of so many calls at {self.single}")
        return found

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for JSON."""
        return {"prices": self.prices, "single": self.single, "fixed": round(self.fixed, 2), "each": round(self.each, 2),
                "residual": round(self.residual, 5), "break_even": self.break_even}


def fitted(points: dict[int, int]) -> dict[int, int]:
    """Those that the line goes through."""
    return {length: price for length, price in points.items() if length <= FITTED}


def line_through(points: dict[int, int]) -> tuple[float, float]:
    """Value at 0 and slope of the line of least squares."""
    n = len(points)
    x, y = sum(points) / n, sum(points.values()) / n
    slope = sum((a - x) * (b - y) for a, b in points.items()) / sum((a - x) ** 2 for a in points)
    return y - slope * x, slope


def curve(statistics: dict[str, Any]) -> Curve:
    """From what Batches has counted."""
    points = {length: statistics[f"{length}/{_ECALL}"]["median"] for length in LENGTHS}
    return Curve(points, statistics[f"{SINGLE}/{_ECALL}"]["median"], *line_through(fitted(points)))


def measure(setting: Setting, flaw: str = "FLAW_NONE") -> Outcome:
    """All three parts. Raises BadInput."""
    prices, cut = run(_flawed(PRICES, flaw), setting), run(_flawed(CUT, flaw), setting)
    if any(part.outcome.verdict is not Verdict.PASS for part in (prices, cut)):
        return judged((prices, cut), (), {})
    shape = curve(prices.statistics)
    faults = shape.faults() + _lines(cut) + _reads(prices) + _reads(cut)
    short = [cut.figures(guest)["cut_short"] for guest in (0, 1)]
    if not all(short):
        faults.append("no batch was cut short by the end of a slice")
    writes, unharmed = race(setting, flaw)
    if not unharmed:
        faults.append("a batch whose arguments were written to after they had been read did something else")
    return judged((prices, cut), faults, {"curve": shape.as_dict(), "cut_short": short, "raced_words": writes,
                                          "most_reads": max(prices.statistics["most_reads"], cut.statistics["most_reads"])})


def _flawed(image: Image, flaw: str) -> Image:
    return replace(image, defines={**image.defines, "FLAW": flaw})


def _lines(done: Run) -> list[str]:
    """Each guest's calls have printed its lines, and nothing else between them."""
    return [f"guest {guest} was to print its letters {LINES} times, and printed {lines}"
            for guest in (0, 1)
            if (lines := [line for line in done.lines(guest) if not line.startswith(("figure", "PASS"))]) != [LINE] * LINES]


def _reads(done: Run) -> list[str]:
    counted = done.statistics
    if not counted["words_read"]:
        return ["the hypervisor was not seen to read a batch"]
    return [f"the hypervisor read an argument {counted['most_reads']} times"] if counted["most_reads"] > 1 else []


def race(setting: Setting, flaw: str = "FLAW_NONE") -> tuple[int, bool]:
    """On the model: each argument that the hypervisor has read becomes that of a batch inside the batch.

    Returns how many were written, and whether the guest has found what it had asked for. Raises BadInput.
    """
    try:
        elf = build_firmware(RACE.guests, _flawed(RACE, flaw).defines)
    except ToolchainError as error:
        raise BadInput(str(error)) from error
    machine, console = Machine(profile=named(setting.config, PROFILES)), bytearray()
    machine.load_elf(elf)
    machine.on_console = console.extend
    machine.observer.watchpoints = [Watchpoint(BATCH, BATCH_SIZE, reads=True, writes=False)]
    other = [BATCH - 0x20_0000, 1, 0, 0, 0, 0, MULTICALL, OWN_EXTENSION]
    writes = 0
    while machine.run(RACE_LIMIT) == "watchpoint":
        address = retire.unpack(machine.hart.record)["mem_paddr"]
        offset = (address - BATCH) % ENTRY
        if offset < ARGUMENTS:
            machine.write_memory(address & -8, other[offset // 8].to_bytes(8, "little"))
            writes += 1
    text = console.decode(errors="replace").replace("\r", "")
    return writes, machine.exit_code == 0 and f"[guest 0] {LINE}\n" in text and writes == 8 * (len(LINE) + 1)


def show(terminal: Terminal, outcome: Outcome) -> None:
    """The tables."""
    if "curve" not in outcome.figures:
        return
    shape, unit = outcome.figures["curve"], "instructions" if outcome.on == "model" else "cycles"
    terminal.table(f"{unit.capitalize()} of a batch of calls; one alone: {shape['single']}",
                   ("calls", "measured", f"{shape['fixed']:.0f} + {shape['each']:.1f} a call", "each call"),
                   [(str(n), price, f"{shape['fixed'] + n * shape['each']:.0f}", f"{price / n:.1f}")
                    for n, price in shape["prices"].items()])
    terminal.note(f"at most {shape['residual']:.2%} from the line; cheaper than calls alone from {shape['break_even']} on\n"
                  f"batches cut short by the end of a slice: {' and '.join(map(str, outcome.figures['cut_short']))}; "
                  f"an argument was read {outcome.figures['most_reads']} times at most; "
                  f"arguments written to by another hart: {outcome.figures['raced_words']}")
