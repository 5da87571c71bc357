"""The retirement record as a hardware type, and the register that puts it on the core's `retire` port."""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa import retire

# Fields stand at the bits that `isa.retire` gives them; the gaps are zero.
Record = data.FlexibleLayout(64 * retire.WORDS, {
    f.name: data.Field(f.width, 64 * f.word + f.lsb) for f in retire.FIELDS.values()
})


class Retire(wiring.Component):
    """1. `record` is taken at the end of a cycle with `record.valid`; `order_low` is filled in here.
    2. `retire` shows it for the one following cycle and is all zeros in every other cycle."""

    record: In(Record)
    retire: Out(64 * retire.WORDS)

    def elaborate(self, platform):
        m = Module()
        order = Signal(retire.FIELDS["order_low"].width)
        port = Signal(Record)
        m.d.comb += self.retire.eq(port)
        m.d.sync += port.eq(0)
        with m.If(self.record.valid):
            m.d.sync += [port.eq(self.record), port.order_low.eq(order), order.eq(order + 1)]
        return m
