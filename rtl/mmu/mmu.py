"""Memory-management unit (privileged manual, "Supervisor-Level ISA" and "Two-Stage Address Translation").

Two translation ports, a TLB for each, and one walker for both stages and both ports.
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from isa import paging
from rtl import wishbone
from rtl.config import Config
from rtl.from_isa import is_ram, is_rom
from rtl.mmu.tlb import Tlb, space_of
from rtl.mmu.walker import ACCESS_FAULT, GUEST_PAGE_FAULT, PAGE_FAULT, Walker, fault_cause
from rtl.types import Fence, FenceKind, MmuContext, Mode, Translate

# Fields of a `TranslateResponse` that a fault fills in.
FAULT = ("fault", "cause", "tval2", "implicit", "bus_error", "error_paddr")


class Mmu(wiring.Component):
    """Translates for instruction fetch and for loads and stores; see `Translate` for the rules of a port."""

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            "fetch":   In(Translate()),
            "data":    In(Translate()),
            "fence":   In(Fence),
            "context": In(MmuContext),
            "bus":     Out(wishbone.Signature()),   # reads of page-table entries
        })

    def elaborate(self, platform):
        m = Module()
        profile, context = self._config.profile, self.context

        # The manual: bits of rs2 above ASIDLEN (VMIDLEN) are ignored.
        fence = Signal(Fence)
        asid_mask, vmid_mask = (1 << profile.asid_bits) - 1, (1 << profile.vmid_bits) - 1
        m.d.comb += [
            fence.eq(self.fence),
            fence.id.eq(self.fence.id & Mux(fence.kind == FenceKind.HFENCE_GVMA, vmid_mask, asid_mask)),
        ]

        m.submodules.walker = walker = Walker(self._config)
        m.submodules.itlb = itlb = Tlb(self._config.tlb_entries, has_h=self._config.has_h)
        m.submodules.dtlb = dtlb = Tlb(self._config.tlb_entries, has_h=self._config.has_h)
        connect(m, walker.bus, flipped(self.bus))

        # A walk serves one port; its result is void once the request or what the walk builds on has changed.
        for_data = Signal()
        waiting = {}
        before = Signal(MmuContext)
        m.d.sync += before.eq(context)
        for name, port, tlb in (("data", self.data, dtlb), ("fetch", self.fetch, itlb)):
            mine = for_data if name == "data" else ~for_data
            same = Signal(name=f"{name}_same")
            m.d.comb += [
                same.eq(port.request.valid & (port.request.p.as_value() == walker.walked.as_value())),
                tlb.context.eq(context),
                tlb.request.eq(port.request.p),
                tlb.fence.eq(fence),
                tlb.fill.eq(walker.fill & mine),
                tlb.entry.eq(walker.entry),
            ]
            waiting[name] = self._answer(m, port, tlb, walker, mine & walker.failed), same

        (data_waits, data_same), (fetch_waits, fetch_same) = waiting["data"], waiting["fetch"]
        m.d.comb += [
            walker.context.eq(context),
            walker.fence.eq(fence),
            walker.start.eq(data_waits | fetch_waits),
            walker.request.eq(self.fetch.request.p),
            walker.abort.eq(fence.valid | (before.as_value() != context.as_value())
                            | ~Mux(for_data, data_same, fetch_same)),
        ]
        with m.If(data_waits):
            m.d.comb += walker.request.eq(self.data.request.p)
        with m.If(~walker.busy):
            m.d.sync += for_data.eq(data_waits)
        return m

    def _answer(self, m, port, tlb, walker, failed):
        """Drive the response of one port; returns whether the port waits for a walk."""
        profile, context = self._config.profile, self.context
        request, response = port.request.p, port.response
        vaddr, access = request.vaddr, request.access
        space = space_of(request.mode, context, self._config.has_h)
        first = space["first"] & (request.mode != Mode.M)
        second = space["second"]
        sign = vaddr[paging.VA_BITS - 1:]
        waits = Signal()
        m.d.comb += [
            response.ram.eq(is_ram(response.paddr)),
            response.rom.eq(is_rom(response.paddr)),
            response.cached.eq(response.ram),
        ]

        def fault(kind, tval2=0):
            m.d.comb += [
                port.request.ready.eq(port.request.valid),
                response.fault.eq(1),
                response.cause.eq(fault_cause(kind, access)),
                response.tval2.eq(tval2),
            ]

        with m.If(first & sign.any() & ~sign.all()):
            fault(PAGE_FAULT)
        with m.Elif(~first & second & vaddr[paging.GPA_BITS:].any()):
            fault(GUEST_PAGE_FAULT, vaddr[2:])
        with m.Elif(~first & ~second & vaddr[profile.pa_bits:].any()):
            fault(ACCESS_FAULT)
        with m.Elif(~first & ~second):
            m.d.comb += [
                port.request.ready.eq(port.request.valid),
                response.paddr.eq(vaddr),
            ]
        with m.Elif(failed):
            m.d.comb += [
                port.request.ready.eq(port.request.valid),
                *(response[name].eq(walker.response[name]) for name in FAULT),
            ]
        with m.Else():
            m.d.comb += [
                port.request.ready.eq(port.request.valid & tlb.hit),
                response.paddr.eq(Cat(vaddr[:paging.PAGE_SHIFT], tlb.ppn)),
                waits.eq(port.request.valid & ~tlb.hit),
            ]
        return waits
