"""Translation look-aside buffer: virtual page to host-physical page, both stages merged.

Privileged manual, "Sv39", "Hypervisor: Two-Stage Address Translation", "Memory-Management Fences".
"""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa import paging
from rtl.mmu.pte import allows
from rtl.tree import any_of
from rtl.types import Access, Fence, FenceKind, MmuContext, TranslateRequest

PAGE_BITS = paging.GPA_BITS - paging.PAGE_SHIFT     # an address without G-stage has its sign in the upper two
LEVEL_BITS = paging.VPN_BITS


class Space(data.Struct):
    """The address space of a translation. Equal spaces and equal virtual pages give equal physical pages."""

    virtual: 1      # V
    first: 1        # the first stage (satp, or vsatp when V=1) translates
    second: 1       # the G-stage translates
    asid: 16        # zero when the first stage is Bare
    vmid: 14        # zero when V=0


class Entry(data.Struct):
    """One translation. A and U of the G-stage and A of the first stage were 1, else there were no entry."""

    valid: 1
    space: Space
    glob: 1         # G of a first-stage PTE on the way: matches every ASID
    page: PAGE_BITS
    level: 2        # size of the merged page: the smaller one of the two stages
    vs_level: 2     # size of the first-stage page, for fences by address
    ppn: 44
    u: 1
    r: 1            # first stage
    x: 1
    gr: 1           # G-stage
    gx: 1
    w: 1            # W and D of both stages


def space_of(mode, context, has_h):
    """Fields of the `Space` in which an access of this (effective) mode translates, as a dictionary."""
    virtual = mode[2] if has_h else C(0, 1)
    first = Mux(virtual, context.vsatp_mode, context.satp_mode)
    return {
        "virtual": virtual,
        "first":   first,
        "second":  virtual & context.hgatp_mode,
        "asid":    Mux(first, Mux(virtual, context.vsatp_asid, context.satp_asid), 0),
        "vmid":    Mux(virtual, context.hgatp_vmid, 0),
    }


def same_page(a, b, level):
    """Are two page numbers the same page of this size?"""
    low, middle, high = slice(0, LEVEL_BITS), slice(LEVEL_BITS, 2 * LEVEL_BITS), slice(2 * LEVEL_BITS, None)
    return ((a[high] == b[high]) & ((level == 2) | (a[middle] == b[middle]))
            & ((level != 0) | (a[low] == b[low])))


def larger(a, b):
    """The larger of two levels, without a comparator: levels are 0, 1, 2."""
    return Cat((a[0] | b[0]) & ~(a[1] | b[1]), a[1] | b[1])


def join_page(ppn, page, level):
    """Physical page of virtual page `page` inside the large page of this size that `ppn` lies in."""
    return Cat(Mux(level == 0, ppn[:LEVEL_BITS], page[:LEVEL_BITS]),
               Mux(level == 2, page[LEVEL_BITS:2 * LEVEL_BITS], ppn[LEVEL_BITS:2 * LEVEL_BITS]),
               ppn[2 * LEVEL_BITS:])


class Tlb(wiring.Component):
    """Fully associative TLB of `entries` entries, replaced in turn.

    `hit` and `ppn` answer `request` in the same cycle. An entry whose permissions do not allow the access does not
    hit: the walker decides anew, so that a TLB can never report another fault than a walk.
    """

    def __init__(self, entries: int, *, has_h: bool):
        if entries < 1:
            raise ValueError(f"A TLB needs at least one entry, not {entries!r}.")
        self.entries = entries
        self._has_h = has_h
        super().__init__({
            "context": In(MmuContext),
            "request": In(TranslateRequest),
            "hit":     Out(1),
            "ppn":     Out(44),
            "fill":    In(1),       # store `entry`, the translation of `request`; drop what overlaps it
            "entry":   In(Entry),
            "fence":   In(Fence),
        })

    def elaborate(self, platform):
        m = Module()
        table = [Signal(Entry, name=f"entry{i}") for i in range(self.entries)]
        request, context = self.request, self.context

        # Lookup
        space = Signal(Space)
        page = request.vaddr[paging.PAGE_SHIFT:paging.GPA_BITS]
        here = space_of(request.mode, context, self._has_h)
        m.d.comb += [space[name].eq(value) for name, value in here.items()]
        hits = Signal(self.entries)
        for i, entry in enumerate(table):
            m.d.comb += hits[i].eq(entry.valid & self._in_space(entry, space)
                                   & same_page(entry.page, page, entry.level) & self._permits(entry))
        chosen = [Mux(hits[i], Cat(entry.ppn, entry.level), 0) for i, entry in enumerate(table)]
        chosen = any_of(chosen)
        m.d.comb += [
            self.hit.eq(hits.any()),
            self.ppn.eq(join_page(chosen[:44], page, chosen[44:])),
        ]

        # Refill
        victim = Signal(range(self.entries))
        with m.If(self.fill):
            m.d.sync += victim.eq(Mux(victim == self.entries - 1, 0, victim + 1))
        for i, entry in enumerate(table):
            with m.If(self.fill):
                # Software may change the size of a page, or raise a permission, without a fence; but two entries
                # for one page would answer with the OR of both. The new page is the one of `request`, so that this
                # comparison and that of the lookup are one.
                overlap = (self._in_space(entry, space, self.entry.glob)
                           & same_page(entry.page, page, larger(entry.level, self.entry.level)))
                with m.If(victim == i):
                    m.d.sync += entry.eq(self.entry)
                with m.Elif(overlap):
                    m.d.sync += entry.valid.eq(0)

        # Fences. The walker does not fill in the cycle of a fence: its walk began before.
        for entry in table:
            with m.If(self.fence.valid & self._orders(entry)):
                m.d.sync += entry.valid.eq(0)
        return m

    def _in_space(self, entry, space, glob=0):
        """Does the entry translate accesses in this space (in that of any ASID, when `glob`)?"""
        modes = Cat(entry.space.virtual, entry.space.first, entry.space.second)
        return ((modes == Cat(space.virtual, space.first, space.second))
                & (~space.virtual | self._in_current_guest(entry))
                & ((entry.space.asid == space.asid) | entry.glob | glob))

    def _in_current_guest(self, entry):
        return entry.space.vmid == self.context.hgatp_vmid

    def _permits(self, entry):
        """Do both stages allow the access? A Bare stage was filled with all permissions."""
        request, context, virtual = self.request, self.context, entry.space.virtual
        fetch = request.access == Access.FETCH
        supervisor = request.mode[0]
        sum_ = Mux(virtual, context.vs_sum, context.sum)
        owner = ~entry.space.first | Mux(supervisor, ~entry.u | (sum_ & ~fetch), entry.u)
        mxr = context.mxr | (virtual & context.vs_mxr)
        first = allows(entry.r, entry.w, entry.x, request.access, request.hlvx, mxr)
        second = allows(entry.gr, entry.w, entry.gx, request.access, request.hlvx, context.mxr)
        return owner & first & second

    def _orders(self, entry):
        """Does the fence order this translation?"""
        fence, space = self.fence, entry.space
        page = fence.addr[paging.PAGE_SHIFT:paging.GPA_BITS]
        at_address = ~fence.has_addr | same_page(entry.page, page, entry.vs_level)
        # "global mappings are not affected by a fence with an ASID": rs2 != x0.
        in_asid = ~fence.has_id | ((space.asid == fence.id) & ~entry.glob)
        guest = fence.virtual | (fence.kind == FenceKind.HFENCE_VVMA)
        current = (space.virtual == guest) & (~guest | self._in_current_guest(entry))
        first_stage = space.first & current & at_address & in_asid
        # Entries do not know their guest-physical page: HFENCE.GVMA by address drops all of the virtual machine's.
        second_stage = space.second & (~fence.has_id | (space.vmid == fence.id[:14]))
        return Mux(fence.kind == FenceKind.HFENCE_GVMA, second_stage, first_stage)
