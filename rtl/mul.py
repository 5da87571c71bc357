"""Multiplication (unprivileged manual, "M" extension: Multiplication Operations)."""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out


class MulOp(enum.Enum, shape=2):
    """Which half of which product; the values are those of funct3[1:0]."""

    MUL = 0
    MULH = 1
    MULHSU = 2
    MULHU = 3


class Mul(wiring.Component):
    """Two cycles, fully pipelined: partial products at the end of the first, their sum in the second.

    1. `op`, `word`, `a` and `b` are taken at the end of a cycle with `start`.
    2. `result` is valid from the following cycle until the next `start`.
    """

    start:  In(1)
    op:     In(MulOp)
    word:   In(1)       # MULW
    a:      In(64)
    b:      In(64)
    result: Out(64)

    def elaborate(self, platform):
        m = Module()
        op = self.op.as_value()
        a = Cat(self.a, self.a[63] & op.matches(MulOp.MULH, MulOp.MULHSU)).as_signed()
        b = Cat(self.b, self.b[63] & op.matches(MulOp.MULH)).as_signed()
        halves_a = (a[:32], a[32:].as_signed())
        halves_b = (b[:32], b[32:].as_signed())
        low, high = Signal(64), Signal(signed(66))
        cross_a, cross_b = Signal(signed(65)), Signal(signed(65))
        upper, word = Signal(), Signal()
        with m.If(self.start):
            m.d.sync += [
                low.eq(halves_a[0] * halves_b[0]),
                cross_a.eq(halves_a[1] * halves_b[0]),
                cross_b.eq(halves_a[0] * halves_b[1]),
                high.eq(halves_a[1] * halves_b[1]),
                upper.eq(~op.matches(MulOp.MUL)),
                word.eq(self.word),
            ]
        product = Signal(128)
        m.d.comb += product.eq(Cat(low, high[:64]) + ((cross_a + cross_b) << 32))
        with m.If(upper):
            m.d.comb += self.result.eq(product[64:])
        with m.Elif(word):
            m.d.comb += self.result.eq(product[:32].as_signed())
        with m.Else():
            m.d.comb += self.result.eq(product[:64])
        return m
