"""What M does for an instruction that left X without one of its operands: it adds or compares (unprivileged manual ch. 2,
"Integer Register-Register Operations", "Conditional Branches")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .branch import Condition


class Late(wiring.Component):
    """Sum or difference, and whether a condition holds; combinational, with one adder for all."""

    subtract:  In(1)            # also for `holds`
    word:      In(1)            # 32-bit operation: the sum is sign-extended
    condition: In(Condition)
    a:         In(64)
    b:         In(64)
    sum:       Out(64)
    holds:     Out(1)

    def elaborate(self, platform):
        m = Module()
        total = Signal(65)
        less_unsigned = ~total[64]
        condition = self.condition.as_value()
        holds = Signal()
        m.d.comb += [
            total.eq(self.a + (self.b ^ self.subtract.replicate(64)) + self.subtract),
            self.sum.eq(Mux(self.word, total[:32].as_signed(), total[:64])),
            self.holds.eq(holds ^ condition[0]),
        ]
        with m.Switch(condition[1:]):
            with m.Case(0b00):
                m.d.comb += holds.eq(self.a == self.b)
            with m.Case(0b10):
                m.d.comb += holds.eq(less_unsigned ^ self.a[63] ^ self.b[63])
            with m.Default():
                m.d.comb += holds.eq(less_unsigned)
        return m
