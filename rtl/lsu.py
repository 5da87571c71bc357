"""Load and store unit: every explicit memory access of the commit stage.

Manual: unprivileged ch. 2 "Load and Store Instructions", the "A" extension, "Cache Management Operations"; privileged
"Physical Memory Attributes".
"""

from amaranth.hdl import *
from amaranth.lib import data, enum, wiring
from amaranth.lib.wiring import In, Out

from isa.causes import EXC

from .amo import Amo, AmoOp
from .decode import Unit
from .types import Access, CboOp, DataPort, MemoryOp, Mode, Translate

BLOCK_BITS = 6          # log2 of the bytes of a block: of a cache-block operation, and of what a store unreserves


class MemOp(enum.Enum, shape=2):
    """Kind of access."""

    LOAD = 0
    STORE = 1
    AMO = 2     # LR and SC included
    CBO = 3


class MemRequest(data.Struct):
    """One access. `mode` is the effective mode."""

    op: MemOp
    amo: AmoOp
    cbo: CboOp
    size: 2
    unsigned: 1
    hlvx: 1
    mode: Mode
    vaddr: 64
    source: 64      # rs2


def request_of(request, control, *, mode, vaddr, source):
    """Assignments of the MemRequest of an instruction, from its Control."""
    is_store = control.unit.as_value().matches(Unit.STORE, Unit.HSTORE)
    other = Mux(control.unit == Unit.AMO, MemOp.AMO, Mux(control.unit == Unit.CBO, MemOp.CBO, MemOp.LOAD))
    return [
        request.op.eq(Mux(is_store, MemOp.STORE, other)),
        *(getattr(request, name).eq(getattr(control, name)) for name in ("amo", "cbo", "size", "unsigned", "hlvx")),
        request.mode.eq(mode),
        request.vaddr.eq(vaddr),
        request.source.eq(source),
    ]


def translation_of(translate, request):
    """Assignments of the TranslateRequest of a MemRequest."""
    atomic, managing = request.op == MemOp.AMO, request.op == MemOp.CBO
    plain = request.op.as_value().matches(MemOp.LOAD, MemOp.STORE)
    managed = managing & (request.cbo != CboOp.ZERO)
    stores = (request.op == MemOp.STORE) | atomic & (request.amo != AmoOp.LR) | managing & ~managed
    return [
        translate.vaddr.eq(request.vaddr),
        translate.access.eq(Mux(managed, Access.CBO, Mux(stores, Access.STORE, Access.LOAD))),
        translate.hlvx.eq(request.hlvx),
        translate.mode.eq(request.mode),
        translate.size.eq(request.size),
        translate.plain.eq(plain & ~request.hlvx),
        translate.update.eq(1),
    ]


class MemResponse(data.Struct):
    """What became of it; `read` and `write` say what happened in memory, `loaded` and `stored` with which
    bytes. A cbo.zero is the store of 8 zero bytes that stands for the block."""

    result: 64      # for rd
    read: 1
    write: 1
    size: 2         # of the bytes read or written
    paddr: 56
    loaded: 64      # zero-extended, as is `stored`
    stored: 64
    fault: 1
    cause: 6
    tval2: 62
    implicit: 1
    implicit_write: 1
    bus_error: 1
    error_paddr: 56


class Lsu(wiring.Component):
    """One access at a time, at best in one cycle.

    1. `request` is stable while `valid`; the access begins in the first cycle with `valid` and must not be
       withdrawn.
    2. `done` is high in its last cycle and `response` is valid then.
    3. A misaligned address faults before any translation, but a cache-block operation is never misaligned. AMO, LR, SC and
       cbo.zero outside RAM fault after it, without an access. So does HLVX of what cannot be executed: RAM and ROM can.
    4. AMO is a read and a write that are locked.
    5. SC succeeds only at the physical address of the last LR, whatever its size. When it fails it reads instead of
       writing, so that it passes the same checks and absent memory is an access fault either way.
    6. The reservation ends with any SC, with `clear_reservation`, and with any store, AMO, cbo.zero, or implicit store of
       the page-table walker into its 64-byte block.
    """

    valid:             In(1)
    request:           In(MemRequest)
    done:              Out(1)
    response:          Out(MemResponse)
    clear_reservation: In(1)
    implicit_store:    In(1)        # is done in this cycle ...
    implicit_paddr:    In(56)       # ... here
    translate:         Out(Translate())
    memory:            Out(DataPort())

    def elaborate(self, platform):
        m = Module()
        request, response, memory, translate = self.request, self.response, self.memory, self.translate.request
        atomic, lr, sc, rmw, stores = Signal(), Signal(), Signal(), Signal(), Signal()
        managed, zeroes = Signal(), Signal()        # the operations on cache blocks
        misaligned = Signal()
        amo_op = request.amo.as_value()
        m.d.comb += [
            atomic.eq(request.op == MemOp.AMO),
            lr.eq(atomic & amo_op.matches(AmoOp.LR)),
            sc.eq(atomic & amo_op.matches(AmoOp.SC)),
            rmw.eq(atomic & ~lr & ~sc),
            zeroes.eq((request.op == MemOp.CBO) & (request.cbo == CboOp.ZERO)),
            managed.eq(translate.p.access == Access.CBO),
            stores.eq(translate.p.access == Access.STORE),
            misaligned.eq((request.op != MemOp.CBO) & (request.vaddr[:3] & ((1 << request.size) - 1)[:3]).any()),
        ]

        # ---- Translation, checks, accesses -------------------------------------------------------
        translation = self.translate.response
        paddr, held_paddr, held_cached = Signal(56), Signal(56), Signal()
        translated, denied, fails, begins = Signal(), Signal(), Signal(), Signal()
        ends, failed_access = Signal(), Signal()
        reserved, reserved_paddr = Signal(), Signal(56)
        with m.FSM() as fsm:
            with m.State("BEGIN"):
                m.d.comb += translate.valid.eq(self.valid & ~misaligned)
                m.d.sync += [held_paddr.eq(translation.paddr), held_cached.eq(translation.cached)]
                with m.If(begins & ~ends):
                    m.next = "ACCESS"
                with m.If(begins & ends & rmw & ~memory.error):
                    m.next = "WRITE"
            with m.State("ACCESS"), m.If(ends):
                m.next = "BEGIN"
                with m.If(rmw & ~memory.error):
                    m.next = "WRITE"
            with m.State("WRITE"), m.If(ends):
                m.next = "BEGIN"
        beginning, writing = fsm.ongoing("BEGIN"), fsm.ongoing("WRITE")
        m.d.comb += [
            *translation_of(translate.p, request),
            translated.eq(translate.valid & translate.ready),
            paddr.eq(Mux(beginning, translation.paddr, held_paddr)),
            denied.eq(translation.fault | (atomic | zeroes) & ~translation.ram
                      | request.hlvx & ~(translation.ram | translation.rom)),
            fails.eq(sc & ~(reserved & (reserved_paddr == paddr))),
            begins.eq(translated & ~denied),
            ends.eq(memory.valid & memory.done),
            failed_access.eq(ends & memory.error),
            self.done.eq(self.valid & misaligned | translated & denied | ends & (memory.error | ~rmw | writing)),
            memory.waiting.eq(self.valid),
            memory.offset.eq(request.vaddr),
            memory.valid.eq(begins | ~beginning),
            memory.paddr.eq(paddr),
            memory.cached.eq(Mux(beginning, translation.cached, held_cached)),
            memory.lock.eq(rmw),
        ]
        with m.If(writing | stores & ~rmw & ~fails):
            m.d.comb += memory.op.eq(MemoryOp.WRITE)
        with m.If(request.op == MemOp.CBO), m.Switch(request.cbo):
            with m.Case(CboOp.ZERO):
                m.d.comb += memory.op.eq(MemoryOp.ZERO)
            with m.Case(CboOp.CLEAN):
                m.d.comb += memory.op.eq(MemoryOp.CLEAN)
            with m.Default():       # an invalidation that cleans first is one that shows no stale data
                m.d.comb += memory.op.eq(MemoryOp.FLUSH)

        # ---- Bytes -------------------------------------------------------------------------------
        m.submodules.amo = amo = Amo()
        lane = request.vaddr[:3]
        old = Signal(64)
        incoming, outgoing, extended = Signal(64), Signal(64), Signal(64)
        with m.If(~writing):
            m.d.sync += old.eq(extended)
        m.d.comb += [
            amo.op.eq(request.amo),
            amo.word.eq(~request.size[0]),
            amo.old.eq(old),
            amo.source.eq(request.source),
            # An access is aligned: each byte of the result has few places to come from.
            incoming.eq(_aligned(memory.rdata, lane)),
            outgoing.eq(Mux(writing, amo.new, request.source)),
        ]
        with m.Switch(request.size):
            for size in range(4):
                bits = 8 << size
                with m.Case(size):
                    m.d.comb += [
                        memory.sel.eq(((1 << (1 << size)) - 1) << lane),
                        memory.wdata.eq(outgoing[:bits].replicate(64 // bits)),
                        response.loaded.eq(Mux(writing, old, incoming)[:bits]),
                        response.stored.eq(outgoing[:bits]),
                        extended.eq(Mux(request.unsigned, incoming[:bits], incoming[:bits].as_signed())),
                    ]
        with m.If(request.op == MemOp.CBO):
            m.d.comb += [memory.sel.eq(0), response.stored.eq(0)]

        # ---- Outcome -----------------------------------------------------------------------------
        m.d.comb += [
            response.result.eq(Mux(writing, old, extended)),
            response.size.eq(Mux(zeroes, 3, request.size)),
            response.paddr.eq(paddr),
            response.fault.eq(misaligned | translated & denied | failed_access),
            response.read.eq(~response.fault & ~(stores & ~rmw) & ~managed),
            response.write.eq(~response.fault & stores & ~fails),
            response.bus_error.eq(failed_access),
            response.error_paddr.eq(paddr),
            response.cause.eq(Mux(stores | managed, EXC["STORE_ACCESS_FAULT"], EXC["LOAD_ACCESS_FAULT"])),
        ]
        with m.If(sc):
            m.d.comb += response.result.eq(fails)
        with m.If(misaligned):
            m.d.comb += response.cause.eq(Mux(stores, EXC["STORE_MISALIGNED"], EXC["LOAD_MISALIGNED"]))
        with m.Elif(beginning & translation.fault):
            m.d.comb += [
                response.cause.eq(translation.cause),
                response.tval2.eq(translation.tval2),
                response.implicit.eq(translation.implicit),
                response.implicit_write.eq(translation.implicit_write),
                response.bus_error.eq(translation.bus_error),
                response.error_paddr.eq(translation.error_paddr),
            ]

        # ---- Reservation -------------------------------------------------------------------------
        same_block = paddr[BLOCK_BITS:] == reserved_paddr[BLOCK_BITS:]
        with m.If(self.done):
            with m.If(sc | response.write & same_block):
                m.d.sync += reserved.eq(0)
            with m.If(lr & ~response.fault):
                m.d.sync += [reserved.eq(1), reserved_paddr.eq(paddr)]
        with m.If(self.clear_reservation
                  | self.implicit_store & (self.implicit_paddr[BLOCK_BITS:] == reserved_paddr[BLOCK_BITS:])):
            m.d.sync += reserved.eq(0)
        return m


def _aligned(word: Value, lane: Value) -> Value:
    """The bytes from `lane` on, for as many as an aligned access in that lane may have; above them anything."""
    places = Array(word.word_select(i, 8) for i in range(8))
    low, half = places[lane], Array(places[i | 1] for i in (0, 2, 4, 6))[lane[1:]]
    return Cat(low, half, Mux(lane[2], word[48:64], word[16:32]), word[32:])
