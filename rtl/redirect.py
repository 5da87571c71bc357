"""Where fetch goes on: after a control transfer in X that it did not foresee, and after whatever M flushes."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .commit import Operation
from .decode import Decoded
from .predict import Outcome, outcome_of
from .types import Snapshot


class Redirect(wiring.Component):
    """Redirects of fetch, and what the branch predictor is told.

    1. X redirects in the first cycle of an instruction, even if M holds it there: whether M does is known late in a cycle. An
       older instruction that flushes redirects again.
    2. A branch that M decides redirects in that cycle: it is known early. Any other flush of M does in the next cycle, when its
       target is in a register; in between fetch stops.
    3. A branch that is deferred goes as predicted until M decides it.
    """

    x_valid:    In(1)
    x_moves:    In(1)
    x:          In(Decoded)
    taken:      In(1)           # of X; meaningless for what is deferred
    x_target:   In(64)
    link:       In(64)          # address of the instruction behind it in memory
    foreseen:   In(1)           # fetch went on at `x_target`
    m:          In(Operation)
    m_fence_i:  In(1)           # it retires, with a flush
    m_flush:    In(1)
    m_decides:  In(1)
    m_branches: In(1)           # flush because of that, to `m.target`
    m_update:   In(1)           # flush because of A bits
    m_target:   In(64)
    holds:      In(1)           # the condition of a branch that M decides

    x_redirects: Out(1)         # what is younger than X vanishes
    x_next_pc:   Out(64)
    x_taken:     Out(1)
    stop:        Out(1)         # `redirect` follows in the next cycle
    redirect:    Out(1)
    target:      Out(64)
    invalidate:  Out(1)         # with `redirect`: FENCE.I
    update:      Out(1)         # with `redirect`: the same instruction, with its A bits set
    outcome:     Out(Outcome)

    def elaborate(self, platform):
        m = Module()
        x, x_control = self.x, self.x.control
        x_outcome, m_outcome = Signal(Outcome), Signal(Outcome)
        wrong = Signal()
        x_told, stopped = Signal(), Signal()
        m_target, snapshot = Signal(64), Signal(Snapshot)
        x_tells = self.x_valid & ~x_told & (x_control.conditional | x_control.jump | x.guess.taken)
        m.d.comb += [
            self.x_taken.eq(Mux(x.deferred, x_control.conditional & x.guess.taken, self.taken)),
            self.x_next_pc.eq(Mux(self.x_taken, self.x_target, self.link)),
            wrong.eq(Mux(x.guess.taken, ~self.x_taken | ~self.foreseen, self.x_taken)),
            self.x_redirects.eq(self.x_valid & ~x_told & wrong & ~x.fetch_fault),
            self.stop.eq(self.m_flush & ~self.m_branches),
            self.redirect.eq(stopped | self.m_branches | self.x_redirects),
            self.target.eq(Mux(stopped, m_target, Mux(self.m_branches, self.m.target, self.x_next_pc))),
            outcome_of(x_outcome, x, valid=self.x_valid & ~x_told & (self.x_redirects | ~x.deferred), wrong=self.x_redirects,
                       taken=self.x_taken, target=self.x_target, link=self.link),
            outcome_of(m_outcome, self.m, valid=1, wrong=self.m_branches, taken=self.holds,
                       target=Mux(self.m.guess.taken, self.m.next_pc, self.m.target)),
            # When both have something to tell, a right prediction in M is not learned from.
            self.outcome.eq(Mux(self.m_branches | self.m_decides & ~x_tells, m_outcome, x_outcome)),
        ]
        with m.If(stopped):
            m.d.comb += self.outcome.guess.snapshot.eq(snapshot)
        m.d.sync += [
            x_told.eq(self.x_valid & ~self.x_moves & ~self.m_flush),
            stopped.eq(self.stop),
            self.invalidate.eq(self.m_fence_i),
            self.update.eq(self.m_update),
            m_target.eq(self.m_target),
            snapshot.eq(self.m.guess.snapshot),
        ]
        return m
