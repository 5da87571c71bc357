"""Which interrupt to take (privileged manual, "Machine Interrupt Registers", "hvip, hip, and hie Registers")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes
from rtl.types import Mode

BITS = 12       # standard interrupts lie below


class Interrupts(wiring.Component):
    """Chooses the interrupt of the highest priority: target M before HS before VS, then the manual's order.

    The choice is registered: it is made from what is pending in the next cycle and from the control state of this
    one. The owner raises `changed` when that state may be another one in the next cycle; the choice is then withheld for that
    cycle, and `unsettled` asks the next instruction to wait for a new one.
    """

    pending_next: In(BITS)      # mip, one cycle ahead
    enabled:      In(BITS)      # mie
    mideleg:      In(BITS)
    hideleg:      In(BITS)
    mode:         In(Mode)
    m_enable:     In(1)         # mstatus.MIE
    s_enable:     In(1)         # mstatus.SIE
    vs_enable:    In(1)         # vsstatus.SIE
    changed:      In(1)
    unsettled:    Out(1)
    interrupt:    Out(1)
    cause:        Out(6)        # as in mip: not shifted for VS

    def elaborate(self, platform):
        m = Module()
        candidates = Signal(BITS)
        m.d.comb += candidates.eq(self.pending_next & self.enabled)
        arms = (
            (candidates & ~self.mideleg, (self.mode != Mode.M) | self.m_enable),
            (candidates & self.mideleg & ~self.hideleg,
             self.mode[2] | (self.mode == Mode.U) | ((self.mode == Mode.S) & self.s_enable)),
            (candidates & self.mideleg & self.hideleg,
             (self.mode == Mode.VU) | ((self.mode == Mode.VS) & self.vs_enable)),
        )

        taken, cause = Signal(), Signal(6)
        for bits, enable in reversed(arms):
            for name in reversed(causes.INTERRUPT_PRIORITY):
                code = causes.IRQ[name]
                with m.If(bits[code] & enable):
                    m.d.comb += [taken.eq(1), cause.eq(code)]

        stale, choice = Signal(), Signal()
        m.d.sync += [
            stale.eq(self.changed),
            choice.eq(taken),
            self.cause.eq(cause),
        ]
        m.d.comb += [
            self.interrupt.eq(choice & ~stale),
            self.unsettled.eq(stale),
        ]
        return m
