"""The Python half of the harness: the simulated machine as an object inside a cocotb test.

The C++ half (sim/bench/harness) lives in the same process; its structures and RAM are mapped here with
ctypes, so reading a counter or a million records copies nothing. Python runs only while the design stands
still.
"""

import ctypes
import enum
from typing import Any

from cocotb.triggers import ValueChange

from isa import paging, platform, retire

_POWER_ON_CYCLES = 4
_FLUSH_CYCLES = 10_000
_ALWAYS = 1 << 32


class BenchError(ValueError):
    """The harness was asked for something impossible; one sentence."""


class Event(enum.IntFlag):
    """Why a run ended (bench.h)."""

    RECORDS = 1
    BUS_WATCH = 2
    RETIRE_WATCH = 4
    FINISHED = 8
    LIMIT = 16
    QUIET = 32
    OVERFLOW = 64
    PROTOCOL = 128
    FLUSHED = 256


class Settings(ctypes.Structure):
    """What the harness reads (bench.h); chances are in 2^-32."""

    _fields_ = [
        *((name, ctypes.c_uint64)
          for name in ("ram_base", "boot_target", "seed", "quiet_limit", "trace_from", "trace_to")),
        *((name, ctypes.c_uint32)
          for name in ("uncached_first", "uncached_last", "stall_chance", "stall_longest", "error_chance", "threshold",
                       "record", "edges", "mutant", "activity", "latency", "irq_chance", "irq_longest",
                       "reserved"))]


class Status(ctypes.Structure):
    """What the harness reports (bench.h)."""

    _fields_ = [
        *((name, ctypes.c_uint64)
          for name in ("cycles", "retired", "lost", "stalled", "bus_errors", "irqs", "protocol_address")),
        *((name, ctypes.c_uint32) for name in ("events", "count", "finish_code", "activity_count"))]


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "bench_settings":      (ctypes.c_void_p, []),
    "bench_status":        (ctypes.c_void_p, []),
    "bench_settings_size": (ctypes.c_uint32, []),
    "bench_status_size":   (ctypes.c_uint32, []),
    "bench_records":       (ctypes.c_void_p, []),
    "bench_capacity":      (ctypes.c_uint32, []),
    "bench_drained":       (None, []),
    "bench_activity":      (ctypes.c_void_p, []),
    "bench_activity_capacity": (ctypes.c_uint32, []),
    "bench_activity_drained": (None, []),
    "bench_layout":        (None, [ctypes.c_uint32] * 3),
    "bench_ram":           (ctypes.c_void_p, [ctypes.c_uint64]),
    "bench_run":           (None, [ctypes.c_uint64]),
    "bench_flush":         (None, []),
    "bench_reset":         (None, [ctypes.c_uint32]),
    "bench_power_on":      (None, []),
    "bench_watch":         (None, [ctypes.c_uint64]),
    "bench_clear_watches": (None, []),
    "bench_error_at":      (None, [ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint32, ctypes.c_int64]),
    "bench_clear_errors":  (None, []),
    "bench_uart_take":     (ctypes.c_uint32, [ctypes.c_char_p, ctypes.c_uint32]),
    "bench_uart_put":      (None, [ctypes.c_char_p, ctypes.c_uint32]),
}


def _library() -> ctypes.CDLL:
    """The functions of the running simulation program itself."""
    library = ctypes.CDLL(None)
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def chance(probability: float) -> int:
    """A probability as the harness wants it. ValueError outside 0..1."""
    if not 0 <= probability <= 1:
        raise ValueError(f"A probability lies between 0 and 1, not at {probability}.")
    return min(int(probability * _ALWAYS), _ALWAYS - 1)


class Bench:
    """The simulated SoC with its clock, RAM, UART and retirement records. One per simulation process."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        self._c = library = _library()
        self.settings = Settings.from_address(library.bench_settings())
        self.status = Status.from_address(library.bench_status())
        if (library.bench_settings_size(), library.bench_status_size()) != (
                ctypes.sizeof(Settings), ctypes.sizeof(Status)):
            raise BenchError("The structures of dut.py and bench.h differ in size.")
        self.capacity: int = library.bench_capacity()
        buffer = (ctypes.c_uint64 * (self.capacity * retire.WORDS)).from_address(library.bench_records())
        self._records = memoryview(buffer).cast("B").cast("Q")
        cycles = (ctypes.c_uint32 * library.bench_activity_capacity()).from_address(library.bench_activity())
        self._activity = memoryview(cycles).cast("B").cast("I")
        write = retire.FIELDS["mem_write"]
        library.bench_layout(write.word, write.lsb, retire.FIELDS["mem_paddr"].word)
        self.settings.ram_base = platform.RAM_BASE
        self.settings.boot_target = platform.RAM_BASE
        self.uncache()
        self.settings.record = 1
        self.settings.threshold = 1024
        self.ram = memoryview(b"")

    # Memory

    def make_ram(self, size: int) -> None:
        """Give the machine `size` bytes of zeroed RAM at RAM_BASE."""
        if size <= 0 or size % 4096:
            raise BenchError(f"The RAM size must be a positive multiple of 4096 bytes, not {size}.")
        address = self._c.bench_ram(size)
        if not address:
            raise BenchError(f"This computer cannot provide {size} bytes for the simulated RAM.")
        self.ram = memoryview((ctypes.c_uint8 * size).from_address(address)).cast("B")

    def _slice(self, address: int, size: int) -> slice:
        offset = address - self.settings.ram_base
        if offset < 0 or offset + size > len(self.ram):
            raise BenchError(f"{size} bytes at {address:#x} are not in RAM ({self.settings.ram_base:#x} to "
                             f"{self.settings.ram_base + len(self.ram):#x}).")
        return slice(offset, offset + size)

    def read(self, address: int, size: int) -> bytes:
        """Bytes of RAM at a physical address."""
        return bytes(self.ram[self._slice(address, size)])

    def write(self, address: int, data: bytes) -> None:
        """Change RAM at a physical address; the design sees it from its next bus beat."""
        self.ram[self._slice(address, len(data))] = data

    def uncache(self, *addresses: int) -> None:
        """From the next reset on, caches leave the pages from the first to the last of these physical addresses alone; without
        addresses, none.
        """
        pages = [address >> paging.PAGE_SHIFT for address in addresses] or [0]
        self.settings.uncached_first = min(pages) if addresses else 1
        self.settings.uncached_last = max(pages)

    def watch(self, address: int) -> None:
        """Stop when a store to the dword at this physical address retires, and when it has ended on the bus and RAM holds
        whatever was stored before. The address must not be cached.
        """
        self._c.bench_watch(address)

    # Disturbance

    def stalls(self, probability: float, longest: int) -> None:
        """Delay each bus beat with some probability, by 1 to `longest` cycles."""
        self.settings.stall_chance, self.settings.stall_longest = chance(probability), longest
        if probability and longest < 1:
            raise ValueError(f"The longest stall must be at least one cycle, not {longest}.")

    def random_errors(self, probability: float) -> None:
        """End each bus beat with `err` with some probability."""
        self.settings.error_chance = chance(probability)

    def interrupts(self, probability: float, longest: int) -> None:
        """Raise an interrupt line of the core in each cycle with some probability, for 1 to `longest` cycles."""
        self.settings.irq_chance, self.settings.irq_longest = chance(probability), longest
        if probability and longest < 1:
            raise ValueError(f"The longest interrupt must be at least one cycle, not {longest}.")

    def error_at(self, first: int, last: int, *, fetch: bool = True, data: bool = True, read: bool = True,
                 write: bool = True, beats: int = -1) -> None:
        """Answer beats that touch bytes first..last with `err`: the next `beats` of them, or all when
        negative.
        """
        self._c.bench_error_at(first, last, fetch | data << 1 | read << 2 | write << 3, beats)

    # Running

    def power_on(self) -> None:
        """Put the design and the harness in the state of a fresh process, RAM excepted; `settings` stay."""
        self._c.bench_clear_watches()
        self._c.bench_clear_errors()
        self._c.bench_power_on()
        self.reset()

    def reset(self) -> None:
        """Pulse `rst`. RAM, and what the design does not reset, stay."""
        self._c.bench_reset(_POWER_ON_CYCLES)

    async def run(self, cycles: int) -> Event:
        """Let the design run for `cycles` clock cycles or until something happens."""
        if cycles < 1:
            raise ValueError(f"A run takes at least one cycle, not {cycles}.")
        self._c.bench_run(cycles)
        await ValueChange(self.dut.wake)
        return Event(self.status.events)

    async def flush(self) -> Event:
        """Let the design run until RAM holds whatever was stored and the data cache holds nothing; the other events of that
        time. No load or store begins before the next run.
        """
        self._c.bench_flush()
        seen = Event(0)
        while Event.FLUSHED not in seen:
            seen |= await self.run(_FLUSH_CYCLES)
        return seen & ~Event.FLUSHED

    def take(self) -> memoryview:
        """The waiting records, `retire.WORDS` words each; valid until the next run."""
        count = self.status.count
        self._c.bench_drained()
        return self._records[:count * retire.WORDS]

    def take_activity(self) -> memoryview:
        """The port `activity` in each cycle since the last call, one word each; valid until the next run."""
        count = self.status.activity_count
        self._c.bench_activity_drained()
        return self._activity[:count]

    # Console and waveform

    def uart_take(self) -> bytes:
        """Bytes that the UART has sent since the last call."""
        out = b""
        while count := self._c.bench_uart_take(buffer := ctypes.create_string_buffer(4096), 4096):
            out += buffer.raw[:count]
        return out

    def uart_put(self, data: bytes) -> None:
        """Queue bytes for the UART to receive."""
        self._c.bench_uart_put(data, len(data))

    def trace(self, path: str, first: int, last: int) -> None:
        """Write cycles first..last to a VCD file."""
        try:
            function = self._c.bench_trace
        except AttributeError:
            raise BenchError("This simulation was built without waveforms.") from None
        function.argtypes = [ctypes.c_char_p]
        self.settings.trace_from, self.settings.trace_to = first, last + 1
        function(path.encode())
