"""The integer registers x1 to x31; x0 reads zero (unprivileged manual ch. 2, "Programmers' Model")."""

from amaranth.hdl import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out


class RegFile(wiring.Component):
    """Two combinational reads and one write per cycle; a read in the cycle of a write gives the old value."""

    rs1:     In(5)
    rs2:     In(5)
    value1:  Out(64)
    value2:  Out(64)
    rd:      In(5)      # 0: no write
    rd_value: In(64)

    def elaborate(self, platform):
        m = Module()
        m.submodules.registers = registers = memory.Memory(shape=64, depth=32, init=[])
        write = registers.write_port()
        for number, value in ((self.rs1, self.value1), (self.rs2, self.value2)):
            read = registers.read_port(domain="comb")
            m.d.comb += [read.addr.eq(number), value.eq(read.data)]
        m.d.comb += [
            write.addr.eq(self.rd),
            write.data.eq(self.rd_value),
            write.en.eq(self.rd != 0),      # x0 keeps its reset value
        ]
        return m
