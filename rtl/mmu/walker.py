"""Page-table walker (privileged manual, "Virtual Address Translation Process", "Two-Stage Address Translation").

Step numbers are those of the manual's list.
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import paging
from rtl.config import Config
from rtl.from_isa import CACHED_PAGE_BITS, is_cached, is_ram, is_rom
from rtl.mmu.fault import Fault, respond
from rtl.mmu.io_window import IoWindow
from rtl.mmu.pte import ROOT, Pte, allows, pte_address
from rtl.mmu.step import Step
from rtl.mmu.tlb import Page, Space, space_of
from rtl.mmu.walk_cache import REGION_SHIFT, Region, WalkCache
from rtl.pmp import PmpCheck
from rtl.types import Access, Fence, MmuContext, TranslateRequest, TranslateResponse, WordPort


class Walker(wiring.Component):
    """Walks both stages, for one request at a time.

    A walk begins in a cycle with `start` while `busy` is low. It ends with `fill` (for one cycle, with what it has found
    in `page`), or with `failed` (for one cycle, with the fault in `response`), or, after a cycle with `abort`, with
    neither. A memory access that has started is completed in every case.

    `context` is stable during a walk; whoever changes it aborts the walk.
    """

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            "context":  In(MmuContext),
            "fence":    In(Fence),              # a cycle in which it is valid has `abort`
            "clear":    In(1),                  # PMP has changed: forget everything; such a cycle has `abort`
            "start":    In(1),
            "request":  In(TranslateRequest),
            "abort":    In(1),
            "busy":     Out(1),
            "fill":     Out(1),
            "page":     Out(Page),
            "large":    Out(1),                 # the page is a fragment of a first-stage superpage
            "once":     Out(1),                 # the page is for this request alone: a port of the I/O window
            "log_append": Out(1),               # an entry has joined the page-modification log
            "failed":   Out(1),
            "response": Out(TranslateResponse),
            "memory":   Out(WordPort()),
            "pmp":      Out(PmpCheck()),
            # Physical pages, from here to there, that no cache may hold
            "uncached_first": In(CACHED_PAGE_BITS),
            "uncached_last":  In(CACHED_PAGE_BITS),
            # Events, one cycle each
            "g_miss":    Out(1),                # the G-stage was walked
            "reference": Out(1),                # a page-table entry was read
        })

    def elaborate(self, platform):
        m = Module()
        config, context = self._config, self.context
        svadu, doppel = config.profile.has("Svadu"), config.profile.has("Xdoppel")
        has_h, pa_bits = config.has_h, config.profile.pa_bits
        memory, pmp = self.memory, self.pmp

        # ---- Where the walk is -------------------------------------------------------------------
        walked = Signal(TranslateRequest)
        space = Signal(Space)
        guest = Signal()            # in the G-stage; never without H
        final = Signal()            # the address is that of the access itself; else that of a first-stage PTE
        target = Signal(64)         # the address before the G-stage
        at = Signal(56)             # the physical address of a PTE, or of the access in the end
        pte = Signal(Pte)
        cached = Signal()           # `pte` comes from the cache
        anew = Signal()             # what the cache says did not suffice: it is not asked any more
        short = Signal()            # the last table of the first stage comes from the cache: its guest address is not known
        writable = Signal()         # the PTE may be written
        writing = Signal()          # the G-stage translates the update of a first stage's PTE
        appending, logged = Signal(), Signal()      # the log is written; it has been written for this page
        permission = Signal()       # what is read is not a PTE but a word of the I/O permission bitmap
        first_level, g_level, level = Signal(2), Signal(2), Signal(2)   # of `pte`
        page = Signal(Page)         # what the stages say of the page so far
        fault, bus_error = Signal(Fault), Signal()
        answered, broken = Signal(), Signal()   # by memory, with an error, while PMP has not answered
        vaddr, access = walked.vaddr, walked.access
        m.d.comb += [
            [space[name].eq(value) for name, value in space_of(walked.mode, context, has_h).items()],
            level.eq(Mux(guest, g_level, first_level)),
        ]

        # A walk that nobody waits for any more ends at the next point where no memory access is under way.
        aborted, dropped = Signal(), Signal()
        m.d.comb += dropped.eq(aborted | self.abort)
        m.d.sync += aborted.eq(dropped & self.busy)

        def fail(kind, from_bus=0):
            m.d.sync += [fault.eq(kind), bus_error.eq(from_bus)]
            m.next = "FAILED"

        def go_on(address, state):
            """Go to `state` with this address, which a G-stage translates first."""
            m.d.sync += [target.eq(address), at.eq(address)]
            m.next = state
            if has_h:
                with m.If(space.second):
                    m.d.sync += guest.eq(1)
                    m.next = "GUEST"

        # ---- What the PTE permits, and where it leads --------------------------------------------
        m.submodules.step = step = Step(config)
        for name, value in (("context", context), ("request", walked), ("virtual", space.virtual), ("guest", guest),
                            ("final", final), ("writing", writing), ("target", target), ("pte", pte), ("level", level)):
            m.d.comb += getattr(step, name).eq(value)

        # ---- Cache -------------------------------------------------------------------------------
        hit, region, fill_region = Signal(), Signal(Region), Signal()
        if config.walk_entries:
            m.submodules.cache = cache = WalkCache(config)
            key = cache.key
            m.d.comb += [
                key.g_stage.eq(guest),
                key.number.eq(step.number[REGION_SHIFT - paging.PAGE_SHIFT:]),
                key.virtual.eq(space.virtual),
                key.second.eq(space.second),
                key.asid.eq(Mux(guest, 0, Mux(space.virtual, context.vsatp_asid, context.satp_asid))),
                key.vmid.eq(Mux(space.virtual, context.hgatp_vmid, 0)),
                hit.eq(cache.hit & ~anew),
                region.eq(cache.region),
                cache.fill.eq(fill_region & ~dropped),
                [cache.filled[name].eq(pte[name] & (level != 0)) for name in "rwxud"],
                cache.filled.g.eq(page.glob | (pte.g & (level != 0))),
                cache.filled.ppn.eq(Cat(at[paging.PAGE_SHIFT:REGION_SHIFT] & (level == 0).replicate(paging.VPN_BITS),
                                        Mux(level == 0, at[REGION_SHIFT:], step.joined[paging.VPN_BITS:]))),
                cache.fence.eq(self.fence),
                cache.clear.eq(self.clear),
            ]

        def take_region(level):
            m.d.sync += [
                pte.eq(Cat(C(1, 1), region.r, region.w, region.x, region.u, region.g, region.r | region.x, region.d,
                           C(0, 2), region.ppn)),
                level.eq(1),
                cached.eq(1),
            ]
            m.next = "CHECK"

        # ---- Memory ------------------------------------------------------------------------------
        ram, rom = Signal(), Signal()
        fits, executable = ~at[pa_bits:].any(), ram | rom
        m.d.comb += [
            ram.eq(is_ram(at)),
            rom.eq(is_rom(at)),
            memory.paddr.eq(at),
            memory.wdata.eq(pte.as_value() | Cat(C(0, 6), C(1, 1), step.sets_d)),
            pmp.ppn.eq(at[paging.PAGE_SHIFT:]),
            pmp.machine.eq(space.machine & final),      # page tables are S-mode's
            self.reference.eq(memory.valid & memory.done & ~memory.write),
        ]

        # ---- Xdoppel -----------------------------------------------------------------------------
        if doppel:
            m.submodules.window = window = IoWindow()
            m.d.comb += [
                window.context.eq(context),
                window.address.eq(target),
                window.size.eq(walked.size),
                window.bits.eq(pte),
            ]
            with m.If(appending):
                m.d.comb += memory.wdata.eq(Cat(g_level, C(0, paging.PAGE_SHIFT - 2), target[paging.PAGE_SHIFT:]))

        with m.FSM() as fsm:
            m.d.comb += self.busy.eq(~fsm.ongoing("IDLE"))

            with m.State("IDLE"):
                m.d.sync += [
                    walked.eq(self.request),
                    Cat(*[guest] * has_h, final, anew, answered, writing, appending, logged, permission, self.once).eq(0),
                ]
                with m.If(self.start):
                    m.next = "BEGIN"

            with m.State("BEGIN"):                          # step 1
                sign = vaddr[paging.VA_BITS - 1:]
                root = Mux(space.virtual, context.vsatp_ppn, context.satp_ppn)
                m.d.sync += [
                    first_level.eq(ROOT),
                    short.eq(hit),
                    self.large.eq(0),
                    Cat(page.r, page.w, page.x, page.user, page.supervisor).eq(~0),    # a Bare stage allows everything
                    page.glob.eq(~space.first),
                ]
                with m.If(space.first):
                    with m.If(hit):
                        take_region(first_level)
                    with m.Else():
                        go_on(pte_address(root, vaddr[paging.VA_BITS - paging.VPN_BITS:paging.VA_BITS]), "READ")
                    with m.If(sign.any() & ~sign.all()):
                        fail(Fault.PAGE)
                with m.Else():
                    m.d.sync += final.eq(1)
                    go_on(vaddr, "FINAL")
                    with m.If(~space.second & vaddr[56:].any()):
                        fail(Fault.ACCESS)
                with m.If(dropped):
                    m.next = "IDLE"

            if has_h:
                with m.State("GUEST"):
                    with m.If(target[paging.GPA_BITS:].any()):
                        fail(Fault.GUEST_PAGE)
                    with m.Elif(hit):
                        take_region(g_level)
                    with m.Else():
                        # The root table is four times as large as others, and aligned to its size.
                        index = target[paging.PAGE_SHIFT + 2 * paging.VPN_BITS:paging.GPA_BITS]
                        m.d.comb += self.g_miss.eq(1)
                        m.d.sync += [
                            at.eq(pte_address(context.hgatp_ppn[paging.X4_BITS:], index)),
                            g_level.eq(ROOT),
                        ]
                        m.next = "READ"
                    with m.If(dropped):
                        m.next = "IDLE"

            with m.State("READ"):                           # step 2
                # A page table lies in RAM or in ROM, not in an I/O region.
                readable = executable & fits
                m.d.comb += [
                    memory.valid.eq(readable & ~answered),
                    pmp.check.eq(1),            # meanwhile: a read of RAM or ROM has no effect
                ]
                m.d.sync += [cached.eq(0), writable.eq(pmp.w & ram)]
                with m.If(memory.valid & memory.done):
                    m.d.sync += [answered.eq(1), pte.eq(memory.rdata), broken.eq(memory.error)]
                with m.If(~readable):
                    fail(Fault.ACCESS)
                with m.Elif(pmp.done & (answered | memory.done)):
                    m.next = "CHECK"
                    if doppel:
                        with m.If(permission):
                            m.next = "BITMAP"
                    with m.If(~pmp.r):
                        fail(Fault.ACCESS)
                    with m.Elif(Mux(answered, broken, memory.error)):
                        fail(Fault.ACCESS, from_bus=1)
                with m.If(dropped & (answered | memory.done | ~readable)):
                    m.next = "IDLE"

            with m.State("CHECK"):
                m.d.sync += answered.eq(0)
                page_fault = Mux(guest, Fault.GUEST_PAGE, Fault.PAGE)
                m.d.comb += fill_region.eq(~cached & (level == 0))
                with m.If(pte.is_invalid(level)):                                           # steps 3, 4
                    fail(page_fault)
                    if doppel:
                        with m.If(~pte.v & guest & final & walked.plain & window.inside):
                            m.d.sync += [at.eq(window.bits_at), permission.eq(1)]
                            m.next = "READ"
                with m.Elif(~pte.is_leaf()):                                                # step 4
                    m.d.sync += at.eq(step.onward)
                    m.next = "READ"
                    with m.If(~guest):
                        m.d.sync += [first_level.eq(level - 1), page.glob.eq(page.glob | pte.g)]
                        with m.If(~cached):     # the cache has the table behind the G-stage
                            go_on(step.onward, "READ")
                    if has_h:
                        with m.Else():
                            m.d.sync += g_level.eq(level - 1)
                with m.Elif(cached & (step.denied | step.stale)):
                    m.d.sync += anew.eq(1)
                    m.next = "BEGIN"
                    if has_h:
                        with m.If(guest):
                            m.next = "GUEST"
                with m.Elif(step.denied | step.stale & ~step.adue):                         # steps 5 to 7
                    fail(page_fault)
                if svadu:
                    with m.Elif(step.stale & ~walked.update):
                        fail(Fault.UPDATE)
                if svadu and has_h:
                    with m.Elif(step.stale & space.second & ~guest & ~writing):
                        # The G-stage has let the PTE be read; may it be written?
                        m.d.sync += [writing.eq(~short), guest.eq(~short), anew.eq(anew | short)]
                        m.next = "GUEST"
                        with m.If(short):
                            m.next = "BEGIN"
                if doppel:
                    with m.Elif(step.stale & guest & step.sets_d & ~pte.d & context.log_enable & ~logged):
                        m.d.sync += [at.eq(Cat(C(0, 3), context.log_index[:9], context.log_page)), appending.eq(1)]
                        m.next = "LOG"
                        with m.If(context.log_index[9]):
                            fail(Fault.LOG_FULL)
                if svadu:
                    with m.Elif(step.stale):
                        m.next = "WRITE"
                        with m.If(~writable):
                            fail(Fault.ACCESS)
                with m.Else():                                                              # step 8
                    m.d.comb += fill_region.eq(~cached)
                    with m.If(step.explicit):
                        m.d.sync += [
                            page.r.eq(page.r & pte.r),
                            page.w.eq(page.w & pte.w & pte.d),
                            page.x.eq(page.x & pte.x),
                        ]
                    m.d.sync += at.eq(step.onward)
                    with m.If(~guest):
                        m.d.sync += [
                            final.eq(1),
                            self.large.eq(level != 0),
                            page.glob.eq(page.glob | pte.g),
                            page.user.eq(pte.u),
                            page.supervisor.eq(~pte.u),
                        ]
                        go_on(step.onward, "FINAL")
                    if has_h:
                        with m.Else():
                            m.d.sync += guest.eq(0)
                            m.next = "READ"
                            with m.If(final):
                                m.next = "FINAL"
                with m.If(dropped):
                    m.next = "IDLE"

            if svadu:
                with m.State("WRITE"):
                    m.d.comb += [memory.valid.eq(1), memory.write.eq(1)]
                    with m.If(memory.done):
                        m.next = "CHECK"
                        with m.If(memory.error):
                            fail(Fault.ACCESS, from_bus=1)
                        with m.Else():
                            m.d.sync += [pte.a.eq(1), pte.d.eq(pte.d | step.sets_d), logged.eq(0)]
                        if doppel:
                            with m.If(appending & ~memory.error):
                                m.d.comb += self.log_append.eq(1)
                                m.d.sync += [appending.eq(0), logged.eq(1)]
                                m.next = "GUEST"        # `at` was the log's: to the same PTE again
                        with m.If(dropped):
                            m.next = "IDLE"

            if doppel:
                with m.State("LOG"):
                    m.d.comb += pmp.check.eq(1)
                    with m.If(~ram | ~fits):
                        fail(Fault.ACCESS)
                    with m.Elif(pmp.done):
                        m.next = "WRITE"
                        with m.If(~pmp.w):
                            fail(Fault.ACCESS)
                    with m.If(dropped):
                        m.next = "IDLE"

                with m.State("BITMAP"):
                    m.d.sync += [at.eq(Cat(target[:paging.PAGE_SHIFT], window.port_ppn)), self.once.eq(1)]
                    m.next = "FINAL"
                    with m.If(window.denied):
                        fail(Fault.GUEST_PAGE)
                    with m.If(dropped):
                        m.next = "IDLE"

            with m.State("FINAL"):
                # Nothing is executed, nor read as code, in an I/O region.
                code = (access == Access.FETCH) | walked.hlvx
                m.d.comb += pmp.check.eq(1)
                with m.If(~fits | (code & ~executable)):
                    fail(Fault.ACCESS)
                with m.Elif(pmp.done):
                    with m.If(allows(pmp.r, pmp.w, pmp.x & (pmp.r | ~walked.hlvx), access, walked.hlvx, 0)):
                        m.d.comb += self.fill.eq(~dropped)
                        m.next = "IDLE"
                    with m.Else():
                        fail(Fault.ACCESS)
                with m.If(dropped):
                    m.next = "IDLE"

            with m.State("FAILED"):
                # Whoever flushes in this very cycle forgets the answer.
                m.d.comb += self.failed.eq(1)
                m.next = "IDLE"

        # ---- Outcome -----------------------------------------------------------------------------
        number_at = at[paging.PAGE_SHIFT:]
        m.d.comb += [
            self.page.eq(page),
            self.page.ppn.eq(number_at),
            self.page.r.eq(page.r & pmp.r),
            self.page.w.eq(page.w & pmp.w),
            self.page.x.eq(page.x & pmp.x & executable),
            self.page.ram.eq(ram),
            self.page.rom.eq(rom),
            self.page.cached.eq(is_cached(number_at, self.uncached_first, self.uncached_last)),
            self.response.bus_error.eq(bus_error),
            self.response.error_paddr.eq(at),
        ]
        respond(m, self.response, fault, access, target, implicit=~final, writing=writing)
        return m
