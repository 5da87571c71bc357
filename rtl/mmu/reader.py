"""Reads of page-table entries (privileged manual, "Physical Memory Attributes", "Address Translation Process")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import platform as machine
from rtl import wishbone
from rtl.config import Config
from rtl.mmu.pte import Pte


def holds_page_tables(paddr):
    """Physical memory attributes: a page table may lie in RAM or ROM, not in an I/O region."""
    in_rom = [(paddr >= r.base) & (paddr < r.base + r.size) for r in machine.DEVICES if r.rom]
    return (paddr >= machine.RAM_BASE) | Cat(in_rom).any()


class PteReader(wiring.Component):
    """Reads one page-table entry at a time.

    1. `read` and `address` are held until `done`; this may be the same cycle.
    2. In the cycle of `done` either `pte` is valid, or `failed` is high: an access fault.
    3. A read that physical memory attributes forbid fails without a bus access; `bus_error` says that the bus failed.
    """

    def __init__(self, config: Config):
        self._pa_bits = config.profile.pa_bits
        super().__init__({
            "read":      In(1),
            "address":   In(56),
            "done":      Out(1),
            "pte":       Out(Pte),
            "failed":    Out(1),
            "bus_error": Out(1),
            "bus":       Out(wishbone.Signature()),
        })

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        allowed = holds_page_tables(self.address) & ~self.address[self._pa_bits:].any()
        m.d.comb += [
            bus.adr.eq(self.address[3:]),
            bus.sel.eq(0xff),
            bus.cti.eq(wishbone.Cti.CLASSIC),
            bus.cyc.eq(self.read & allowed),
            bus.stb.eq(self.read & allowed),
            self.pte.eq(bus.dat_r),
            self.bus_error.eq(allowed & bus.err),
            self.failed.eq(~allowed | bus.err),
            self.done.eq(self.read & (~allowed | bus.ack | bus.err)),
        ]
        return m
