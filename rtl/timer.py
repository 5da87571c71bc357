"""Time as the hart sees it, and the comparisons of Sstc (privileged manual, "Sstc", "htimedelta")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Timer(wiring.Component):
    """The outputs are two cycles old and belong together: `guest_time` is `time` + htimedelta, `pending_s` says that
    `time` >= stimecmp, `pending_vs` that `guest_time` >= vstimecmp. Outputs named `next_` are those of the next cycle.

    `changed` announces that one of the CSRs is another one in the next cycle. It shows in the third: `settling` says that it
    does not in the next.
    Without H no guest has a time, and nothing is pending for one.
    """

    now:         In(64)
    stimecmp:    In(64)
    vstimecmp:   In(64)
    htimedelta:  In(64)
    changed:     In(1)
    time:        Out(64)
    guest_time:  Out(64)
    pending_s:   Out(1)
    pending_vs:  Out(1)
    next_pending_s:  Out(1)
    next_pending_vs: Out(1)
    settling:    Out(1)

    def __init__(self, *, has_h: bool):
        self._has_h = has_h
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        time, changed = Signal(64), Signal()
        m.d.comb += self.settling.eq(self.changed | changed)
        m.d.sync += [
            time.eq(self.now),
            self.next_pending_s.eq(self.now >= self.stimecmp),
            self.time.eq(time),
            self.pending_s.eq(self.next_pending_s),
            changed.eq(self.changed),
        ]
        if self._has_h:
            guest_time, delayed = Signal(64), Signal(64)
            m.d.comb += delayed.eq(self.now + self.htimedelta)
            m.d.sync += [
                guest_time.eq(delayed),
                self.next_pending_vs.eq(delayed >= self.vstimecmp),
                self.guest_time.eq(guest_time),
                self.pending_vs.eq(self.next_pending_vs),
            ]
        return m
