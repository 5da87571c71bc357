"""Page-table walker of both stages (privileged manual, "Virtual Address Translation Process", "Two-Stage Address
Translation"). Step numbers are those of the manual's list."""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa import causes, paging
from isa import platform as machine
from rtl import wishbone
from rtl.config import Config
from rtl.mmu.gtlb import GTlb
from rtl.mmu.pte import Pte, allows
from rtl.mmu.tlb import Entry, Space, join_page, space_of
from rtl.types import Access, Fence, MmuContext, TranslateRequest, TranslateResponse

ROOT = paging.LEVELS - 1

ACCESS_FAULT = ("INSTRUCTION_ACCESS_FAULT", "LOAD_ACCESS_FAULT", "STORE_ACCESS_FAULT")
PAGE_FAULT = ("INSTRUCTION_PAGE_FAULT", "LOAD_PAGE_FAULT", "STORE_PAGE_FAULT")
GUEST_PAGE_FAULT = ("INSTRUCTION_GUEST_PAGE_FAULT", "LOAD_GUEST_PAGE_FAULT", "STORE_GUEST_PAGE_FAULT")


def fault_cause(kind, access):
    """Exception code of a fault of this kind (a triple: fetch, load, store) for this access."""
    fetch, load, store = (causes.EXC[name] for name in kind)
    return Mux(access == Access.FETCH, fetch, Mux(access == Access.STORE, store, load))


def holds_page_tables(paddr):
    """Physical memory attributes: a page table may lie in RAM or ROM, not in an I/O region."""
    roms = [(paddr >= region.base) & (paddr < region.base + region.size) for region in machine.DEVICES if region.rom]
    return (paddr >= machine.RAM_BASE) | Cat(roms).any()


def pte_address(table, index, root_bits=0):
    """Address of entry `index` in the table at page `table`; a root of Sv39x4 is `root_bits` wider and aligned so."""
    return Cat(C(0, 3), index, table[root_bits:])


class Leaf(data.Struct):
    """What a leaf allows; W means W and D."""

    r: 1
    w: 1
    x: 1
    u: 1


class Walker(wiring.Component):
    """Walks for one request at a time.

    A walk begins in a cycle with `start` while `busy` is low. It ends with `fill` (for one cycle, with the translation
    in `entry`), or with `failed` (for one cycle, with the fault in `response`), or, after a cycle with `abort`, with
    neither. A bus access that has started is completed in every case.
    """

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            "context":  In(MmuContext),         # a cycle in which it differs from the cycle before has `abort`
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
        context, bus, walked = self.context, self.bus, self.walked
        access = walked.access

        space = Signal(Space)       # of this walk
        address = Signal(56)        # of a first-stage PTE or of the access: physical, or guest-physical before G
        final = Signal()            # `address` is that of the access itself
        level = Signal(2)           # of the first stage's PTE; stays at the root when the first stage is Bare
        first = Signal(Leaf)        # of the first stage
        glob = Signal()
        guest_at = Signal(56)       # physical address of a G-stage PTE
        guest_level = Signal(2)     # of the G-stage's PTE; stays at the root when the G-stage is Bare
        second = Signal(Leaf)       # of the G-stage
        pte = Signal(Pte)
        fault = Signal(TranslateResponse)
        aborted, dropped = Signal(), Signal()
        m.d.comb += [
            dropped.eq(aborted | self.abort),
            bus.sel.eq(0xff),
            self.response.eq(fault),
        ]
        m.d.sync += aborted.eq(dropped & self.busy)

        offset = walked.vaddr[:paging.PAGE_SHIFT]
        page = walked.vaddr[paging.PAGE_SHIFT:paging.VA_BITS]
        guest_page = address[paging.PAGE_SHIFT:paging.GPA_BITS]
        leaf = Cat(pte.r, pte.w & pte.d, pte.x, pte.u)

        def vpn(number, below):
            """Index into the table below this level: the manual's va.vpn[i] with i = below - 1."""
            return Mux(below == 2, number[paging.VPN_BITS:2 * paging.VPN_BITS], number[:paging.VPN_BITS])

        def fail(kind, *, bus_error=0):
            """End the walk with a fault of the original access type."""
            guest = kind is GUEST_PAGE_FAULT
            m.d.sync += [
                fault.fault.eq(1),
                fault.cause.eq(fault_cause(kind, access)),
                fault.tval2.eq(address[2:] if guest else 0),
                fault.implicit.eq(~final if guest else 0),
                fault.bus_error.eq(bus_error),
                fault.error_paddr.eq(Mux(bus_error, Cat(C(0, 3), bus.adr), 0)),
            ]
            m.next = "FAILED"

        def read(at, check):
            """Step 2: read the PTE at this physical address, then go to the state `check`."""
            allowed = holds_page_tables(at) & ~at[pa_bits:].any()
            with m.If(~allowed):
                fail(ACCESS_FAULT)
            with m.Else():
                m.d.comb += [bus.cyc.eq(1), bus.stb.eq(1), bus.adr.eq(at[3:])]
                with m.If(bus.err):
                    fail(ACCESS_FAULT, bus_error=1)
                with m.Elif(bus.ack):
                    m.d.sync += pte.eq(bus.dat_r)
                    m.next = check
            with m.If(dropped & (~allowed | bus.err | bus.ack)):
                m.next = "IDLE"

        def resolve(second_stage):
            """`address` becomes known: translate it by the G-stage, or read the PTE there."""
            m.next = "READ"
            if has_h:
                with m.If(second_stage):
                    m.d.sync += guest_level.eq(ROOT)
                    m.next = "LOOKUP"

        with m.FSM() as fsm:
            m.d.comb += self.busy.eq(~fsm.ongoing("IDLE"))

            with m.State("IDLE"):
                begun = space_of(self.request.mode, context, has_h)
                root = Mux(begun["virtual"], context.vsatp_ppn, context.satp_ppn)
                top = self.request.vaddr[paging.VA_BITS - paging.VPN_BITS:paging.VA_BITS]
                m.d.sync += [
                    walked.eq(self.request),
                    [space[name].eq(value) for name, value in begun.items()],
                    final.eq(~begun["first"]),
                    address.eq(Mux(begun["first"], pte_address(root, top), self.request.vaddr)),
                    level.eq(ROOT),
                    guest_level.eq(ROOT),
                    first.eq(~0),       # a Bare stage allows everything
                    second.eq(~0),
                    glob.eq(~begun["first"]),
                ]
                with m.If(self.start):
                    resolve(begun["second"])

            with m.State("READ"):
                read(address, "CHECK")

            with m.State("CHECK"):
                table_index = vpn(page, level)
                sum_ = Mux(space.virtual, context.vs_sum, context.sum)
                mxr = context.mxr | (space.virtual & context.vs_mxr)
                owner = Mux(walked.mode[0], ~pte.u | (sum_ & (access != Access.FETCH)), pte.u)
                permitted = owner & allows(pte.r, pte.w, pte.x, access, walked.hlvx, mxr)
                m.d.sync += glob.eq(glob | pte.g)
                with m.If(pte.is_invalid(level)):                                       # steps 3, 4
                    fail(PAGE_FAULT)
                with m.Elif(~pte.is_leaf()):                                            # step 4
                    m.d.sync += [
                        address.eq(pte_address(pte.ppn, table_index)),
                        level.eq(level - 1),
                    ]
                    resolve(space.second)
                with m.Elif(~permitted | pte.is_misaligned(level) | pte.is_stale(access)):  # steps 5 to 7
                    fail(PAGE_FAULT)
                with m.Else():                                                          # step 8
                    m.d.sync += [
                        address.eq(Cat(offset, join_page(pte.ppn, page, level))),
                        final.eq(1),
                        first.eq(leaf),
                    ]
                    resolve(space.second)
                    if has_h:
                        with m.If(~space.second):
                            m.next = "FILL"
                    else:
                        m.next = "FILL"
                with m.If(dropped):
                    m.next = "IDLE"

            if has_h:
                self._g_stage(m, fail=fail, read=read, vpn=vpn, space=space, address=address, final=final, pte=pte,
                              leaf=leaf, second=second, guest_at=guest_at, guest_level=guest_level,
                              guest_page=guest_page, dropped=dropped)

            with m.State("FILL"):
                m.next = "IDLE"
                with m.If(address[pa_bits:].any()):
                    with m.If(~dropped):
                        fail(ACCESS_FAULT)
                with m.Else():
                    m.d.comb += self.fill.eq(~dropped)

            with m.State("FAILED"):
                m.d.comb += self.failed.eq(~dropped)
                m.next = "IDLE"

        m.d.comb += [
            self.entry.valid.eq(1),
            self.entry.space.eq(space),
            self.entry.glob.eq(glob),
            self.entry.page.eq(walked.vaddr[paging.PAGE_SHIFT:paging.GPA_BITS]),
            self.entry.level.eq(Mux(level < guest_level, level, guest_level)),
            self.entry.vs_level.eq(level),
            self.entry.ppn.eq(address[paging.PAGE_SHIFT:]),
            self.entry.u.eq(first.u),
            self.entry.r.eq(first.r),
            self.entry.x.eq(first.x),
            self.entry.gr.eq(second.r),
            self.entry.gx.eq(second.x),
            self.entry.w.eq(first.w & second.w),
        ]
        return m

    def _g_stage(self, m, *, fail, read, vpn, space, address, final, pte, leaf, second, guest_at, guest_level,
                 guest_page, dropped):
        """The states of the G-stage: all accesses are user accesses, and PTE reads of the first stage are loads to
        which neither HLVX nor MXR applies; the fault is reported for the original access type."""
        walked, context = self.walked, self.context
        offset = address[:paging.PAGE_SHIFT]
        access = Mux(final, walked.access, Access.LOAD)
        hlvx, mxr = walked.hlvx & final, context.mxr & final

        m.submodules.gtlb = gtlb = GTlb(self._config.gtlb_entries)
        m.d.comb += [
            gtlb.vmid.eq(space.vmid),
            gtlb.page.eq(guest_page),
            gtlb.leaf.valid.eq(1),
            gtlb.leaf.vmid.eq(space.vmid),
            gtlb.leaf.page.eq(guest_page),
            gtlb.leaf.level.eq(guest_level),
            gtlb.leaf.ppn.eq(pte.ppn),
            gtlb.leaf.r.eq(pte.r),
            gtlb.leaf.w.eq(pte.w & pte.d),
            gtlb.leaf.x.eq(pte.x),
            gtlb.fence.eq(self.fence),
        ]

        def translated():
            m.next = "READ"
            with m.If(final):
                m.next = "FILL"

        with m.State("LOOKUP"):
            with m.If(address[paging.GPA_BITS:].any()):
                fail(GUEST_PAGE_FAULT)
            with m.Elif(gtlb.hit & allows(gtlb.r, gtlb.w, gtlb.x, access, hlvx, mxr)):
                m.d.sync += [
                    address.eq(Cat(offset, gtlb.ppn)),
                    guest_level.eq(gtlb.level),
                    second.eq(Cat(gtlb.r, gtlb.w, gtlb.x)),
                ]
                translated()
            with m.Else():
                m.d.sync += guest_at.eq(pte_address(context.hgatp_ppn, guest_page[2 * paging.VPN_BITS:],
                                                    root_bits=paging.X4_BITS))
                m.next = "G_READ"
            with m.If(dropped):
                m.next = "IDLE"

        with m.State("G_READ"):
            read(guest_at, "G_CHECK")

        with m.State("G_CHECK"):
            permitted = pte.u & allows(pte.r, pte.w, pte.x, access, hlvx, mxr)
            with m.If(pte.is_invalid(guest_level)):
                fail(GUEST_PAGE_FAULT)
            with m.Elif(~pte.is_leaf()):
                m.d.sync += [
                    guest_at.eq(pte_address(pte.ppn, vpn(guest_page, guest_level))),
                    guest_level.eq(guest_level - 1),
                ]
                m.next = "G_READ"
            with m.Elif(~permitted | pte.is_misaligned(guest_level) | pte.is_stale(access)):
                fail(GUEST_PAGE_FAULT)
            with m.Else():
                m.d.comb += gtlb.fill.eq(~dropped)
                m.d.sync += [
                    address.eq(Cat(offset, join_page(pte.ppn, guest_page, guest_level))),
                    second.eq(leaf),
                ]
                translated()
            with m.If(dropped):
                m.next = "IDLE"
