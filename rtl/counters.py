"""Counters and time (privileged manual, "Hardware Performance Monitor", "Counter-Inhibit", "Sstc")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Counters(wiring.Component):
    """mcycle, minstret, and a clock that nothing stops. A write wins over the increment of the same cycle."""

    retire:        In(1)        # an instruction retires in this cycle
    inhibit_cycle: In(1)
    inhibit_instret: In(1)
    write_cycle:   In(1)
    write_instret: In(1)
    value:         In(64)       # what is written
    cycle:         Out(64)
    instret:       Out(64)
    clock:         Out(64)

    def elaborate(self, platform):
        m = Module()
        m.d.sync += [
            self.clock.eq(self.clock + 1),
            self.cycle.eq(Mux(self.write_cycle, self.value, self.cycle + ~self.inhibit_cycle)),
            self.instret.eq(Mux(self.write_instret, self.value,
                                self.instret + (self.retire & ~self.inhibit_instret))),
        ]
        return m


class Timer(wiring.Component):
    """Time, and the comparisons of Sstc.

    The outputs are two cycles old and belong together: `guest_time` is `time` + htimedelta, `pending_s` says that
    `time` >= stimecmp, `pending_vs` that `guest_time` >= vstimecmp. The write of one of these CSRs shows in the third
    cycle after it. Outputs named `next_` are those of the next cycle.
    """

    now:         In(64)
    stimecmp:    In(64)
    vstimecmp:   In(64)
    htimedelta:  In(64)
    time:        Out(64)
    guest_time:  Out(64)
    pending_s:   Out(1)
    pending_vs:  Out(1)
    next_pending_s:  Out(1)
    next_pending_vs: Out(1)

    def elaborate(self, platform):
        m = Module()
        time, guest_time = Signal(64), Signal(64)
        delayed = Signal(64)
        m.d.comb += delayed.eq(self.now + self.htimedelta)
        m.d.sync += [
            time.eq(self.now),
            guest_time.eq(delayed),
            self.next_pending_s.eq(self.now >= self.stimecmp),
            self.next_pending_vs.eq(delayed >= self.vstimecmp),
            self.time.eq(time),
            self.guest_time.eq(guest_time),
            self.pending_s.eq(self.next_pending_s),
            self.pending_vs.eq(self.next_pending_vs),
        ]
        return m
