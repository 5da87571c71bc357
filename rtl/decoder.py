"""Wishbone address decoder: one master, several address ranges, a bus error for everything else."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa.platform import Region

from . import wishbone


class Decoder(wiring.Component):
    """Gives each beat of `bus` to the target whose region holds its address; combinational.

    `regions` names the target ports. Bases and sizes are multiples of 8 bytes; no two regions overlap.
    """

    def __init__(self, regions: dict[str, Region]):
        self.regions = regions
        super().__init__({
            "bus": In(wishbone.Signature()),
            **{name: Out(wishbone.Signature()) for name in regions},
        })

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        m.d.comb += bus.err.eq(bus.cyc & bus.stb)
        for name, region in self.regions.items():
            target = getattr(self, name)
            m.d.comb += [getattr(target, field).eq(getattr(bus, field))
                         for field in ("adr", "dat_w", "sel", "we", "cti", "bte")]
            with m.If(_holds(region, bus.adr)):
                m.d.comb += [
                    target.cyc.eq(bus.cyc),
                    target.stb.eq(bus.stb),
                    bus.dat_r.eq(target.dat_r),
                    bus.ack.eq(target.ack),
                    bus.err.eq(target.err),
                ]
        return m


def _holds(region: Region, adr):
    """Is a dword address inside the region?"""
    first, size = region.base // 8, region.size // 8
    if size & (size - 1) == 0 and first % size == 0:    # the upper bits alone tell: no carry chain
        shift = size.bit_length() - 1
        return adr[shift:] == first >> shift
    return (adr >= first) & (adr < first + size)
