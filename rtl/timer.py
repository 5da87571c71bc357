"""Time as the hart sees it, and the comparisons of Sstc (privileged manual, "Sstc", "htimedelta")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Timer(wiring.Component):
    """The outputs are two cycles old and belong together: `guest_time` is `time` + htimedelta, `pending_s` says that
    `time` >= stimecmp, `pending_vs` that `guest_time` >= vstimecmp. Outputs named `next_` are those of the next cycle.

    `changed` announces that one of the CSRs is another one in the next cycle. It shows in the third: `settling` until then.
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

    def elaborate(self, platform):
        m = Module()
        time, guest_time = Signal(64), Signal(64)
        delayed, since = Signal(64), Signal(2)
        m.d.comb += [delayed.eq(self.now + self.htimedelta), self.settling.eq(since.any())]
        m.d.sync += [
            time.eq(self.now),
            guest_time.eq(delayed),
            self.next_pending_s.eq(self.now >= self.stimecmp),
            self.next_pending_vs.eq(delayed >= self.vstimecmp),
            self.time.eq(time),
            self.guest_time.eq(guest_time),
            self.pending_s.eq(self.next_pending_s),
            self.pending_vs.eq(self.next_pending_vs),
            since.eq(Cat(self.changed, since)),
        ]
        return m
