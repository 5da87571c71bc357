"""A `WordPort` on a Wishbone bus: each word is one single access (specification B.4, 3.2 "Single Read/Write Cycles")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from . import wishbone
from .types import WordPort


class WordBus(wiring.Component):
    """Combinational. An access that has begun is completed: its initiator holds `valid` until `done`."""

    words: In(WordPort())
    bus:   Out(wishbone.Signature())

    def elaborate(self, platform):
        m = Module()
        words, bus = self.words, self.bus
        m.d.comb += [
            bus.cyc.eq(words.valid),
            bus.stb.eq(words.valid),
            bus.we.eq(words.write),
            bus.adr.eq(words.paddr[3:]),
            bus.dat_w.eq(words.wdata),
            bus.sel.eq(0xff),
            bus.cti.eq(wishbone.Cti.CLASSIC),
            words.rdata.eq(bus.dat_r),
            words.error.eq(bus.err),
            words.done.eq(words.valid & (bus.ack | bus.err)),
        ]
        return m
