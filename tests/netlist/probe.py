"""A design that uses every cell whose model matters: block RAM of every width, distributed RAM, multipliers, carry
chains, wide multiplexers."""

from amaranth.hdl import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from rtl.block_ram import BlockRam

# Width, depth, granularity of the writes. What Yosys makes of each: widths 1, 2, 4, 9, 18 and 36 of DP16KD.
RAMS = ((1, 16384, None), (2, 8192, None), (4, 4096, None), (9, 2048, None), (18, 1024, None), (36, 512, 9), (64, 512, 8))
WIDTH = sum(width for width, _, _ in RAMS)


class Probe(wiring.Component):
    """`read` has the words of all RAMs at the address of the last cycle with `enable`, in the order of RAMS."""

    enable:        In(1)
    address:       In(14)
    write:         In(8)
    write_address: In(14)
    data:          In(64)
    read:          Out(WIDTH)
    small:         Out(8)       # of a distributed RAM
    unsigned:      Out(36)      # product of the low and high halves of `data`
    signed:        Out(36)
    total:         Out(40)      # of all `data` so far
    chosen:        Out(1)       # bit of `data` that the low bits of `address` select
    held:          Out(8)       # the last data written with `write[7]`; reset makes it 0xA5

    def elaborate(self, platform):
        m = Module()
        words = []
        for width, depth, granularity in RAMS:
            ram = BlockRam(width, depth, granularity)
            m.submodules += ram
            m.d.comb += [
                ram.enable.eq(self.enable),
                ram.address.eq(self.address),
                ram.write.eq(self.write),
                ram.write_address.eq(self.write_address),
                ram.write_data.eq(self.data),
            ]
            words.append(ram.data)
        m.submodules.distributed = distributed = memory.Memory(shape=8, depth=32, init=range(7, 39))
        read, write = distributed.read_port(domain="comb"), distributed.write_port()
        held = Signal(8, init=0xA5)
        m.d.comb += [
            self.read.eq(Cat(words)),
            read.addr.eq(self.address),
            write.addr.eq(self.write_address),
            write.data.eq(self.data),
            write.en.eq(self.write[0]),
            self.small.eq(read.data),
            self.unsigned.eq(self.data[:18] * self.data[18:36]),
            self.signed.eq(self.data[:18].as_signed() * self.data[18:36].as_signed()),
            self.chosen.eq(self.data.bit_select(self.address[:6], 1)),
            self.held.eq(held),
        ]
        m.d.sync += self.total.eq(self.total + self.data[:40])
        with m.If(self.write[7]):
            m.d.sync += held.eq(self.data)
        return m
