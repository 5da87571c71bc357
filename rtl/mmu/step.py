"""One step of a walk: what a page-table entry permits and where it leads (privileged manual, "Virtual Address Translation
Process" steps 4 to 9, "Two-Stage Address Translation")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import paging
from rtl.config import Config
from rtl.mmu.pte import Pte, allows, join_page, pte_address, vpn
from rtl.types import Access, MmuContext, TranslateRequest

NUMBER_BITS = paging.GPA_BITS - paging.PAGE_SHIFT


class Step(wiring.Component):
    """Combinational, the same for both stages. Reads of a first stage's PTEs are loads for the G-stage, their updates stores;
    neither HLVX nor MXR is meant for them."""

    def __init__(self, config: Config):
        self._svadu = config.profile.has("Svadu")
        super().__init__({
            "context":  In(MmuContext),
            "request":  In(TranslateRequest),
            "virtual":  In(1),          # V of its effective mode
            "guest":    In(1),          # the G-stage is walked, for `target`
            "final":    In(1),          # the access itself is; else a first-stage PTE is read, or written: `writing`
            "writing":  In(1),
            "target":   In(64),
            "pte":      In(Pte),
            "level":    In(2),
            "number":   Out(NUMBER_BITS),   # of the virtual page that is translated
            "joined":   Out(44),        # physical page of a leaf
            "onward":   Out(56),        # physical address behind a leaf, or of the next PTE
            "explicit": Out(1),         # permissions of the leaf are those of the access
            "denied":   Out(1),
            "stale":    Out(1),         # A, or for a store D, is clear
            "adue":     Out(1),         # the hart sets them
            "sets_d":   Out(1),         # ... and D is among them
        })

    def elaborate(self, platform):
        m = Module()
        context, request, pte, level, guest = self.context, self.request, self.pte, self.level, self.guest
        address = Mux(guest, self.target, request.vaddr)
        wanted = Signal(Access)
        supervisor_only = ~pte.u | (Mux(self.virtual, context.vs_sum, context.sum) & (request.access != Access.FETCH))
        owner = Mux(request.mode[0] & ~guest, supervisor_only, pte.u)       # every access of the G-stage is a user's
        mxr = Mux(guest, self.final & context.mxr, context.mxr | (self.virtual & context.vs_mxr))
        m.d.comb += [
            self.number.eq(address[paging.PAGE_SHIFT:]),
            self.joined.eq(join_page(pte.ppn, self.number, level)),
            self.onward.eq(Mux(pte.is_leaf(), Cat(address[:paging.PAGE_SHIFT], self.joined),
                               pte_address(pte.ppn, vpn(self.number, level)))),
            self.explicit.eq(self.final | ~guest),
            wanted.eq(Mux(self.explicit, request.access, Mux(self.writing, Access.STORE, Access.LOAD))),
            self.denied.eq(~owner | ~allows(pte.r, pte.w, pte.x, wanted, request.hlvx & self.explicit, mxr)
                           | pte.is_misaligned(level)),
            self.stale.eq(pte.is_stale(wanted)),
            self.sets_d.eq(wanted == Access.STORE),
        ]
        if self._svadu:
            m.d.comb += self.adue.eq(Mux(self.virtual & ~guest, context.vs_adue, context.adue))
        return m
