"""Integer operations of one cycle (unprivileged manual ch. 2 and 4, "Integer Computational Instructions")."""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out


class AluOp(enum.Enum, shape=4):
    """Operation, named as the instruction."""

    ADD = 0
    SUB = 1
    SLL = 2
    SRL = 3
    SRA = 4
    SLT = 5
    SLTU = 6
    XOR = 7
    OR = 8
    AND = 9


class Alu(wiring.Component):
    """Combinational: one adder, one right shifter (a left shift goes through it mirrored) and the bitwise
    operations."""

    op:     In(AluOp)
    word:   In(1)       # 32-bit operation on the low halves, the result sign-extended
    a:      In(64)
    b:      In(64)
    result: Out(64)

    def elaborate(self, platform):
        m = Module()
        op = self.op.as_value()

        subtract = op.matches(AluOp.SUB, AluOp.SLT, AluOp.SLTU)
        total = Signal(65)
        less, less_unsigned = Signal(), Signal()
        m.d.comb += [
            total.eq(self.a + (self.b ^ subtract.replicate(64)) + subtract),
            less_unsigned.eq(~total[64]),
            less.eq(less_unsigned ^ self.a[63] ^ self.b[63]),
        ]

        left = op.matches(AluOp.SLL)
        fill, shifted, amount = Signal(), Signal(64), Signal(6)
        value = Signal(64)
        m.d.comb += [
            fill.eq(op.matches(AluOp.SRA) & Mux(self.word, self.a[31], self.a[63])),
            amount.eq(Cat(self.b[:5], self.b[5] & ~self.word)),
            value.eq(Mux(left, self.a[::-1],
                         Cat(self.a[:32], Mux(self.word, fill.replicate(32), self.a[32:])))),
            shifted.eq(Cat(value, fill).as_signed() >> amount),
        ]

        result = Signal(64)
        with m.Switch(self.op):
            with m.Case(AluOp.ADD, AluOp.SUB):
                m.d.comb += result.eq(total)
            with m.Case(AluOp.SLT):
                m.d.comb += result.eq(less)
            with m.Case(AluOp.SLTU):
                m.d.comb += result.eq(less_unsigned)
            with m.Case(AluOp.XOR):
                m.d.comb += result.eq(self.a ^ self.b)
            with m.Case(AluOp.OR):
                m.d.comb += result.eq(self.a | self.b)
            with m.Case(AluOp.AND):
                m.d.comb += result.eq(self.a & self.b)
            with m.Case(AluOp.SLL):
                m.d.comb += result.eq(shifted[::-1])
            with m.Default():
                m.d.comb += result.eq(shifted)
        m.d.comb += self.result.eq(Cat(result[:32], Mux(self.word, result[31].replicate(32), result[32:])))
        return m
