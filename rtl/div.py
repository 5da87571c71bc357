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

        def operand(value):
            """The operand as 64 bits, its sign, and its magnitude."""
            extended, negative, magnitude = Signal(64), Signal(), Signal(64)
            m.d.comb += [
                extended.eq(Mux(self.word, Cat(value[:32], (value[31] & is_signed).replicate(32)), value)),
                negative.eq(is_signed & extended[63]),
                magnitude.eq(Mux(negative, -extended, extended)),
            ]
            return extended, negative, magnitude

        _, a_negative, a_magnitude = operand(self.a)
        _, b_negative, b_magnitude = operand(self.b)

        # The dividend shifts out at the top of `quotient` while quotient bits come in at its bottom.
        quotient, remainder, divisor = Signal(64), Signal(64), Signal(64)
        left = Signal(7)        # dividend bits not yet used
        leading = Signal()      # the quotient is zero so far: eight bits are tried at once
        partial, trial = Signal(72), Signal(73)
        m.d.comb += [
            partial.eq(Mux(leading, Cat(quotient[56:], remainder), Cat(quotient[63], remainder))),
            trial.eq(partial - divisor),
        ]
        less = trial[72]

        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [
                    # The 32 bits of a word operation stand at the top; a magnitude of 2**31 fits them.
                    quotient.eq(Mux(self.word, a_magnitude << 32, a_magnitude)),
                    divisor.eq(b_magnitude),
                    remainder.eq(0),
                    left.eq(Mux(self.word, 32, 64)),
                    leading.eq(1),
                ]
                with m.If(self.valid):
                    m.next = "RUN"
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
                # Division by zero leaves all ones and the dividend; the quotient then keeps its sign.
                # Overflow needs no care: the magnitude of the most negative number is that number.
                value, negative = Signal(64), Signal()
                m.d.comb += [
                    value.eq(Mux(wants_remainder, remainder, quotient)),
                    negative.eq(Mux(wants_remainder, a_negative, (a_negative ^ b_negative) & (divisor != 0))),
                ]
                final = Mux(negative, -value, value)[:64]
                m.d.sync += self.result.eq(Mux(self.word, final[:32].as_signed(), final.as_signed()))
                m.next = "DONE"
                with m.If(~self.valid):
                    m.next = "IDLE"
            with m.State("DONE"):
                m.d.comb += self.done.eq(self.valid)
                with m.If(self.take | ~self.valid):
                    m.next = "IDLE"
        return m
