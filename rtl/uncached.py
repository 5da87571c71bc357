"""The data side of a core without data cache: every access of the load/store unit is a beat on the bus.

Wishbone B.4, ch. 3 "Bus Cycles".
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from . import wishbone
from .types import DataPort, MemoryOp


class Uncached(wiring.Component):
    """Takes the place of `DataCache`.

    1. READ and WRITE are one beat, from the cycle of the request on. CLEAN and FLUSH read no bytes: a bus error says that
       nothing is there. ZERO does so, too, and then writes the block in a burst.
    2. As long as `flush` is high, no access begins but the second one of a locked pair; `flushed` says that none is under way.
    3. `lost` is high for one cycle when a beat of the burst, at `lost_paddr`, ends with a bus error.
    """

    port:       In(DataPort())
    flush:      In(1)
    flushed:    Out(1)
    lost:       Out(1)
    lost_paddr: Out(56)
    bus:        Out(wishbone.Signature())

    def __init__(self, *, zeroes: bool):
        """`zeroes`: there is an instruction that needs ZERO."""
        self._zeroes = zeroes
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        port, bus = self.port, self.bus
        busy, paired = Signal(), Signal()
        beat_ends = Signal()
        m.d.comb += [
            bus.stb.eq(port.valid & (busy | paired | ~self.flush)),
            bus.cyc.eq(bus.stb),
            bus.adr.eq(port.paddr[3:]),
            bus.sel.eq(port.sel),
            bus.we.eq(port.op == MemoryOp.WRITE),
            bus.cti.eq(wishbone.Cti.CLASSIC),
            bus.dat_w.eq(port.wdata),
            beat_ends.eq(bus.stb & (bus.ack | bus.err)),
            port.done.eq(beat_ends),
            port.error.eq(bus.err),
            port.rdata.eq(bus.dat_r),
            self.flushed.eq(self.flush & ~busy & ~paired),
            self.lost_paddr.eq(Cat(C(0, 3), bus.adr)),
        ]
        m.d.sync += busy.eq(bus.stb & ~beat_ends)
        with m.If(beat_ends):
            m.d.sync += paired.eq(port.lock & bus.ack & ~bus.we)
        if self._zeroes:
            bursting, count = Signal(), Signal(3)
            with m.If(bursting):
                m.d.comb += [
                    bus.adr[:3].eq(count),
                    bus.sel.eq(0xFF),
                    bus.we.eq(1),
                    bus.cti.eq(Mux(count.all(), wishbone.Cti.END, wishbone.Cti.INCREMENT)),
                    bus.bte.eq(wishbone.Bte.WRAP_8),
                    bus.dat_w.eq(0),
                    port.done.eq(beat_ends & count.all()),
                    port.error.eq(0),
                    self.lost.eq(beat_ends & bus.err),
                ]
                with m.If(beat_ends):
                    m.d.sync += count.eq(count + 1)
                with m.If(port.done):
                    m.d.sync += bursting.eq(0)
                m.d.sync += busy.eq(~port.done)
            with m.Elif(port.op == MemoryOp.ZERO):
                m.d.comb += port.done.eq(beat_ends & bus.err)
                with m.If(beat_ends & bus.ack):
                    m.d.sync += [bursting.eq(1), busy.eq(1)]
        return m
