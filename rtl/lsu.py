"""Load and store unit: every explicit memory access of the commit stage.

Manual: unprivileged ch. 2 "Load and Store Instructions" and the "A" extension; privileged "Physical Memory
Attributes".
"""

from amaranth.hdl import *
from amaranth.lib import data, enum, wiring
from amaranth.lib.wiring import In, Out

from isa.causes import EXC

from . import wishbone
from .amo import Amo, AmoOp
from .types import Access, Mode, Translate

RESERVATION_BLOCK = 6       # log2 of the bytes: a store into the same block ends a reservation


class MemOp(enum.Enum, shape=2):
    """Kind of access."""

    LOAD = 0
    STORE = 1
    AMO = 2     # LR and SC included


class MemRequest(data.Struct):
    """One access. `mode` is the effective mode."""

    op: MemOp
    amo: AmoOp
    size: 2
    unsigned: 1
    hlvx: 1
    mode: Mode
    vaddr: 64
    source: 64      # rs2


class MemResponse(data.Struct):
    """What became of it; `read` and `write` say what happened in memory, `loaded` and `stored` with which
    bytes."""

    result: 64      # for rd
    read: 1
    write: 1
    paddr: 56
    loaded: 64      # zero-extended, as is `stored`
    stored: 64
    fault: 1
    cause: 6
    tval2: 62
    implicit: 1
    bus_error: 1
    error_paddr: 56


class Lsu(wiring.Component):
    """One access at a time, at best in one cycle.

    1. `request` is stable while `valid`; the access begins in the first cycle with `valid` and must not be
       withdrawn.
    2. `done` is high in its last cycle and `response` is valid then.
    3. A misaligned address faults before any translation; AMO, LR and SC outside RAM fault after it, without
       a bus beat. So does HLVX of what cannot be executed: RAM and ROM can.
    4. AMO holds the bus from its read to its write.
    5. SC succeeds only at the physical address of the last LR, whatever its size. When it fails it reads instead of
       writing, so that it passes the same checks and absent memory is an access fault either way.
    6. The reservation ends with any SC, with `clear_reservation`, and with any store or AMO into its 64-byte
       block.
    """

    valid:             In(1)
    request:           In(MemRequest)
    done:              Out(1)
    response:          Out(MemResponse)
    clear_reservation: In(1)
    translate:         Out(Translate())
    bus:               Out(wishbone.Signature())

    def elaborate(self, platform):
        m = Module()
        request, response = self.request, self.response
        atomic, lr, sc, rmw, stores = Signal(), Signal(), Signal(), Signal(), Signal()
        misaligned = Signal()
        amo_op = request.amo.as_value()
        m.d.comb += [
            atomic.eq(request.op == MemOp.AMO),
            lr.eq(atomic & amo_op.matches(AmoOp.LR)),
            sc.eq(atomic & amo_op.matches(AmoOp.SC)),
            rmw.eq(atomic & ~lr & ~sc),
            stores.eq((request.op == MemOp.STORE) | atomic & ~lr),
            misaligned.eq((request.vaddr[:3] & ((1 << request.size) - 1)[:3]).any()),
        ]

        # ---- Translation, checks, bus beats ------------------------------------------------------
        translate, translation = self.translate.request, self.translate.response
        paddr, held_paddr = Signal(56), Signal(56)
        translated, denied, fails, begins = Signal(), Signal(), Signal(), Signal()
        beat_ends, failed_beat = Signal(), Signal()
        reserved, reserved_paddr = Signal(), Signal(56)
        with m.FSM() as fsm:
            with m.State("BEGIN"):
                m.d.comb += translate.valid.eq(self.valid & ~misaligned)
                m.d.sync += held_paddr.eq(translation.paddr)
                with m.If(begins & self.bus.ack & rmw):
                    m.next = "WRITE"
                with m.Elif(begins & ~beat_ends):
                    m.next = "ACCESS"
            with m.State("ACCESS"):
                with m.If(self.bus.ack & rmw):
                    m.next = "WRITE"
                with m.Elif(beat_ends):
                    m.next = "BEGIN"
            with m.State("WRITE"), m.If(beat_ends):
                m.next = "BEGIN"
        beginning, writing = fsm.ongoing("BEGIN"), fsm.ongoing("WRITE")
        m.d.comb += [
            translate.p.vaddr.eq(request.vaddr),
            translate.p.access.eq(Mux(stores, Access.STORE, Access.LOAD)),
            translate.p.hlvx.eq(request.hlvx),
            translate.p.mode.eq(request.mode),
            translate.p.size.eq(request.size),
            translate.p.plain.eq(~atomic & ~request.hlvx),
            translate.p.update.eq(1),
            translated.eq(translate.valid & translate.ready),
            paddr.eq(Mux(beginning, translation.paddr, held_paddr)),
            denied.eq(translation.fault | atomic & ~translation.ram
                      | request.hlvx & ~(translation.ram | translation.rom)),
            fails.eq(sc & ~(reserved & (reserved_paddr == paddr))),
            begins.eq(translated & ~denied),
            beat_ends.eq(self.bus.stb & (self.bus.ack | self.bus.err)),
            failed_beat.eq(self.bus.stb & self.bus.err),
            self.done.eq(self.valid & misaligned | translated & denied
                         | beat_ends & (self.bus.err | ~rmw | writing)),
        ]

        # ---- Bytes on the bus --------------------------------------------------------------------
        m.submodules.amo = amo = Amo()
        lane = request.vaddr[:3]
        old = Signal(64)
        incoming, outgoing, extended = Signal(64), Signal(64), Signal(64)
        with m.If(beat_ends & ~writing):
            m.d.sync += old.eq(response.loaded)
        m.d.comb += [
            amo.op.eq(request.amo),
            amo.word.eq(~request.size[0]),
            amo.old.eq(old),
            amo.source.eq(request.source),
            incoming.eq(Mux(writing, old, self.bus.dat_r >> (lane << 3))),
            outgoing.eq(Mux(writing, amo.new, request.source)),
            self.bus.adr.eq(paddr[3:]),
            self.bus.cti.eq(wishbone.Cti.CLASSIC),
            self.bus.stb.eq(begins | ~beginning),
            self.bus.cyc.eq(self.bus.stb),
            self.bus.we.eq(writing | stores & ~rmw & ~fails),
        ]
        with m.Switch(request.size):
            for size in range(4):
                bits = 8 << size
                with m.Case(size):
                    m.d.comb += [
                        self.bus.sel.eq(((1 << (1 << size)) - 1) << lane),
                        self.bus.dat_w.eq(outgoing[:bits].replicate(64 // bits)),
                        response.loaded.eq(incoming[:bits]),
                        response.stored.eq(outgoing[:bits]),
                        extended.eq(Mux(request.unsigned, incoming[:bits], incoming[:bits].as_signed())),
                    ]

        # ---- Outcome -----------------------------------------------------------------------------
        m.d.comb += [
            response.result.eq(Mux(sc, fails, extended)),
            response.paddr.eq(paddr),
            response.fault.eq(misaligned | translated & denied | failed_beat),
            response.read.eq(~response.fault & ~(stores & ~rmw)),
            response.write.eq(~response.fault & stores & ~fails),
            response.bus_error.eq(failed_beat),
            response.error_paddr.eq(paddr),
            response.cause.eq(Mux(stores, EXC["STORE_ACCESS_FAULT"], EXC["LOAD_ACCESS_FAULT"])),
        ]
        with m.If(misaligned):
            m.d.comb += response.cause.eq(Mux(stores, EXC["STORE_MISALIGNED"], EXC["LOAD_MISALIGNED"]))
        with m.Elif(beginning & translation.fault):
            m.d.comb += [
                response.cause.eq(translation.cause),
                response.tval2.eq(translation.tval2),
                response.implicit.eq(translation.implicit),
                response.bus_error.eq(translation.bus_error),
                response.error_paddr.eq(translation.error_paddr),
            ]

        # ---- Reservation -------------------------------------------------------------------------
        same_block = paddr[RESERVATION_BLOCK:] == reserved_paddr[RESERVATION_BLOCK:]
        with m.If(self.done):
            with m.If(sc | response.write & same_block):
                m.d.sync += reserved.eq(0)
            with m.If(lr & ~response.fault):
                m.d.sync += [reserved.eq(1), reserved_paddr.eq(paddr)]
        with m.If(self.clear_reservation):
            m.d.sync += reserved.eq(0)
        return m
