"""Operand forwarding: the youngest older instruction that writes a register supplies its value."""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out


class Producer(data.Struct):
    """What one stage is about to write."""

    rd: 5       # 0: nothing
    ready: 1    # `value` is valid in this cycle
    value: 64


class Forward(wiring.Component):
    """One source operand in D; combinational.

    1. Producers are those of X, M and W, youngest first; a stage without a valid instruction shows rd = 0.
    2. `wait` is high while the youngest matching producer is not ready.
    """

    number:  In(5)
    stored:  In(64)     # the register file's value
    x:       In(Producer)
    m:       In(Producer)
    w:       In(Producer)
    value:   Out(64)
    wait:    Out(1)

    def elaborate(self, platform):
        m = Module()
        with m.If(self.number == 0):
            m.d.comb += self.value.eq(0)
        for producer in (self.x, self.m, self.w):
            with m.Elif(self.number == producer.rd):
                m.d.comb += [self.value.eq(producer.value), self.wait.eq(~producer.ready)]
        with m.Else():
            m.d.comb += self.value.eq(self.stored)
        return m
