"""What one run is asked to do and what came of it: plain data that crosses a process boundary as JSON."""

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from isa import platform


class Verdict(Enum):
    """How a run ended."""

    PASS = "pass"           # the program said so
    FAIL = "fail"           # the program said so; see `code`
    DIVERGED = "diverged"   # RTL and model disagree
    LIMIT = "limit"         # out of records or cycles
    QUIET = "quiet"         # nothing retired for `quiet_limit` cycles
    BROKEN = "broken"       # a bus rule was broken or a record was lost; see `detail`


@dataclass
class BusError:
    """Bus beats that touch the bytes first..last end with `err`: the next `beats` of them, or all when negative."""

    first: int
    last: int
    fetch: bool = True
    data: bool = True
    read: bool = True
    write: bool = True
    beats: int = -1


@dataclass
class Job:
    """One program to run. Limits of 0 are none; probabilities are per bus beat."""

    elf: str
    config: str = "default"         # the one the simulation was built for
    ram_size: int = platform.RAM_SIZE
    check: bool = True              # against the model; without it the records are counted and dropped
    max_records: int = 0            # retirements, traps included
    max_cycles: int = 0
    max_seconds: float = 0.0
    quiet_limit: int = 1_000_000
    seed: int = 0
    stall_chance: float = 0.0
    stall_longest: int = 0
    latency: int = 0                # cycles before RAM answers a beat, but for those of a burst behind its first
    error_chance: float = 0.0
    irq_chance: float = 0.0         # per cycle, that an interrupt line of the core rises
    irq_longest: int = 0            # cycles
    errors: list[BusError] = field(default_factory=list)
    mutant: int = 0
    uart_input: str = ""            # one character, one byte
    per_cycle: bool = False         # cocotb samples `retire` at each clock edge: slow; trust in the fast way
    block: int = 1024               # records that wake Python
    signature: bool = False         # return memory from begin_signature to end_signature
    statistics: str = ""            # `module:Class` with feed(block, count) and summary()
    activity: bool = False          # that class also has observe(activity): what the pipeline did in each cycle
    wave: str = ""                  # VCD file, in a build with waveforms
    wave_from: int = 0              # cycles since reset
    wave_to: int = 1 << 62
    machine: str = "sim.model:Machine"
    image: str = "sim.model.elf:read_elf"

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Job":
        """Inverse of `to_json`."""
        return cls(**{**data, "errors": [BusError(**error) for error in data["errors"]]})


@dataclass
class Divergence:
    """The first record on which RTL and model differ. A record is a list of `retire.WORDS` words."""

    rtl: list[int]
    model: list[int]
    reason: str                     # what the model says, one line
    history: list[list[int]]        # the records before it, oldest first
    walks: list[str] = field(default_factory=list)
    elf: str = ""
    replay: str = ""                # command that runs it again with a waveform


@dataclass
class Result:
    """One run. `records` counts retirements and traps; `seconds` is wall-clock time."""

    verdict: Verdict
    records: int
    cycles: int
    seconds: float
    code: int | None = None         # the program's own exit code
    detail: str = ""
    divergence: Divergence | None = None
    signature: str = ""             # hexadecimal bytes
    statistics: Any = None
    stalled: int = 0                # cycles that bus beats waited
    bus_errors: int = 0             # injected
    irqs: int = 0                   # interrupt lines raised

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "verdict": self.verdict.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Result":
        """Inverse of `to_json`."""
        difference = data["divergence"]
        return cls(**{**data, "verdict": Verdict(data["verdict"]),
                      "divergence": Divergence(**difference) if difference else None})
