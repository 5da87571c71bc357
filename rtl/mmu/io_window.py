"""The I/O permission bitmap of Xdoppel (docs/xdoppel.md): where the port of a guest-physical address is, and its bits."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import paging
from rtl.types import MmuContext

PORT_BITS = 16


class IoWindow(wiring.Component):
    """Combinational, for an aligned access to `1 << size` bytes at a guest-physical address of at most 41 bits."""

    context: In(MmuContext)
    address: In(paging.GPA_BITS)
    size:    In(2)
    inside:  Out(1)             # all of its bytes are ports of the window, which is enabled
    bits_at: Out(56)            # physical address of the word of the bitmap that has their bits
    bits:    In(64)             # that word
    denied:  Out(1)             # one of the bits is set
    port_ppn: Out(44)           # physical page of the port

    def elaborate(self, platform):
        m = Module()
        context, page = self.context, self.address[paging.PAGE_SHIFT:]
        window_page = Signal(paging.GPA_BITS - paging.PAGE_SHIFT)
        port, last = Signal(PORT_BITS), Signal(PORT_BITS)
        lane = Signal(8)        # of the byte of the bitmap: bits of the access
        with m.Switch(self.size):
            for size in range(4):
                with m.Case(size):
                    m.d.comb += [last.eq(port | (1 << size) - 1), lane.eq(((1 << (1 << size)) - 1) << port[:3])]
        m.d.comb += [
            window_page.eq(page - context.io_base),
            port.eq(Cat(self.address[:paging.PAGE_SHIFT], window_page)),
            self.inside.eq(context.io_enable & ~window_page[PORT_BITS - paging.PAGE_SHIFT:].any()
                           & (last <= context.io_last)),
            self.bits_at.eq(Cat(C(0, 3), port[6:], context.io_bitmap)),
            self.denied.eq((self.bits.word_select(port[3:6], 8) & lane).any()),
            self.port_ppn.eq(context.io_port + port[paging.PAGE_SHIFT:]),
        ]
        return m
