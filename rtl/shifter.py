"""Shifts and rotations (unprivileged manual ch. 2 and 4, "Integer Computational Instructions"; "B": Zba, Zbb, Zbs)."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Shifter(wiring.Component):
    """Combinational: one rotator to the right, and a mask of the bits that a shift keeps; the others are filled.

    A word rotates as its own double, so that the low half of the result is right for every amount. A rotation to the
    left by n is one to the right by -n; the low bits of -n are known first and are used first.
    """

    enable:     In(1)       # without it `result` is 0
    a:          In(64)
    amount:     In(6)       # bit 5 means nothing for a word
    left:       In(1)
    rotate:     In(1)
    arithmetic: In(1)       # fill with the sign
    word:       In(1)       # shift a[31:0]; the high half of the result means nothing
    zero_high:  In(1)       # shift a[31:0] as 64 bits
    result:     Out(64)
    rotated:    Out(64)     # `a` rotated, whether or not it is shifted
    single:     Out(64)     # 1 << amount, for `left`

    def elaborate(self, platform):
        m = Module()
        amount = Cat(self.amount[:5], self.amount[5] & ~self.word)
        rotated = Cat(self.a[:32], Mux(self.word, self.a[:32], self.a[32:] & ~self.zero_high.replicate(32)))
        for i in range(6):
            by = Signal(name=f"by_{1 << i}")
            m.d.comb += by.eq(amount[i] ^ (self.left & amount[:i].any() if i else 0))
            rotated = _named(m, f"rotated_{1 << i}", Mux(by, Cat(rotated[1 << i:], rotated[:1 << i]), rotated))

        # A left shift keeps the bits from `edge` on, a right shift those up to `edge`: 63 - n, in a word 31 - n.
        edge = _named(m, "edge", amount ^ Cat((~self.left).replicate(5), ~self.left & ~self.word))

        low, high = edge[:3], edge[3:]
        enable = self.enable.replicate(8)
        beyond = Mux(self.left, C(0xFE, 8) << high, ~(C(0xFF, 8) << high))[:8]
        whole = _named(m, "whole", enable & (beyond | self.rotate.replicate(8)))
        partly = _named(m, "partly", enable & Mux(self.left, C(0xFF, 8) << low, ~(C(0xFE, 8) << low))[:8])
        here = _named(m, "here", Cat(high == j for j in range(8)))
        keep = _named(m, "keep", Cat(whole[j] | here[j] & partly[i] for j in range(8) for i in range(8)))
        fill = _named(m, "fill", self.enable & self.arithmetic & Mux(self.word, self.a[31], self.a[63]))
        m.d.comb += [
            self.rotated.eq(rotated),
            self.result.eq(rotated & keep | ~keep & fill.replicate(64)),
            self.single.eq(Cat(here[j] & (low == i) for j in range(8) for i in range(8))),
        ]
        return m


def _named(m, name, value):
    """A signal of this value."""
    signal = Signal(len(value), name=name)
    m.d.comb += signal.eq(value)
    return signal
