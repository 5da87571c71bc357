"""Division (unprivileged manual, "M" extension: Division Operations)."""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out


class DivOp(enum.Enum, shape=2):
    """What to compute; the values are those of funct3[1:0]."""

    DIV = 0
    DIVU = 1
    REM = 2
    REMU = 3


class Div(wiring.Component):
    """Restoring division, one quotient bit per cycle; eight per cycle while the quotient is still zero.

    1. `valid` is high while the instruction is in the stage, `op`, `word`, `a` and `b` are then stable; a
       cycle without `valid` ends the division without a trace.
    2. `done` rises when the result is there and stays until `take`.
    3. `result` is registered and stays until the next division is done.
    """

    valid:  In(1)
    op:     In(DivOp)
    word:   In(1)       # DIVW, DIVUW, REMW, REMUW
    a:      In(64)
    b:      In(64)
    done:   Out(1)
    take:   In(1)
    result: Out(64)

    def elaborate(self, platform):
        m = Module()
        op = self.op.as_value()
        is_signed = op.matches(DivOp.DIV, DivOp.REM)
        wants_remainder = op.matches(DivOp.REM, DivOp.REMU)

        # Operands. The 32 bits of a word's dividend stand at the top.
        a, a_negative, b_negative = Signal(64), Signal(), Signal()
        m.d.comb += [
            a.eq(Mux(self.word, self.a << 32, self.a)),
            a_negative.eq(is_signed & a[63]),
            b_negative.eq(is_signed & Mux(self.word, self.b[31], self.b[63])),
        ]
        b = Mux(self.word, Cat(self.b[:32], b_negative.replicate(32)), self.b)

        # The dividend shifts out at the top of `quotient` while quotient bits come in at its bottom.
        quotient, remainder = Signal(64), Signal(64)
        subtrahend, carry = Signal(64), Signal()    # together, and with ones above, the divisor's magnitude times -1
        left = Signal(7)        # dividend bits not yet used
        leading = Signal()      # the quotient is zero so far: eight bits are tried at once
        partial, trial = Signal(72), Signal(73)
        m.d.comb += [
            partial.eq(Mux(leading, Cat(quotient[56:], remainder), Cat(quotient[63], remainder))),
            trial.eq((Cat(C(1, 1), partial) + Cat(carry, subtrahend, C(~0, 9)))[1:]),
        ]
        less = trial[72]

        # One negation makes a negative dividend its magnitude before the division, and gives the result its sign behind it.
        # Division by zero leaves all ones and the dividend; the quotient then keeps its sign. Overflow needs no care: the
        # magnitude of the most negative number is that number.
        ends, takes_remainder, negative, final = Signal(), Signal(), Signal(), Signal(64)
        by_zero = subtrahend.all() & carry
        m.d.comb += [
            takes_remainder.eq(ends & wants_remainder),
            negative.eq(Mux(ends & ~wants_remainder, (a_negative ^ b_negative) & ~by_zero, a_negative)),
            final.eq((Mux(takes_remainder, remainder, quotient) ^ negative.replicate(64)) + negative),
        ]

        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [
                    quotient.eq(a),
                    subtrahend.eq(b ^ (~b_negative).replicate(64)),
                    carry.eq(~b_negative),
                    remainder.eq(0),
                    left.eq(Mux(self.word, 32, 64)),
                    leading.eq(1),
                ]
                with m.If(self.valid):
                    m.next = "RUN"
                    with m.If(a_negative):
                        m.next = "NEGATE"
            with m.State("NEGATE"):
                m.d.sync += quotient.eq(final)
                m.next = "RUN"
                with m.If(~self.valid):
                    m.next = "IDLE"
            with m.State("RUN"):
                with m.If(left == 0):
                    m.next = "SIGN"
                with m.Elif(leading & ~less):
                    m.d.sync += leading.eq(0)
                with m.Elif(leading):
                    m.d.sync += [quotient.eq(quotient << 8), remainder.eq(partial), left.eq(left - 8)]
                with m.Else():
                    m.d.sync += [
                        left.eq(left - 1),
                        quotient.eq(Cat(~less, quotient[:63])),
                        remainder.eq(Mux(less, partial, trial)),
                    ]
                with m.If(~self.valid):
                    m.next = "IDLE"
            with m.State("SIGN"):
                m.d.comb += ends.eq(1)
                m.d.sync += self.result.eq(Mux(self.word, final[:32].as_signed(), final.as_signed()))
                m.next = "DONE"
                with m.If(~self.valid):
                    m.next = "IDLE"
            with m.State("DONE"):
                m.d.comb += self.done.eq(self.valid)
                with m.If(self.take | ~self.valid):
                    m.next = "IDLE"
        return m
