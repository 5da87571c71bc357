"""Counts and rearrangements of bits (unprivileged manual, "B": Zbb)."""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out


class BitsOp(enum.Enum, shape=3):
    """Operation, named as the instruction."""

    CLZ = 0
    CTZ = 1
    CPOP = 2
    ORC_B = 3
    REV8 = 4
    SEXT_B = 5
    SEXT_H = 6
    ZEXT_H = 7


class Bits(wiring.Component):
    """Operations on one register; combinational. Counts are trees."""

    op:     In(BitsOp)
    word:   In(1)       # count in a[31:0]
    a:      In(64)
    result: Out(64)

    def elaborate(self, platform):
        m = Module()
        low, high = self.a[:32], self.a[32:]

        # Trailing zeros are the leading ones of the operand read backwards; a one ends the count below a word.
        backwards = Signal()
        counted, zeros = Signal(64), Signal(7)
        m.d.comb += [
            backwards.eq(self.op == BitsOp.CTZ),
            counted.eq(Mux(backwards, Cat(high[::-1], low[::-1]), Cat(low, Mux(self.word, low, high)))
                       | self.word << 31),
        ]
        none, position = leading_zeros(counted)
        m.d.comb += zeros.eq(Cat(position & ~none.replicate(6), none))

        ones = Signal(7)
        m.d.comb += ones.eq(population(low) + (population(high) & ~self.word.replicate(6)))

        octets = [self.a[i:i + 8] for i in range(0, 64, 8)]
        with m.Switch(self.op):
            with m.Case(BitsOp.CLZ, BitsOp.CTZ):
                m.d.comb += self.result.eq(zeros)
            with m.Case(BitsOp.CPOP):
                m.d.comb += self.result.eq(ones)
            with m.Case(BitsOp.ORC_B):
                m.d.comb += self.result.eq(Cat(octet.any().replicate(8) for octet in octets))
            with m.Case(BitsOp.REV8):
                m.d.comb += self.result.eq(Cat(reversed(octets)))
            with m.Case(BitsOp.SEXT_B):
                m.d.comb += self.result.eq(self.a[:8].as_signed())
            with m.Case(BitsOp.SEXT_H):
                m.d.comb += self.result.eq(self.a[:16].as_signed())
            with m.Case(BitsOp.ZEXT_H):
                m.d.comb += self.result.eq(self.a[:16])
        return m


def leading_zeros(value: Value) -> tuple[Value, Value]:
    """Is the value zero, and how many zeros stand before its first one (all ones if there is none); its width is a
    power of two."""
    if len(value) == 2:
        return ~value.any(), ~value[1]
    half = len(value) // 2
    (low_none, low), (high_none, high) = leading_zeros(value[:half]), leading_zeros(value[half:])
    return low_none & high_none, Cat(Mux(high_none, low, high), high_none)


def population(value: Value) -> Value:
    """How many bits are one; the width is a power of two."""
    if len(value) == 1:
        return value
    half = len(value) // 2
    return population(value[:half]) + population(value[half:])
