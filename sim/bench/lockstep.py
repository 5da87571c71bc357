"""One program on the simulated SoC, each retirement compared with the golden model.

The harness collects records in a buffer; when a block is full, or something happens, Python hands the whole
block to the model's `lock`, which executes one instruction per record and stops at the first difference. No
Python runs per record.

A host must answer stores to `tohost` (HTIF). The RTL's RAM is served when the store has ended on the bus and the
data cache is empty, before the next load can start; the model's memory is served when the record of that store has
been compared. Both see the answer between the same two instructions.
"""

import time
from array import array
from collections.abc import Callable
from typing import Any, Protocol

import cocotb
from cocotb.triggers import FallingEdge

from isa import platform, retire
from sim.bench import walks
from sim.bench.dut import Bench, Event
from sim.bench.job import Divergence, Job, Result, Verdict
from sim.model.htif import RUNNING, Htif

HISTORY = 16                # records kept for a report
PROGRESS_CYCLES = 200_000   # a run without events is interrupted so often


class Consumer(Protocol):
    """Sees every block of records, in order."""

    def feed(self, block: memoryview, count: int) -> None:
        """`count` records of `retire.WORDS` words."""

    def observe(self, activity: memoryview) -> None:
        """The port `activity` (rtl/activity.py) in each cycle so far, one word each, before the records of these cycles; only
        in a job that asks for it."""


class EdgeSampler:
    """The slow source of records: cocotb awaits each clock edge and reads the port `retire`."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._words: array[int] = array("Q")
        bench.settings.edges = 1
        self._task = cocotb.start_soon(self._sample())

    async def _sample(self) -> None:
        clock, port = self._bench.dut.clk, self._bench.dut.retire
        edge = FallingEdge(clock)
        while True:
            await edge
            value = port.value.to_unsigned()
            if value & 1:
                self._words.frombytes(value.to_bytes(8 * retire.WORDS, "little"))

    def take(self) -> memoryview:
        """The records since the last call."""
        self._bench.take()
        words, self._words = self._words, array("Q")
        return memoryview(words)

    def stop(self) -> None:
        """Back to the fast way."""
        self._task.cancel()
        self._bench.settings.edges = 0


class Lockstep:
    """One run of a loaded machine. `model` is None for a run without comparison."""

    def __init__(self, bench: Bench, job: Job, *, host: Htif, model: Any = None,
                 consumer: Consumer | None = None, console: Callable[[bytes], None] = lambda data: None,
                 progress: Callable[[int, int], None] = lambda records, cycles: None) -> None:
        self._bench, self._job, self._model = bench, job, model
        self._host = host
        self._consumer, self._console, self._progress = consumer, console, progress
        self._history = memoryview(b"").cast("Q")
        self._divergence: Divergence | None = None
        self._start = 0.0

    async def run(self) -> Result:
        """From the present state to the end of the program, a difference, or a limit."""
        bench, job = self._bench, self._job
        bench.settings.record = bool(self._model) or self._consumer is not None
        bench.settings.activity = job.activity
        bench.settings.threshold = 1 if job.per_cycle else min(job.block, bench.capacity // 2)
        sampler = EdgeSampler(bench) if job.per_cycle else None
        take = sampler.take if sampler else bench.take
        self._start = time.monotonic()
        try:
            verdict, code, detail = await self._loop(take)
        finally:
            if sampler:
                sampler.stop()
        status = bench.status
        return Result(verdict, status.retired, status.cycles, time.monotonic() - self._start, code, detail,
                      self._divergence, stalled=status.stalled, bus_errors=status.bus_errors, irqs=status.irqs)

    async def _loop(self, take: Callable[[], memoryview]) -> tuple[Verdict, int | None, str]:
        bench, job = self._bench, self._job
        while True:
            left = job.max_cycles - bench.status.cycles if job.max_cycles else PROGRESS_CYCLES
            if left <= 0:
                return Verdict.LIMIT, None, f"stopped after {bench.status.cycles} cycles"
            if job.max_records and bench.settings.threshold > job.max_records - bench.status.retired:
                bench.settings.threshold = job.max_records - bench.status.retired
            events = await bench.run(min(left, PROGRESS_CYCLES))
            if job.activity and self._consumer is not None:
                self._consumer.observe(bench.take_activity())
            if not self._compare(take()):
                return Verdict.DIVERGED, None, self._divergence.reason if self._divergence else ""
            self._serve(events)
            self._progress(bench.status.retired, bench.status.cycles)
            if events & (Event.OVERFLOW | Event.PROTOCOL):
                return Verdict.BROKEN, None, self._broken(events)
            if (code := self._exit_code(events)) is not None:
                return (Verdict.FAIL if code else Verdict.PASS), code, ""
            if job.max_seconds and time.monotonic() - self._start > job.max_seconds:
                return Verdict.LIMIT, None, f"stopped after {job.max_seconds:g} seconds"
            if job.max_records and bench.status.retired >= job.max_records:
                return Verdict.LIMIT, None, f"stopped after {bench.status.retired} records"
            if events & Event.QUIET:
                return Verdict.QUIET, None, f"nothing has retired for {bench.settings.quiet_limit} cycles"

    def _compare(self, words: memoryview) -> bool:
        count = len(words) // retire.WORDS
        if not count:
            return True
        if self._consumer is not None:
            self._consumer.feed(words, count)
        if self._model is None:
            return True
        index = self._model.lock(words, count)
        past = array("Q", self._history[-HISTORY * retire.WORDS:])
        past.extend(words[max(0, index - HISTORY) * retire.WORDS:index * retire.WORDS])
        self._history = memoryview(past)
        if index == count:
            return True
        rtl = words[index * retire.WORDS:(index + 1) * retire.WORDS].tolist()
        mine = [word & (1 << 64) - 1 for word in self._model.hart.record]
        self._divergence = Divergence(
            rtl=rtl, model=mine, reason=self._model.lock_reason,
            walks=walks.involved(self._model.read_memory, self._model.hart, retire.unpack(rtl), retire.unpack(mine)),
            history=[past[i:i + retire.WORDS].tolist() for i in range(0, len(past), retire.WORDS)][-HISTORY:])
        return False

    def _serve(self, events: Event) -> None:
        self._console(self._bench.uart_take())
        if events & Event.BUS_WATCH:
            self._host.poll()
        if events & Event.RETIRE_WATCH and self._model is not None:
            self._model.htif.poll()

    def _exit_code(self, events: Event) -> int | None:
        if events & Event.FINISHED:
            return _finisher_code(self._bench.status.finish_code)
        if events & Event.BUS_WATCH and self._host.code != RUNNING:
            return self._host.code
        return None

    def _broken(self, events: Event) -> str:
        status = self._bench.status
        if events & Event.OVERFLOW:
            return f"the buffer of {self._bench.capacity} records was full; {status.lost} are lost"
        return f"the bus request at {status.protocol_address:#x} changed before its ack or err"


def _finisher_code(word: int) -> int:
    """Exit code of a command to the finisher; a failure is never 0."""
    return (word >> 16 or 1) if word & 0xFFFF == platform.FINISHER_FAIL else 0
