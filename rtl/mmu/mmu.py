"""Memory-management unit (privileged manual, "Supervisor-Level ISA" and "Two-Stage Address Translation").

Two translation ports, a TLB for each, and one walker for both stages and both ports.
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from isa import paging
from rtl.config import Config
from rtl.from_isa import CACHED_PAGE_BITS
from rtl.mmu.ahead import Ahead
from rtl.mmu.tlb import Page, Tlb
from rtl.mmu.walker import Walker
from rtl.pmp import Pmp, PmpCsr
from rtl.types import Fence, MmuContext, Translate, TranslateRequest, WordPort


class Mmu(wiring.Component):
    """Translates for instruction fetch and for loads and stores; see `Translate` for the rules of a port.

    `context` changes only in a cycle after which no request is pending that was made before.
    """

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            "fetch":   In(Translate()),
            "data":    In(Translate()),
            # The request that comes to `data` with `advance`, and what Ahead must know besides
            "next":     In(TranslateRequest),
            "advance":  In(1),
            "changes":  In(1),
            "expected": In(1, init=1),
            "fence":   In(Fence),
            "context": In(MmuContext),
            "memory":  Out(WordPort()),         # page-table entries
            "pmp":     In(PmpCsr()),
            # Physical pages, from here to there, that no cache may hold
            "uncached_first": In(CACHED_PAGE_BITS),
            "uncached_last":  In(CACHED_PAGE_BITS),
            "log_append": Out(1),               # an entry has joined the page-modification log
            # Events, one cycle each
            "tlb_miss":  Out(1),
            "g_miss":    Out(1),
            "reference": Out(1),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.walker = walker = Walker(self._config)
        m.submodules.itlb = itlb = Tlb(self._config)
        m.submodules.dtlb = dtlb = Tlb(self._config)
        m.submodules.ahead = ahead = Ahead()
        connect(m, walker.memory, flipped(self.memory))

        changed = Signal()          # what PMP says
        if self._config.profile.has("Smpmp"):
            m.submodules.pmp = pmp = Pmp(self._config)
            connect(m, flipped(self.pmp), pmp.csr)
            connect(m, walker.pmp, pmp.check)
            m.d.comb += changed.eq(pmp.changed)
        else:
            m.d.comb += [getattr(walker.pmp, name).eq(1) for name in ("done", "r", "w", "x")]

        for_data = Signal()         # the walk serves the data port
        waits = {}
        for name, port, tlb, mine in (("data", self.data, dtlb, for_data), ("fetch", self.fetch, itlb, ~for_data)):
            request, response = port.request, port.response
            failed = mine & walker.failed
            waits[name], hit, page = Signal(name=f"{name}_waits"), Signal(name=f"{name}_hit"), Signal(Page, name=f"{name}_page")
            if tlb is dtlb:
                m.d.comb += [
                    *(getattr(ahead, name).eq(getattr(self, name)) for name in ("next", "advance", "changes", "expected")),
                    ahead.valid.eq(request.valid),
                    ahead.request.eq(request.p),
                    ahead.ends.eq(request.ready),
                    ahead.tlb_hit.eq(tlb.hit),
                    ahead.tlb_page.eq(tlb.page),
                    ahead.filled.eq(tlb.fill),
                    tlb.request.eq(ahead.lookup),
                    hit.eq(ahead.hit),
                    page.eq(ahead.page),
                    waits[name].eq(ahead.miss),
                ]
            else:
                m.d.comb += [
                    tlb.request.eq(request.p),
                    hit.eq(tlb.hit),
                    page.eq(tlb.page),
                    waits[name].eq(request.valid & ~hit),
                ]
            m.d.comb += [
                tlb.context.eq(self.context),
                tlb.fence.eq(self.fence),
                tlb.fill.eq(walker.fill & mine),
                tlb.filled.eq(walker.page),
                tlb.large.eq(walker.large),
                tlb.once.eq(walker.once),
                tlb.clear.eq(changed),
                request.ready.eq(request.valid & (hit | failed)),
                response.eq(walker.response),
                response.fault.eq(failed & walker.response.fault),
                response.needs_update.eq(failed & walker.response.needs_update),
                response.paddr.eq(Cat(request.p.vaddr[:paging.PAGE_SHIFT], page.ppn)),
                *(getattr(response, name).eq(getattr(page, name)) for name in ("ram", "rom", "cached")),
            ]

        m.d.comb += [
            walker.context.eq(self.context),
            walker.fence.eq(self.fence),
            walker.start.eq(waits["data"] | waits["fetch"]),
            walker.request.eq(Mux(waits["data"], self.data.request.p, self.fetch.request.p)),
            walker.clear.eq(changed),
            walker.abort.eq(self.fence.valid | changed | ~Mux(for_data, self.data.request.valid, self.fetch.request.valid)),
            walker.uncached_first.eq(self.uncached_first),
            walker.uncached_last.eq(self.uncached_last),
            self.tlb_miss.eq(walker.start & ~walker.busy),
            self.log_append.eq(walker.log_append),
            self.g_miss.eq(walker.g_miss),
            self.reference.eq(walker.reference),
        ]
        with m.If(~walker.busy):
            m.d.sync += for_data.eq(waits["data"])
        return m
