"""Test finisher: software ends a run by a store (sifive,test1, as QEMU's `virt` has it)."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import platform as soc_map

from . import wishbone


class Finisher(wiring.Component):
    """Remembers the first command written to offset 0; reads return 0."""

    bus: In(wishbone.Signature())
    finished: Out(1)
    code: Out(32)       # the word written: the command, and above it the exit code of a failure

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        commands = (soc_map.FINISHER_PASS, soc_map.FINISHER_FAIL, soc_map.FINISHER_RESET)
        is_command = Cat(bus.dat_w[:16] == c for c in commands).any()
        in_place = (bus.adr[:exact_log2(soc_map.FINISHER.size // 8)] == 0) & bus.sel[:4].all()

        m.d.comb += bus.ack.eq(bus.cyc & bus.stb)
        with m.If(bus.ack & bus.we & in_place & is_command & ~self.finished):
            m.d.sync += [
                self.finished.eq(1),
                self.code.eq(bus.dat_w),
            ]
        return m
