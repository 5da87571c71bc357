"""The data TLB's answer one cycle ahead: looked up while the access is still in X, in a register when it is in M.

Manual: privileged, "Supervisor Memory-Management Fence Instruction", for what an answer must not outlive.
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from rtl.mmu.tlb import Page
from rtl.types import TranslateRequest


class Ahead(wiring.Component):
    """Says which request the TLB looks up in this cycle, and keeps what it said in the last.

    1. With `advance` the request that was `next` is `request` in the next cycle, and its answer is there.
    2. Otherwise, and after `changes`, it is looked up again, which takes two cycles.
    3. An answer is of the last cycle, never older; with `changes` it is void, as the TLB was asked with state that has changed.
    """

    next:     In(TranslateRequest)
    advance:  In(1)
    changes:  In(1)             # what decides an access may be something else in the next cycle
    expected: In(1, init=1)     # `request` may become valid; low when it cannot, which is known early
    valid:    In(1)
    request:  In(TranslateRequest)
    ends:     In(1)             # it has its answer
    lookup:   Out(TranslateRequest)     # to the TLB
    tlb_hit:  In(1)
    tlb_page: In(Page)
    filled:   In(1)             # the TLB stores a page for `request`, which answers from the next cycle on
    hit:      Out(1)            # of `request`
    miss:     Out(1)
    page:     Out(Page)

    def elaborate(self, platform):
        m = Module()
        mine = Signal()         # the answer is that of `request`
        again = Signal()        # `request` is looked up again, unless it turns out that it need not be
        looks, found, fresh = Signal(), Signal(), Signal()
        m.d.comb += [
            looks.eq(again & self.expected & ~(mine & found)),
            self.lookup.eq(Mux(looks, self.request, self.next)),
            self.hit.eq(mine & found),
            self.miss.eq(self.valid & mine & ~found & ~fresh),
        ]
        m.d.sync += [
            found.eq(self.tlb_hit),
            self.page.eq(self.tlb_page),
            fresh.eq(self.filled),
        ]
        with m.If(self.advance):
            m.d.sync += [mine.eq(~looks & ~self.changes), again.eq(looks | self.changes)]
        with m.Else():
            pending = self.valid & ~self.ends
            m.d.sync += [mine.eq(looks & pending), again.eq(pending)]
        return m
