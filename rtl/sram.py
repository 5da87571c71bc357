"""Main memory in block RAM, behind the two Wishbone ports of the SoC (Wishbone B.4, ch. 4, registered feedback)."""

from amaranth.hdl import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In
from amaranth.utils import ceil_log2

from . import wishbone
from .wishbone import Bte, Cti


class Sram(wiring.Component):
    """`size` bytes that begin with `image`; a read port for fetches and a port for data.

    1. A single beat takes two cycles, a write one. In an INCREMENT cycle each further beat takes one: its word is read while
       the one before is answered.
    2. Addresses beyond the size end with `err`; only the bits that count within 2**31 bytes from the first are looked at.
    3. A reset does not change the contents.
    """

    ibus: In(wishbone.Signature())
    dbus: In(wishbone.Signature())

    def __init__(self, size: int, image: bytes = b""):
        if len(image) > size:
            raise ValueError(f"the image has {len(image):,} bytes, and the memory {size:,}")
        self._depth = size // 8
        self._bits = ceil_log2(self._depth)
        self._init = [int.from_bytes(image[at:at + 8], "little") for at in range(0, len(image), 8)]
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        # As in rtl/block_ram.py: promising nothing on a collision makes it the RAM alone.
        m.submodules.words = words = memory.Memory(shape=64, depth=self._depth, init=self._init,
                                                   attrs={"no_rw_check": 1, "ram_style": "block"})
        write = words.write_port(granularity=8)
        for bus in (self.ibus, self.dbus):
            read = words.read_port(domain="comb")
            held, word = Signal(self._bits), Signal(64, reset_less=True)
            read_before = Signal()          # `word` is the one at `held`
            at = bus.adr[:self._bits]
            absent = bus.adr[self._bits:28].any() | (at >= self._depth)
            low = Mux(bus.bte == Bte.WRAP_8, Cat((at[:3] + 1)[:3], at[3:]), at + 1)
            ready = bus.cyc & bus.stb & ~absent & read_before & (held == at)
            goes_on = ready & ~bus.we & (bus.cti == Cti.INCREMENT)
            m.d.comb += [
                read.addr.eq(Mux(goes_on, low, at)),
                bus.dat_r.eq(word),
                bus.err.eq(bus.cyc & bus.stb & absent),
            ]
            m.d.sync += [
                word.eq(read.data),
                held.eq(read.addr),
                read_before.eq(bus.cyc & bus.stb & ~absent & ~bus.we & (~ready | goes_on)),
            ]
            if bus is self.dbus:
                writes = bus.cyc & bus.stb & ~absent & bus.we
                m.d.comb += [
                    bus.ack.eq(ready & ~bus.we | writes),
                    write.addr.eq(read.addr),       # which is `at` then: block RAM has one address for both
                    write.data.eq(bus.dat_w),
                    write.en.eq(bus.sel & writes.replicate(8)),
                ]
            else:
                m.d.comb += bus.ack.eq(ready)
        return m
