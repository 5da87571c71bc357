"""G-stage: guest-physical to host-physical (privileged manual, "Guest Physical Address Translation")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import paging
from rtl.config import Config
from rtl.mmu.gtlb import GTlb
from rtl.mmu.pte import ROOT, Pte, allows, pte_address, vpn
from rtl.mmu.tlb import join_page
from rtl.types import Access, Fence


class GStage(wiring.Component):
    """Translates one guest-physical page under Sv39x4, from its cache or by a walk.

    1. `translate` and what belongs to it are held until `done`.
    2. In the cycle of `done` the translation is valid, or `fault` (guest-page fault) or `failed` (access fault of
       a page-table read) is high.
    3. After `drop` it is done as soon as no bus access is under way, and the translation means nothing.
    4. Every access is a user access.
    """

    def __init__(self, config: Config):
        self._entries = config.gtlb_entries
        super().__init__({
            "translate": In(1),
            "address":   In(56),        # guest-physical
            "access":    In(Access),    # of the access that this translation is for: reads of PTEs are loads
            "hlvx":      In(1),
            "mxr":       In(1),
            "vmid":      In(14),
            "root":      In(44),
            "drop":      In(1),
            "done":      Out(1),
            "fault":     Out(1),
            "failed":    Out(1),
            "ppn":       Out(44),
            "level":     Out(2),        # size of the page
            "r":         Out(1),        # what the leaf allows; W means W and D
            "w":         Out(1),
            "x":         Out(1),
            "fence":     In(Fence),
            # To a `PteReader`
            "read":      Out(1),
            "read_at":   Out(56),
            "read_done": In(1),
            "read_pte":  In(Pte),
            "read_failed": In(1),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.gtlb = gtlb = GTlb(self._entries)
        pte = Signal(Pte)
        level = Signal(2)
        page = self.address[paging.PAGE_SHIFT:paging.GPA_BITS]
        m.d.comb += [
            gtlb.vmid.eq(self.vmid),
            gtlb.page.eq(page),
            gtlb.leaf.valid.eq(1),
            gtlb.leaf.vmid.eq(self.vmid),
            gtlb.leaf.page.eq(page),
            gtlb.leaf.level.eq(level),
            gtlb.leaf.ppn.eq(pte.ppn),
            gtlb.leaf.r.eq(pte.r),
            gtlb.leaf.w.eq(pte.w & pte.d),
            gtlb.leaf.x.eq(pte.x),
            gtlb.fence.eq(self.fence),
        ]

        def permits(r, w, x):
            return allows(r, w, x, self.access, self.hlvx, self.mxr)

        def answer(ppn, level, r, w, x):
            m.d.comb += [
                self.done.eq(1),
                self.ppn.eq(ppn),
                self.level.eq(level),
                Cat(self.r, self.w, self.x).eq(Cat(r, w, x)),
            ]

        with m.FSM():
            with m.State("LOOKUP"), m.If(self.translate):
                # Bits above the 41 of Sv39x4 must be zero; hgatp selects no other mode here.
                with m.If(self.address[paging.GPA_BITS:].any()):
                    m.d.comb += [self.done.eq(1), self.fault.eq(1)]
                with m.Elif(gtlb.hit & permits(gtlb.r, gtlb.w, gtlb.x)):
                    answer(gtlb.ppn, gtlb.level, gtlb.r, gtlb.w, gtlb.x)
                with m.Elif(self.drop):
                    m.d.comb += self.done.eq(1)
                with m.Else():
                    # The root table is four times as large as others, and aligned to its size.
                    m.d.sync += [
                        self.read_at.eq(pte_address(self.root[paging.X4_BITS:], page[2 * paging.VPN_BITS:])),
                        level.eq(ROOT),
                    ]
                    m.next = "READ"

            with m.State("READ"):
                m.d.comb += self.read.eq(1)
                m.d.sync += pte.eq(self.read_pte)
                with m.If(self.read_done):
                    m.next = "CHECK"
                    with m.If(self.read_failed | self.drop):
                        m.d.comb += [self.done.eq(1), self.failed.eq(1)]
                        m.next = "LOOKUP"

            with m.State("CHECK"):
                m.next = "LOOKUP"
                with m.If(self.drop):
                    m.d.comb += self.done.eq(1)
                with m.Elif(pte.is_invalid(level)):
                    m.d.comb += [self.done.eq(1), self.fault.eq(1)]
                with m.Elif(~pte.is_leaf()):
                    m.d.sync += [
                        self.read_at.eq(pte_address(pte.ppn, vpn(page, level))),
                        level.eq(level - 1),
                    ]
                    m.next = "READ"
                with m.Elif(~pte.u | ~permits(pte.r, pte.w, pte.x) | pte.is_misaligned(level)
                            | pte.is_stale(self.access)):
                    m.d.comb += [self.done.eq(1), self.fault.eq(1)]
                with m.Else():
                    m.d.comb += gtlb.fill.eq(1)
                    answer(join_page(pte.ppn, page, level), level, pte.r, pte.w & pte.d, pte.x)
        return m
