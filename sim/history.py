"""A machine that can go backwards: snapshots on the way, and exact replay from the last one before the moment wanted.

The machine alone is deterministic, so a moment is the number of records before it. What comes from outside (console
input, and changes that somebody makes by hand) is kept with its moment and repeated in every replay; it must therefore
come through `receive` or `change`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sim.model import Machine
from sim.model.observe import Observer, Watchpoint

INTERVAL = 500_000                      # records between snapshots, at first
KEPT = 32                               # snapshots; beyond, every second is dropped and the interval doubles
NEAR = 1_000                            # records before the present of a snapshot that serves further steps back
PIECE = 20_000                          # records between two looks at `interrupted`


@dataclass(frozen=True)
class Moment:
    """A snapshot `at` so many records, after the first so many of the changes."""

    at: int
    changes: int
    state: bytes


@dataclass(frozen=True)
class Change:
    """Something from outside that came after so many records."""

    at: int
    apply: Callable[[], None]


@dataclass(frozen=True)
class Stop:
    """A moment at which a run ends, and why."""

    at: int
    reason: str
    found: Watchpoint | None


class History:
    """Runs a machine forwards and backwards, not further back than when the history was made.

    Runs end where `machine.observer` says. Its callbacks are called in every run forwards; the console shows each byte
    once. `interrupted` is asked now and then whether to stop; the answer of a run is then "interrupted".
    """

    def __init__(self, machine: Machine, interval: int = INTERVAL, interrupted: Callable[[], bool] = lambda: False) -> None:
        self.machine = machine
        self.interval = interval
        self.interrupted = interrupted
        self._changes: list[Change] = []
        self._applied = 0
        self._end = self.now            # the latest moment reached so far
        self._near: Moment | None = None
        self._moments = [self._snapshot()]

    @property
    def now(self) -> int:
        """Records before the present."""
        return self.machine.instructions

    # From outside.

    def receive(self, data: bytes) -> None:
        """Console input arrives now."""
        self.change(lambda: self.machine.receive(data))

    def change(self, apply: Callable[[], None]) -> None:
        """Let something happen to the machine now and in each replay; a future that has been seen is forgotten."""
        apply()
        self._changes[self._applied:] = [Change(self.now, apply)]
        self._applied += 1
        self._end = self.now
        self._moments = [moment for moment in self._moments if moment.at <= self.now]
        self._near = None

    # Forwards.

    def run(self, count: int) -> str:
        """Up to `count` records; why it ended, as `Machine.run` says it."""
        last = self.now + count
        while True:
            reason = self._piece(last)
            if reason != "limit" or self.now >= last:
                return reason
            if self.interrupted():
                return "interrupted"

    def _piece(self, last: int) -> str:
        """Run to `last`, or to what comes before: the next change or snapshot, the end of what is known, enough."""
        bounds = [last, self.now + PIECE, *(change.at for change in self._changes[self._applied:self._applied + 1])]
        known = self.now < self._end
        bounds.append(self._end if known else self._moments[-1].at + self.interval)
        with self._silence(known):
            reason = self.machine.run(min(bounds) - self.now)
        self._repeat_changes()
        self._end = max(self._end, self.now)
        if self.now >= self._moments[-1].at + self.interval:
            self._keep()
        return reason

    def _repeat_changes(self) -> None:
        """Those that came at the present moment, and are not yet made."""
        while self._applied < len(self._changes) and self._changes[self._applied].at == self.now:
            self._changes[self._applied].apply()
            self._applied += 1

    def _keep(self) -> None:
        self._moments.append(self._snapshot())
        if len(self._moments) > KEPT:
            del self._moments[1::2]
            self.interval *= 2

    # Backwards.

    def step_back(self) -> str:
        """One record back: "limit", or "begin" when the history begins here."""
        if self.now == self._moments[0].at:
            return "begin"
        self.go(self.now - 1)
        return "limit"

    def back(self) -> str:
        """Back to the latest moment at which a run would have ended: "breakpoint", or "watchpoint" (before the access).

        "begin" where there is none: the machine is then where the history begins.
        """
        wanted = end = self.now
        for moment in reversed([moment for moment in self._moments if moment.at < wanted]):
            self._restore(moment)
            stops = [stop for stop in self._stops(end) if stop.at < wanted]
            if stops:
                self.go(stops[-1].at)
                self.machine.observer.found = stops[-1].found
                return stops[-1].reason
            end = moment.at
            if self.interrupted():
                self._restore(moment)
                return "interrupted"
        self._restore(self._moments[0])
        return "begin"

    def go(self, at: int) -> None:
        """To a moment that the machine has seen, from wherever it is."""
        known = [*self._moments, self._near] if self._near else self._moments
        self._restore(max((moment for moment in known if moment.at <= at), key=lambda moment: moment.at))
        with self._observer(Observer()):
            if at - self.now > 2 * NEAR:
                self._replay(at - NEAR)
                self._near = self._snapshot()
            self._replay(at)

    def _replay(self, at: int) -> None:
        while self.now < at:
            self._piece(at)

    def _stops(self, end: int) -> Iterator[Stop]:
        """Replay to the moment `end`, and tell where runs would have ended on the way."""
        mine, quiet = self.machine.observer, Observer()
        quiet.breakpoints, quiet.watchpoints = mine.breakpoints, mine.watchpoints
        with self._observer(quiet):
            while self.now < end:
                reason = self._piece(end)
                if reason == "watchpoint":
                    yield Stop(self.now - 1, reason, quiet.found)
                elif reason == "breakpoint":
                    yield Stop(self.now, reason, None)

    @contextmanager
    def _observer(self, other: Observer) -> Iterator[None]:
        mine, self.machine.observer = self.machine.observer, other
        try:
            yield
        finally:
            self.machine.observer = mine

    @contextmanager
    def _silence(self, wanted: bool) -> Iterator[None]:
        sink = self.machine.on_console
        if wanted:
            self.machine.on_console = lambda data: None
        try:
            yield
        finally:
            self.machine.on_console = sink

    def _snapshot(self) -> Moment:
        return Moment(self.now, self._applied, self.machine.snapshot())

    def _restore(self, moment: Moment) -> None:
        self.machine.restore(moment.state)
        self._applied = moment.changes
        self._repeat_changes()
