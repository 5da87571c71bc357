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
    old:    In(64)      # value read
    source: In(64)      # rs2
    new:    Out(64)

    def elaborate(self, platform):
        m = Module()
        op = self.op.as_value()

        # One comparison serves both sizes: a word is compared in the high half.
        a, b = Signal(64), Signal(64)
        less_unsigned, less = Signal(), Signal()
        m.d.comb += [
            a.eq(Mux(self.word, self.old << 32, self.old)),
            b.eq(Mux(self.word, self.source << 32, self.source)),
            less_unsigned.eq(a < b),
            less.eq(less_unsigned ^ ((a[63] ^ b[63]) & op.matches(AmoOp.MIN, AmoOp.MAX))),
        ]
        keep_old = less ^ op.matches(AmoOp.MAX, AmoOp.MAXU)
        with m.Switch(self.op):
            with m.Case(AmoOp.ADD):
                m.d.comb += self.new.eq(self.old + self.source)
            with m.Case(AmoOp.XOR):
                m.d.comb += self.new.eq(self.old ^ self.source)
            with m.Case(AmoOp.AND):
                m.d.comb += self.new.eq(self.old & self.source)
            with m.Case(AmoOp.OR):
                m.d.comb += self.new.eq(self.old | self.source)
            with m.Case(AmoOp.MIN, AmoOp.MAX, AmoOp.MINU, AmoOp.MAXU):
                m.d.comb += self.new.eq(Mux(keep_old, self.old, self.source))
            with m.Default():
                m.d.comb += self.new.eq(self.source)
        return m
