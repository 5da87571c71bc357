"""Pause-loop exit (docs/xdoppel.md, "Pause-loop exit")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class PauseLoop(wiring.Component):
    """Two stop-watches that end at their highest value instead of overflowing: since the first and since the last pause of a
    loop. Both count from the cycle after the pause, so that `gap` cycles lie between two pauses when more than `gap` passed.

    `exit` answers in the same cycle: the `pause` traps. One that does not is made known by `done`. After `clear` there is no
    loop; the watch since its last pause is at its end, beyond any gap.
    """

    pause:  In(1)       # in a mode that is watched
    done:   In(1)
    clear:  In(1)
    window: In(32)
    gap:    In(16)
    exit:   Out(1)

    def elaborate(self, platform):
        m = Module()
        first, last = Signal(len(self.window)), Signal(len(self.gap), init=-1)
        begins = Signal()       # a pause would be the first of a loop
        m.d.comb += [
            begins.eq(last >= self.gap),
            self.exit.eq(self.pause & ~begins & (first >= self.window)),
        ]
        m.d.sync += [first.eq(first + ~first.all()), last.eq(last + ~last.all())]
        with m.If(self.done):
            m.d.sync += last.eq(0)
            with m.If(begins):
                m.d.sync += first.eq(0)
        with m.If(self.clear):
            m.d.sync += last.eq(-1)
        return m
