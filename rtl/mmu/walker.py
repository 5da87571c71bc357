"""Page-table walker (privileged manual, "Virtual Address Translation Process", "Two-Stage Address Translation").

Step numbers are those of the manual's list.
"""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from isa import causes, paging
from rtl import wishbone
from rtl.config import Config
from rtl.mmu.gstage import GStage
from rtl.mmu.pte import ROOT, Pte, allows, pte_address, vpn
from rtl.mmu.reader import PteReader
from rtl.mmu.tlb import Entry, Space, join_page, space_of
from rtl.types import Access, Fence, MmuContext, TranslateRequest, TranslateResponse

ACCESS_FAULT = ("INSTRUCTION_ACCESS_FAULT", "LOAD_ACCESS_FAULT", "STORE_ACCESS_FAULT")
PAGE_FAULT = ("INSTRUCTION_PAGE_FAULT", "LOAD_PAGE_FAULT", "STORE_PAGE_FAULT")
GUEST_PAGE_FAULT = ("INSTRUCTION_GUEST_PAGE_FAULT", "LOAD_GUEST_PAGE_FAULT", "STORE_GUEST_PAGE_FAULT")


def fault_cause(kind, access):
    """Exception code of a fault of this kind (a triple: fetch, load, store) for this access."""
    fetch, load, store = (causes.EXC[name] for name in kind)
    return Mux(access == Access.FETCH, fetch, Mux(access == Access.STORE, store, load))


class Leaf(data.Struct):
    """What a leaf allows; W means W and D."""

    r: 1
    w: 1
    x: 1
    u: 1


class Walker(wiring.Component):
    """Walks the first stage, and through `GStage` the second, for one request at a time.

    A walk begins in a cycle with `start` while `busy` is low. It ends with `fill` (for one cycle, with the translation
    in `entry`), or with `failed` (for one cycle, with the fault in `response`), or, after a cycle with `abort`, with
    neither. A bus access that has started is completed in every case.
    """

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            "context":  In(MmuContext),         # a cycle in which it differs from the one before has `abort`
            "fence":    In(Fence),              # a cycle in which it is valid has `abort`
            "start":    In(1),
            "request":  In(TranslateRequest),   # in a Bare space there is nothing to walk
            "abort":    In(1),
            "busy":     Out(1),
            "walked":   Out(TranslateRequest),  # the request of this walk, while busy
            "fill":     Out(1),
            "entry":    Out(Entry),
            "failed":   Out(1),
            "response": Out(TranslateResponse),
            "bus":      Out(wishbone.Signature()),
        })

    def elaborate(self, platform):
        m = Module()
        has_h, pa_bits = self._config.has_h, self._config.profile.pa_bits
        context, walked, access = self.context, self.walked, self.walked.access

        m.submodules.reader = reader = PteReader(self._config)
        connect(m, reader.bus, flipped(self.bus))

        space = Signal(Space)       # of this walk
        address = Signal(56)        # of a PTE or of the access: guest-physical before the G-stage, physical after it
        final = Signal()            # `address` is that of the access itself
        pte = Signal(Pte)
        level = Signal(2)           # of `pte`; stays at the root when the first stage is Bare
        leaf = Signal(Leaf)         # of the first stage
        glob = Signal()
        guest_level = Signal(2)     # size of the G-stage's page; that of the root when the G-stage is Bare
        guest_leaf = Signal(Leaf)   # of the G-stage
        fault = Signal(TranslateResponse)
        page = walked.vaddr[paging.PAGE_SHIFT:paging.VA_BITS]

        # A walk that nobody waits for any more goes on to the next point where no bus access is under way.
        aborted, dropped = Signal(), Signal()
        m.d.comb += dropped.eq(aborted | self.abort)
        m.d.sync += aborted.eq(dropped & self.busy)

        def fail(kind, tval2=0, implicit=0):
            """A fault of the original access type."""
            m.d.sync += [
                fault.fault.eq(1),
                fault.cause.eq(fault_cause(kind, access)),
                fault.tval2.eq(tval2),
                fault.implicit.eq(implicit),
                fault.bus_error.eq(reader.done & reader.bus_error),
                fault.error_paddr.eq(Mux(reader.done & reader.bus_error, reader.address, 0)),
            ]
            m.next = "FAILED"

        def go_on(state, second):
            """Translate the new `address` by the G-stage, if it is on; then, or else at once, go to `state`."""
            m.next = state
            if has_h:
                with m.If(second):
                    m.next = "GUEST"

        m.d.comb += [reader.read.eq(0), reader.address.eq(address)]
        if has_h:
            m.submodules.gstage = gstage = GStage(self._config)
            m.d.comb += [
                # Reads of first-stage PTEs are loads; neither HLVX nor MXR is meant for them.
                gstage.access.eq(Mux(final, access, Access.LOAD)),
                gstage.hlvx.eq(final & walked.hlvx),
                gstage.mxr.eq(final & context.mxr),
                gstage.address.eq(address),
                gstage.vmid.eq(space.vmid),
                gstage.root.eq(context.hgatp_ppn),
                gstage.drop.eq(dropped),
                gstage.fence.eq(self.fence),
                gstage.read_done.eq(reader.done),
                gstage.read_pte.eq(reader.pte),
                gstage.read_failed.eq(reader.failed),
            ]

        with m.FSM() as fsm:
            m.d.comb += self.busy.eq(~fsm.ongoing("IDLE"))

            with m.State("IDLE"):
                begun = space_of(self.request.mode, context, has_h)
                root = Mux(begun["virtual"], context.vsatp_ppn, context.satp_ppn)
                index = self.request.vaddr[paging.VA_BITS - paging.VPN_BITS:paging.VA_BITS]
                m.d.sync += [
                    walked.eq(self.request),
                    [space[name].eq(value) for name, value in begun.items()],
                    final.eq(~begun["first"]),
                    address.eq(Mux(begun["first"], pte_address(root, index), self.request.vaddr)),
                    Cat(level, guest_level).eq(Cat(C(ROOT, 2), C(ROOT, 2))),
                    Cat(leaf, guest_leaf).eq(~0),           # a Bare stage allows everything
                    glob.eq(~begun["first"]),
                ]
                with m.If(self.start):
                    go_on("READ", begun["second"])

            with m.State("READ"):                           # step 2
                m.d.comb += reader.read.eq(1)
                m.d.sync += pte.eq(reader.pte)
                with m.If(reader.done):
                    m.next = "CHECK"
                    with m.If(reader.failed):
                        fail(ACCESS_FAULT)
                    with m.If(dropped):
                        m.next = "IDLE"

            with m.State("CHECK"):
                sum_ = Mux(space.virtual, context.vs_sum, context.sum)
                mxr = context.mxr | (space.virtual & context.vs_mxr)
                owner = Mux(walked.mode[0], ~pte.u | (sum_ & (access != Access.FETCH)), pte.u)
                permitted = owner & allows(pte.r, pte.w, pte.x, access, walked.hlvx, mxr)
                m.d.sync += glob.eq(glob | pte.g)           # G of a pointer holds for all below it
                with m.If(pte.is_invalid(level)):                                           # steps 3, 4
                    fail(PAGE_FAULT)
                with m.Elif(~pte.is_leaf()):                                                # step 4
                    m.d.sync += [
                        address.eq(pte_address(pte.ppn, vpn(page, level))),
                        level.eq(level - 1),
                    ]
                    go_on("READ", space.second)
                with m.Elif(~permitted | pte.is_misaligned(level) | pte.is_stale(access)):  # steps 5 to 7
                    fail(PAGE_FAULT)
                with m.Else():                                                              # step 8
                    m.d.sync += [
                        address.eq(Cat(walked.vaddr[:paging.PAGE_SHIFT], join_page(pte.ppn, page, level))),
                        final.eq(1),
                        leaf.eq(Cat(pte.r, pte.w & pte.d, pte.x, pte.u)),
                    ]
                    go_on("FILL", space.second)
                with m.If(dropped):
                    m.next = "IDLE"

            if has_h:
                with m.State("GUEST"):
                    m.d.comb += [
                        gstage.translate.eq(1),
                        reader.read.eq(gstage.read),
                        reader.address.eq(gstage.read_at),
                    ]
                    with m.If(gstage.done):
                        m.d.sync += [
                            address[paging.PAGE_SHIFT:].eq(gstage.ppn),
                            guest_level.eq(gstage.level),
                            guest_leaf.eq(Cat(gstage.r, gstage.w, gstage.x)),
                        ]
                        m.next = "READ"
                        with m.If(final):
                            m.next = "FILL"
                        with m.If(gstage.fault):
                            fail(GUEST_PAGE_FAULT, tval2=address[2:], implicit=~final)
                        with m.Elif(gstage.failed):
                            fail(ACCESS_FAULT)
                        with m.If(dropped):
                            m.next = "IDLE"

            with m.State("FILL"):
                m.next = "IDLE"
                with m.If(~address[pa_bits:].any()):
                    m.d.comb += self.fill.eq(~dropped)
                with m.Elif(~dropped):
                    fail(ACCESS_FAULT)

            with m.State("FAILED"):
                m.d.comb += self.failed.eq(~dropped)
                m.next = "IDLE"

        m.d.comb += [
            self.response.eq(fault),
            self.entry.valid.eq(1),
            self.entry.space.eq(space),
            self.entry.glob.eq(glob),
            self.entry.page.eq(walked.vaddr[paging.PAGE_SHIFT:paging.GPA_BITS]),
            self.entry.level.eq(Mux(level < guest_level, level, guest_level)),
            self.entry.vs_level.eq(level),
            self.entry.ppn.eq(address[paging.PAGE_SHIFT:]),
            Cat(self.entry.u, self.entry.r, self.entry.x).eq(Cat(leaf.u, leaf.r, leaf.x)),
            Cat(self.entry.gr, self.entry.gx).eq(Cat(guest_leaf.r, guest_leaf.x)),
            self.entry.w.eq(leaf.w & guest_leaf.w),
        ]
        return m
