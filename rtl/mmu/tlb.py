"""Translation look-aside buffer: virtual page of 4 KiB to physical page, with everything that is decided about it.

Privileged manual, "Sv39", "Hypervisor: Two-Stage Address Translation", "Memory-Management Fences", "Physical Memory
Attributes", "Physical Memory Protection".
"""

from amaranth.hdl import *
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from isa import paging
from rtl.config import Config
from rtl.types import Access, Fence, FenceKind, MmuContext, TranslateRequest

PAGE_BITS = paging.GPA_BITS - paging.PAGE_SHIFT     # of a page number; all higher address bits are equal


class Page(data.Struct):
    """What a walk has found for one page of 4 KiB."""

    ppn: 44
    glob: 1         # G of a first-stage PTE on the way, or no first stage: holds for every ASID
    user: 1         # its owner: U may access it,
    supervisor: 1   # or S may, whatever SUM is; both when nothing but PMP protects it
    r: 1            # what both stages, PMP and the memory allow; W means W and D
    w: 1
    x: 1
    ram: 1          # memory attributes
    rom: 1
    cached: 1


class Space(data.Struct):
    """How an access is translated and protected."""

    virtual: 1      # V
    machine: 1      # M: PMP alone
    first: 1        # the first stage (satp, or vsatp when V=1) translates
    second: 1       # the G-stage translates


def space_of(mode, context, has_h):
    """Fields of the `Space` of an access in this (effective) mode, as a dictionary."""
    virtual, machine = mode[2] if has_h else C(0, 1), mode[1]
    return {
        "virtual": virtual,
        "machine": machine,
        "first":   ~machine & Mux(virtual, context.vsatp_mode, context.satp_mode),
        "second":  virtual & context.hgatp_mode,
    }


def set_of(number, virtual, bits):
    """Set of a page. A user's page and its kernel's, or a guest's and its hypervisor's, whose numbers differ far up or not at
    all, are in different sets: they would throw each other out at every trap."""
    return number[:bits] ^ number[9:9 + bits] ^ number[18:18 + bits] ^ Cat(C(0, bits - 1), virtual)


class Tlb(wiring.Component):
    """Table of `tlb_entries` pages in distributed RAM, direct mapped or in two ways.

    `hit` answers `request` in the same cycle, and with it what `Page` says. A page whose permissions do not allow the
    access does not hit: the walker decides anew, so that a hit can never hide a fault.
    """

    def __init__(self, config: Config):
        self._ways, self._sets = config.tlb_ways, config.tlb_entries // max(config.tlb_ways, 1)
        if self._ways not in (1, 2) or config.tlb_entries not in [self._ways << n for n in range(1, 11)]:
            raise ValueError("A TLB has 1 or 2 ways of 2, 4, 8 ... entries, "
                             f"not {config.tlb_entries!r} entries in {config.tlb_ways!r} ways.")
        self._has_h = config.has_h
        self._profile = config.profile
        super().__init__({
            "context": In(MmuContext),
            "request": In(TranslateRequest),
            "hit":     Out(1),
            "page":    Out(Page),
            # A walk for `request` has ended: store what it found.
            "fill":    In(1),
            "filled":  In(Page),
            "large":   In(1),       # a fragment of a first-stage superpage
            "once":    In(1),       # for this request only, in the next cycle
            "fence":   In(Fence),
            "clear":   In(1),       # drop everything
        })

    def elaborate(self, platform):
        m = Module()
        request, context, profile = self.request, self.context, self._profile
        number = request.vaddr[paging.PAGE_SHIFT:paging.GPA_BITS]
        high = request.vaddr[paging.GPA_BITS:]
        space = Signal(Space)
        index = Signal(exact_log2(self._sets))
        m.d.comb += index.eq(set_of(number, space.virtual, len(index)))
        m.d.comb += [space[name].eq(value) for name, value in space_of(request.mode, context, self._has_h).items()]
        asid = Mux(space.virtual, context.vsatp_asid, context.satp_asid)[:profile.asid_bits]
        vmid = context.hgatp_vmid[:profile.vmid_bits]
        tag = Cat(number[len(index):], high[0], space)
        row = data.StructLayout({"tag": len(tag), "asid": len(asid), **({"vmid": len(vmid)} if self._has_h else {}),
                                 "page": Page})

        regular = Signal()      # all high bits are equal, so that the tag says everything of the address
        permitted, matches, valid, hits = (Signal(self._ways, name=name) for name in ("permitted", "matches", "valid", "hits"))
        answers = Signal()      # a walk has just answered this very request, whatever an entry can say and keep of it
        victim, filled = Signal(self._ways, init=1), Signal(self._ways, init=1)
        pages = []
        m.d.comb += [
            regular.eq(high.all() | ~high.any()),
            hits.eq(Mux(answers, filled, valid & matches & permitted & regular.replicate(self._ways))),
            self.hit.eq(hits.any()),
        ]
        m.d.sync += answers.eq(self.fill)
        for way in range(self._ways):
            m.submodules[f"way{way}"] = table = memory.Memory(shape=row, depth=self._sets, init=[])
            read, write = table.read_port(domain="comb"), table.write_port()
            entry = read.data
            keep = victim[way] & self.fill
            of_guest = (entry.vmid == vmid) | ~space.virtual if self._has_h else C(1, 1)
            m.d.comb += [
                read.addr.eq(index),
                matches[way].eq((entry.tag == tag) & ((entry.asid == asid) | entry.page.glob)
                                & of_guest),
                permitted[way].eq(self._permits(entry.page)),
                valid[way].eq(self._valid(m, way, index, space, keep, regular & ~self.once)),
                write.addr.eq(index),
                write.en.eq(keep),
                write.data.tag.eq(tag),
                write.data.asid.eq(asid),
                write.data.page.eq(self.filled),
            ]
            if self._has_h:
                m.d.comb += write.data.vmid.eq(vmid)
            pages.append(entry.page)
        m.d.comb += self.page.eq(pages[0] if self._ways == 1 else Mux(hits[0], *pages))

        if self._ways == 2:
            # What is known of this very page is replaced first; otherwise the ways take turns.
            turn, known = Signal(), matches & valid
            m.d.comb += victim.eq(Mux(known.any(), Cat(known[0], ~known[0]), Cat(~turn, turn)))
            with m.If(self.fill):
                m.d.sync += [turn.eq(~turn), filled.eq(victim)]
        return m

    def _valid(self, m, way, index, space, store, lasts):
        """What fences look at, in flip-flops: returns whether the entry of a way at `index` is valid."""
        fence, sets = self.fence, range(self._sets)
        valid, virtual, first, large = (Signal(self._sets, name=f"{name}{way}")
                                        for name in ("valid", "virtual", "first", "large"))
        at_address = Signal(self._sets, name=f"at_address{way}")
        g_stage = fence.kind == FenceKind.HFENCE_GVMA
        guest = (fence.kind == FenceKind.HFENCE_VVMA) | fence.virtual
        everywhere = ~fence.has_addr | g_stage      # an entry does not know its guest-physical page
        m.d.comb += at_address.eq(1 << set_of(fence.addr[paging.PAGE_SHIFT:paging.GPA_BITS], guest, len(index)))
        for i in sets:
            with m.If(store & (index == i)):
                m.d.sync += [
                    valid[i].eq(lasts),
                    first[i].eq(space.first),
                    large[i].eq(self.large),
                ]
                if self._has_h:
                    m.d.sync += virtual[i].eq(space.virtual)
            # Whatever the ASID or VMID: those of the entry are not compared. Without a first stage only the G-stage's
            # fences matter, and in M nothing but PMP does.
            ordered = Mux(g_stage, virtual[i], first[i] & (virtual[i] == guest))
            with m.If(self.clear | (fence.valid & ordered & (everywhere | at_address[i] | large[i]))):
                m.d.sync += valid[i].eq(0)
        return valid.bit_select(index, 1)

    def _permits(self, page):
        """Does the page allow the access? CBO asks for what a load does; what MXR alone opens is left to the walker."""
        request, context = self.request, self.context
        fetch, store = request.access == Access.FETCH, request.access == Access.STORE
        sum_ = Mux(request.mode[2], context.vs_sum, context.sum) if self._has_h else context.sum
        owner = Mux(request.mode[0], page.supervisor | (sum_ & ~fetch), page.user)
        return owner & Mux(fetch, page.x, Mux(store, page.w, page.r & (page.x | ~request.hlvx)))
