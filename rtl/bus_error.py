"""Register of lost write-backs: a bus error that no instruction can be blamed for becomes an interrupt."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import platform as soc_map

from . import wishbone


class BusError(wiring.Component):
    """1. `lost` sets bit 0 of the status, and `irq` with it, until software writes a one there.
    2. The address register holds where the first loss was since the status was last clear; its bits 2:0 are zero.
    3. All else reads 0.
    """

    bus:        In(wishbone.Signature())
    lost:       In(1)
    lost_paddr: In(56)
    irq:        Out(1)

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        address = Signal(53)
        beat = bus.cyc & bus.stb & ~bus.ack
        m.d.sync += [bus.ack.eq(beat), bus.dat_r.eq(0)]
        with m.Switch(bus.adr[:exact_log2(soc_map.BUS_ERROR.size // 8)]):
            with m.Case(soc_map.BUS_ERROR_STATUS // 8):
                m.d.sync += bus.dat_r.eq(self.irq)
                with m.If(beat & bus.we & bus.sel[0] & bus.dat_w[0]):
                    m.d.sync += self.irq.eq(0)
            with m.Case(soc_map.BUS_ERROR_ADDRESS // 8):
                m.d.sync += bus.dat_r.eq(Cat(C(0, 3), address))
        with m.If(self.lost):
            m.d.sync += self.irq.eq(1)
            with m.If(~self.irq):
                m.d.sync += address.eq(self.lost_paddr[3:])
        return m
