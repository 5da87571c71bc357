"""CLINT: software interrupt and timer of one hart (riscv,clint0; manual: "Machine Timer Registers")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import platform as soc_map

from . import wishbone


class Clint(wiring.Component):
    """One msip bit, mtimecmp and mtime, which counts once in `cycles_per_tick` cycles.

    Any byte selects are served: a register takes the bytes that are selected and keeps the others.
    """

    bus: In(wishbone.Signature())
    time: Out(64)
    msip: Out(1)
    mtip: Out(1)

    def __init__(self, cycles_per_tick: int = soc_map.CYCLES_PER_TICK):
        self.cycles_per_tick = cycles_per_tick
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        mtimecmp = Signal(64, init=2**64 - 1)       # no timer interrupt before software asks for one
        divider = Signal(range(self.cycles_per_tick))

        # A register: no 64-bit comparison may stand before the trap logic.
        m.d.sync += self.mtip.eq(self.time >= mtimecmp)
        with m.If(divider == self.cycles_per_tick - 1):
            m.d.sync += [divider.eq(0), self.time.eq(self.time + 1)]
        with m.Else():
            m.d.sync += divider.eq(divider + 1)

        beat = bus.cyc & bus.stb & ~bus.ack
        m.d.sync += [bus.ack.eq(beat), bus.dat_r.eq(0)]
        with m.Switch(bus.adr[:exact_log2(soc_map.CLINT.size // 8)]):
            for offset, register in ((soc_map.CLINT_MSIP, self.msip), (soc_map.CLINT_MTIMECMP, mtimecmp),
                                     (soc_map.CLINT_MTIME, self.time)):
                with m.Case(offset // 8):
                    m.d.sync += bus.dat_r.eq(register)
                    for i, low in enumerate(range(0, len(register), 8)):
                        with m.If(beat & bus.we & bus.sel[i]):
                            m.d.sync += register[low:low + 8].eq(bus.dat_w[low:low + 8])
        return m
