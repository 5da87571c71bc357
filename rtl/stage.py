"""One pipeline stage: an instruction, a valid bit, and the reasons why it waits or vanishes."""

from amaranth.hdl import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out


class Stage(wiring.Component):
    """A register between two stages of the pipeline.

    1. `stall_on(reason)`: the instruction stays while any reason holds.
    2. `kill_on(reason)`: the instruction, and the one that would enter in this cycle, vanish. A kill beats a
       stall.
    3. `moves` is high in the cycle at whose end the instruction passes to the next stage.
    4. `enter.ready` does not depend on kills: a kill is decided late in the cycle.
    """

    def __init__(self, shape):
        self._stalls = []
        self._kills = []
        super().__init__({
            "enter":      In(stream.Signature(shape)),
            "next_ready": In(1),        # the next stage takes an instruction at the end of this cycle
            "valid":      Out(1),       # registered
            "payload":    Out(shape),   # registered; valid while `valid`
            "moves":      Out(1),
        })

    def stall_on(self, reason: Value) -> None:
        """Hold the instruction while `reason`."""
        self._stalls.append(reason)

    def kill_on(self, reason: Value) -> None:
        """Drop the instruction, and the one that enters, in a cycle with `reason`."""
        self._kills.append(reason)

    def elaborate(self, platform):
        m = Module()
        stall = Cat(*self._stalls).any()
        kill = Cat(*self._kills).any()
        m.d.comb += [
            self.moves.eq(self.valid & ~stall & ~kill & self.next_ready),
            self.enter.ready.eq(~self.valid | ~stall & self.next_ready),
        ]
        with m.If(self.enter.ready):
            m.d.sync += self.payload.eq(self.enter.p)
        with m.If(kill):
            m.d.sync += self.valid.eq(0)
        with m.Elif(self.enter.ready):
            m.d.sync += self.valid.eq(self.enter.valid)
        return m
