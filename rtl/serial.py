"""A serial line: 8 bits, no parity, one stop bit, between the byte streams of the UART and two pins."""

from amaranth.hdl import *
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out


class Serial(wiring.Component):
    """`divisor` clock cycles a bit, at least 4. A byte that arrives while the one before still waits takes its place; one
    without a stop bit is dropped."""

    tx: Out(1, init=1)
    rx: In(1, init=1)
    sent: In(stream.Signature(8))
    received: Out(stream.Signature(8))

    def __init__(self, divisor: int):
        if divisor < 4:
            raise ValueError(f"a bit needs at least 4 clock cycles, not {divisor}")
        self._divisor = divisor
        super().__init__()

    def elaborate(self, platform):
        m = Module()

        # Transmitter: a start bit, the byte, and the stop bit pass out of `shift`; the line idles at 1.
        shift, left = Signal(10, init=-1), Signal(range(11))
        timer = Signal(range(self._divisor))
        m.d.comb += [self.sent.ready.eq(left == 0), self.tx.eq(shift[0])]
        with m.If(self.sent.valid & self.sent.ready):
            m.d.sync += [shift.eq(Cat(C(0, 1), self.sent.payload, C(1, 1))), left.eq(10), timer.eq(self._divisor - 1)]
        with m.Elif(left != 0):
            m.d.sync += timer.eq(timer - 1)
            with m.If(timer == 0):
                m.d.sync += [timer.eq(self._divisor - 1), shift.eq(Cat(shift[1:], C(1, 1))), left.eq(left - 1)]

        # Receiver: each bit is taken in its middle, counted from the edge of the start bit.
        line = Signal(init=1)
        m.submodules.synchronizer = FFSynchronizer(self.rx, line, init=1)
        bits, wait, byte = Signal(range(10)), Signal(range(2 * self._divisor)), Signal(8)
        idle = Signal(init=1)           # the line has been high since the last byte
        with m.If(line):
            m.d.sync += idle.eq(1)
        with m.If(self.received.ready):
            m.d.sync += self.received.valid.eq(0)
        with m.If(bits == 0), m.If(~line & idle):
            m.d.sync += [bits.eq(9), wait.eq(self._divisor + self._divisor // 2 - 1)]
        with m.Elif(wait != 0):
            m.d.sync += wait.eq(wait - 1)
        with m.Else():
            m.d.sync += [bits.eq(bits - 1), wait.eq(self._divisor - 1)]
            with m.If(bits != 1):
                m.d.sync += byte.eq(Cat(byte[1:], line))
            with m.Else():              # the stop bit
                m.d.sync += idle.eq(line)
                with m.If(line):
                    m.d.sync += [self.received.payload.eq(byte), self.received.valid.eq(1)]
        return m
