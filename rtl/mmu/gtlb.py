"""G-stage cache of the walker: guest-physical page to host-physical page.

Privileged manual, "Hypervisor: Guest Physical Address Translation", "Memory-Management Fences".

A walk of the first stage asks for the same few guest pages again and again: those of the guest's page tables.
"""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa import paging
from rtl.mmu.tlb import PAGE_BITS, join_page, larger, same_page
from rtl.tree import any_of
from rtl.types import Fence, FenceKind


class GuestPage(data.Struct):
    """One leaf of the G-stage. A and U of the leaf were 1, else there were no entry."""

    valid: 1
    vmid: 14
    page: PAGE_BITS
    level: 2
    ppn: 44
    r: 1
    w: 1            # W and D
    x: 1


class GTlb(wiring.Component):
    """Fully associative cache of `entries` G-stage leaves, replaced in turn; it answers in the same cycle.

    Permissions are reported, not checked: the walker walks again when they do not allow the access.
    """

    def __init__(self, entries: int):
        if entries < 1:
            raise ValueError(f"A G-stage cache needs at least one entry, not {entries!r}.")
        self.entries = entries
        super().__init__({
            "vmid":  In(14),
            "page":  In(PAGE_BITS),
            "hit":   Out(1),
            "ppn":   Out(44),
            "level": Out(2),
            "r":     Out(1),
            "w":     Out(1),
            "x":     Out(1),
            "fill":  In(1),         # store `leaf`, that of `page`; drop what overlaps it
            "leaf":  In(GuestPage),
            "fence": In(Fence),
        })

    def elaborate(self, platform):
        m = Module()
        table = [Signal(GuestPage, name=f"entry{i}") for i in range(self.entries)]

        # Lookup; at most one entry matches
        hits = Signal(self.entries)
        for i, entry in enumerate(table):
            same = (entry.vmid == self.vmid) & same_page(entry.page, self.page, entry.level)
            m.d.comb += hits[i].eq(entry.valid & same)
        found = Signal(GuestPage)
        m.d.comb += [
            found.eq(any_of(entry.as_value() & hit.replicate(len(found.as_value()))
                            for entry, hit in zip(table, hits, strict=True))),
            self.hit.eq(hits.any()),
            self.ppn.eq(join_page(found.ppn, self.page, found.level)),
            self.level.eq(found.level),
            Cat(self.r, self.w, self.x).eq(Cat(found.r, found.w, found.x)),
        ]

        # Refill
        victim = Signal(range(self.entries))
        with m.If(self.fill):
            m.d.sync += victim.eq(Mux(victim == self.entries - 1, 0, victim + 1))
        for i, entry in enumerate(table):
            with m.If(self.fill):
                # The new page is the one that is looked up: the comparison is that of the lookup.
                overlap = same_page(entry.page, self.page, larger(entry.level, self.leaf.level))
                with m.If(victim == i):
                    m.d.sync += entry.eq(self.leaf)
                with m.Elif(overlap & (entry.vmid == self.vmid)):
                    m.d.sync += entry.valid.eq(0)

        # Fences. rs1 of HFENCE.GVMA holds a guest-physical address shifted right by 2.
        fence = self.fence
        fenced = fence.addr[paging.PAGE_SHIFT - 2:paging.GPA_BITS - 2]
        for entry in table:
            with m.If(fence.valid & (fence.kind == FenceKind.HFENCE_GVMA)
                      & (~fence.has_id | (entry.vmid == fence.id[:14]))
                      & (~fence.has_addr | same_page(entry.page, fenced, entry.level))):
                m.d.sync += entry.valid.eq(0)
        return m
