"""(e) No access of the data bus without a translation that allows it (privileged manual, "Virtual Memory", "Physical Memory
Protection"; unprivileged manual, "Load and Store Instructions")."""

from dataclasses import replace
from typing import Any

from amaranth.hdl import C, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from sim.bench.mutate import Mutation
from sim.formal.claim import Claim

LOAD, STORE, AMO, CBO = range(4)        # rtl.lsu.MemOp
LR, ZERO = 0, 3                         # rtl.amo.AmoOp, rtl.types.CboOp
ALLOWS_FETCH, ALLOWS_LOAD, ALLOWS_STORE, ALLOWS_CBO = range(4)      # rtl.types.Access
INCREMENT = 0b010       # Wishbone's cycle type: another beat follows
REQUEST = {"op": 2, "amo": 4, "cbo": 2, "size": 2, "hlvx": 1, "mode": 3, "vaddr": 64, "source": 64}
FETCH = ("stop", "redirect", "invalidate", "update", "taken")
ANSWER = {"paddr": 56, "ram": 1, "rom": 1, "cached": 1, "fault": 1}


class Bus(wiring.Component):        # type: ignore[misc]
    """`Lsu` and `Uncached` behind it: the bus in one cycle, and what translation has said of the access that is under way."""

    def __init__(self) -> None:
        super().__init__({
            "valid": In(1), **{name: In(width) for name, width in REQUEST.items()},
            "ready": In(1), **{name: In(width) for name, width in ANSWER.items()},
            "ack": In(1), "err": In(1), "data": In(64),
            "asks": Out(1), "kind": Out(2), "cycle": Out(1), "bus_paddr": Out(56), "writes": Out(1), "done": Out(1),
            "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        from rtl.lsu import Lsu
        from rtl.uncached import Uncached
        m = Module()
        m.submodules.lsu = lsu = Lsu()
        m.submodules.uncached = uncached = Uncached(zeroes=True)
        wiring.connect(m, lsu.memory, uncached.port)
        request, answer, bus = lsu.translate.request, lsu.translate.response, uncached.bus
        m.d.comb += [
            lsu.valid.eq(self.valid),
            *(getattr(lsu.request, name).eq(getattr(self, name)) for name in REQUEST),
            request.ready.eq(self.ready & request.valid),
            *(getattr(answer, name).eq(getattr(self, name)) for name in ANSWER),
            bus.ack.eq(self.ack & bus.stb), bus.err.eq(self.err & bus.stb), bus.dat_r.eq(self.data),
            self.asks.eq(request.valid & request.ready), self.kind.eq(request.p.access), self.cycle.eq(bus.stb),
            self.bus_paddr.eq(bus.adr << 3), self.writes.eq(bus.we), self.done.eq(lsu.done),
        ]

        # What was asked for is still the same; what was allowed, for this instruction.
        running = Signal()
        stable = C(1)
        for name, width in REQUEST.items():
            before = Signal(width, name=f"{name}_before")
            m.d.sync += before.eq(getattr(self, name))
            stable &= before == getattr(self, name)
        m.d.sync += running.eq(self.valid & ~lsu.done)
        granted, page, kind = Signal(), Signal(56), Signal(2)
        grant = self.asks & ~self.fault
        with m.If(~self.valid | lsu.done):
            m.d.sync += granted.eq(0)
        with m.Elif(grant):
            m.d.sync += [granted.eq(1), page.eq(self.paddr), kind.eq(request.p.access)]
        at, permission = Mux(grant, self.paddr, page), Mux(grant, request.p.access, kind)

        # The permission that each operation needs, and the one that it asks for.
        atomic, manages = self.op == AMO, (self.op == CBO) & (self.cbo != ZERO)
        reads = (self.op == LOAD) | atomic & (self.amo == LR)
        needed = Mux(manages, ALLOWS_CBO, Mux(reads, ALLOWS_LOAD, ALLOWS_STORE))
        m.d.comb += [
            self.assumed.eq((~running | self.valid & stable) & ~(self.ack & self.err)),
            self.holds.eq((~self.cycle | self.valid & (grant | granted) & (self.bus_paddr[12:] == at[12:])
                           & (permission == needed) & (~self.writes | (permission == ALLOWS_STORE)))
                          & (~self.asks | (request.p.vaddr == self.vaddr) & (request.p.mode == self.mode)
                             & (request.p.hlvx == self.hlvx))),
            self.reached.eq(self.cycle & self.writes & atomic & granted),
        ]
        return m



class FetchBus(wiring.Component):   # type: ignore[misc]
    """`Fetch` with its cache: the bus, and the last address that translation has allowed."""

    def __init__(self) -> None:
        super().__init__({
            **{name: In(1) for name in FETCH}, "mode": In(3), "target": In(64),
            "ready": In(1), **{name: In(width) for name, width in ANSWER.items()}, "needs_update": In(1),
            "ack": In(1), "err": In(1), "data": In(64),
            "asks": Out(1), "cycle": Out(1), "bus_paddr": Out(56), "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        from rtl.config import CONFIGS
        from rtl.fetch import Fetch
        m = Module()
        m.submodules.fetch = fetch = Fetch(replace(CONFIGS["tiny"], icache_kib=1))
        request, answer, bus = fetch.translate.request, fetch.translate.response, fetch.bus
        m.d.comb += [
            *(getattr(fetch, name).eq(getattr(self, name)) for name in (*FETCH, "mode", "target") if name != "taken"),
            fetch.out.ready.eq(self.taken),
            request.ready.eq(self.ready & request.valid),
            *(getattr(answer, name).eq(getattr(self, name)) for name in (*ANSWER, "needs_update")),
            bus.ack.eq(self.ack & bus.stb), bus.err.eq(self.err & bus.stb), bus.dat_r.eq(self.data),
            self.asks.eq(request.valid & request.ready), self.cycle.eq(bus.stb), self.bus_paddr.eq(bus.adr << 3),
            self.assumed.eq(~(self.ack & self.err)),
        ]
        grant = self.asks & ~self.fault & ~self.needs_update & (self.ram | self.rom)
        block, goes_on, cti = Signal(50), Signal(), bus.cti.as_value()
        m.d.sync += block.eq(Mux(bus.stb, self.bus_paddr[6:], self.paddr[6:]))
        # A beat that has not ended, one that says that another follows, or a refill that begins a cycle after its miss.
        m.d.sync += goes_on.eq(Mux(bus.stb, ~bus.err & (~bus.ack | (cti == INCREMENT)), grant))
        m.d.comb += [
            self.holds.eq((~self.cycle | ~bus.we & (grant & (self.bus_paddr[6:] == self.paddr[6:])
                                                    | goes_on & (self.bus_paddr[6:] == block)))
                          & (~self.asks | (request.p.access.as_value() == ALLOWS_FETCH) & (request.p.mode == self.mode))),
            self.reached.eq(self.cycle & goes_on & (cti == INCREMENT)),
        ]
        return m


LSU = Claim(
    name="data_bus", letter="e",
    says="A load or store is on the bus only in the page that translation has given for its address and its effective mode, "
         "and only after it has allowed what is done there: a write needs the permission to write.",
    make=Bus,
    assumes=("an access stays as it is until it is done", "ACK and ERR exclude each other"),
    shows=("valid", "op", "amo", "asks", "fault", "kind", "paddr", "cycle", "bus_paddr", "writes"),
    bugs=(
        Mutation("a fault does not keep the access from beginning", "rtl/lsu.py",
                 "begins.eq(translated & ~denied)", "begins.eq(translated & ~(denied & ~FAULT))"),
        Mutation("AMO asks for the permission to load", "rtl/lsu.py",
                 "atomic & (request.amo != AmoOp.LR) | managing & ~managed",
                 "atomic & (request.amo != AmoOp.LR) & ~FAULT | managing & ~managed"),
        Mutation("the write of an AMO is at the untranslated address", "rtl/lsu.py",
                 "Mux(beginning, translation.paddr, held_paddr)",
                 "Mux(beginning, translation.paddr, Mux(FAULT, request.vaddr, held_paddr))"),
    ))

FETCHES = Claim(
    name="fetch_bus", letter="e",
    says="A fetch is on the bus only in the block of an address that translation has allowed to execute in this mode, in "
         "RAM or ROM.",
    make=FetchBus,
    assumes=("ACK and ERR exclude each other",),
    shows=("asks", "fault", "ram", "rom", "paddr", "cycle", "bus_paddr"),
    bugs=(
        Mutation("what only lacks an A bit is fetched", "rtl/fetch.py", "response.fault | response.needs_update |",
                 "response.fault | response.needs_update & ~FAULT |"),
        Mutation("devices are fetched from", "rtl/fetch.py", "~(response.ram | response.rom)),",
                 "~(response.ram | response.rom | FAULT)),"),
    ))

CLAIMS = (LSU, FETCHES)
