"""Arithmetic of atomic memory operations (unprivileged manual, "A" extension: Zaamo)."""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out


class AmoOp(enum.Enum, shape=4):
    """Operation of an instruction of the A extension."""

    LR = 0
    SC = 1
    SWAP = 2
    ADD = 3
    XOR = 4
    AND = 5
    OR = 6
    MIN = 7
    MAX = 8
    MINU = 9
    MAXU = 10


class Amo(wiring.Component):
    """The value that a read-modify-write stores; combinational. Bits above the operation's size mean
    nothing."""

    op:     In(AmoOp)
    word:   In(1)       # 32-bit operation
    old:    In(64)      # value read, sign-extended
    source: In(64)      # rs2
    new:    Out(64)

    def elaborate(self, platform):
        m = Module()
        op, old, source = self.op.as_value(), self.old, self.source

        # One carry chain adds and compares. Sign-extended words compare as doublewords do, unsigned too: those with the sign
        # are the largest of both.
        operand, total = Signal(64), Signal(66)
        compares = op.matches(AmoOp.MIN, AmoOp.MAX, AmoOp.MINU, AmoOp.MAXU)
        extended = Cat(source[:32], Mux(self.word, source[31].replicate(32), source[32:]))
        less = Signal()
        m.d.comb += [
            operand.eq(extended ^ compares.replicate(64)),
            total.eq(Cat(compares, old) + Cat(compares, operand)),
            less.eq(~total[65] ^ ((old[63] ^ extended[63]) & op.matches(AmoOp.MIN, AmoOp.MAX))),
        ]
        keep_old = compares & (less ^ op.matches(AmoOp.MAX, AmoOp.MAXU))
        bits = Signal(64)
        with m.If(op.matches(AmoOp.XOR)):
            m.d.comb += bits.eq(old ^ source)
        with m.Elif(op.matches(AmoOp.AND)):
            m.d.comb += bits.eq(old & source)
        with m.Elif(op.matches(AmoOp.OR)):
            m.d.comb += bits.eq(old | source)
        with m.Else():
            m.d.comb += bits.eq(source)
        with m.If(op.matches(AmoOp.ADD)):
            m.d.comb += self.new.eq(total[1:65])
        with m.Elif(keep_old):
            m.d.comb += self.new.eq(old)
        with m.Else():
            m.d.comb += self.new.eq(bits)
        return m
