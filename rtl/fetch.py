"""Instruction fetch: 64-bit reads from memory, realigned into a stream of instructions.

Manual: unprivileged ch. 1 "Instruction-Length Encoding"; privileged "Physical Memory Attributes".
"""

from amaranth.hdl import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from isa.causes import EXC

from . import wishbone
from .types import Access, Mode, Translate


class Fetched(data.Struct):
    """One instruction; `raw` holds 16 bits of the following one when it is compressed. After a fault it is
    zero, an illegal encoding, so that nothing downstream acts on stale bits."""

    pc: 64
    raw: 32
    fault: 1        # see the unit's `fault` port


class FetchFault(data.Struct):
    """Why the fetch of the instruction failed."""

    cause: 6
    vaddr: 64       # of the portion of the instruction that faulted
    tval2: 62
    implicit: 1
    bus_error: 1
    error_paddr: 56


class Word(data.Struct):
    """Eight fetched bytes."""

    valid: 1
    fault: 1
    bits: 64


class Fetch(wiring.Component):
    """Fetches ahead into a buffer of two words; what arrives passes through it in the same cycle.

    1. `redirect` drops everything fetched and goes on at `target` in the next cycle; it beats everything
       else.
    2. A bus beat that has begun is finished, a redirect only drops its data.
    3. After a fault nothing is fetched until a redirect, so that `fault` stays valid while the instruction
       that carries it is in the pipeline.
    4. Nothing but RAM and ROM is ever read: a fetch may be speculative, and a device read could have effects.
    """

    def __init__(self, *, reset_vector: int):
        self._reset_vector = reset_vector
        super().__init__({
            "mode":      In(Mode),
            "redirect":  In(1),
            "target":    In(64),
            "translate": Out(Translate()),
            "bus":       Out(wishbone.Signature()),
            "out":       Out(stream.Signature(Fetched)),
            "fault":     Out(FetchFault),
        })

    def elaborate(self, platform):
        m = Module()
        pc = Signal(64, init=self._reset_vector)        # next instruction to deliver
        vaddr = Signal(64, init=self._reset_vector)     # next byte to fetch
        current, following = Signal(Word), Signal(Word)  # the word that holds pc, and the one after
        arriving = Signal(Word)

        # ---- Translation and bus -----------------------------------------------------------------
        stopped = Signal()      # by a fault
        withdrawn = Signal()    # a redirect changed the pending request: it must first be seen to end
        busy, drop = Signal(), Signal()
        paddr, held_paddr = Signal(56), Signal(56)
        request, response = self.translate.request, self.translate.response
        translated, denied, beat_ends = Signal(), Signal(), Signal()
        m.d.comb += [
            request.valid.eq(~busy & ~stopped & ~withdrawn & ~following.valid),
            request.p.vaddr.eq(vaddr),
            request.p.access.eq(Access.FETCH),
            request.p.mode.eq(self.mode),
            translated.eq(request.valid & request.ready),
            denied.eq(response.fault | ~(response.ram | response.rom)),
            paddr.eq(Mux(busy, held_paddr, response.paddr)),

            self.bus.adr.eq(paddr[3:]),
            self.bus.sel.eq(0xFF),
            self.bus.cti.eq(wishbone.Cti.CLASSIC),
            self.bus.stb.eq(busy | translated & ~denied),
            self.bus.cyc.eq(self.bus.stb),
            beat_ends.eq(self.bus.stb & (self.bus.ack | self.bus.err)),

            arriving.valid.eq(translated & denied | beat_ends & ~drop),
            arriving.fault.eq(~self.bus.stb | self.bus.err),
            arriving.bits.eq(self.bus.dat_r),
        ]
        m.d.sync += [
            withdrawn.eq(self.redirect & request.valid & ~request.ready),
            held_paddr.eq(paddr),
            busy.eq(self.bus.stb & ~beat_ends),
            drop.eq((drop | self.redirect) & self.bus.stb & ~beat_ends),
        ]
        m.d.comb += self.fault.vaddr.eq(vaddr)
        with m.If(arriving.valid):
            with m.If(arriving.fault):
                m.d.sync += [
                    stopped.eq(1),
                    self.fault.cause.eq(Mux(~self.bus.stb & response.fault, response.cause,
                                            EXC["INSTRUCTION_ACCESS_FAULT"])),
                    self.fault.tval2.eq(Mux(self.bus.stb, 0, response.tval2)),
                    self.fault.implicit.eq(~self.bus.stb & response.implicit),
                    self.fault.bus_error.eq(self.bus.stb | response.bus_error),
                    self.fault.error_paddr.eq(Mux(self.bus.stb, paddr, response.error_paddr)),
                ]
            with m.Else():
                m.d.sync += vaddr.eq(Cat(C(0, 3), vaddr[3:] + 1))

        # ---- Realignment -------------------------------------------------------------------------
        first, second = Signal(Word), Signal(Word)      # the buffer with what arrives
        m.d.comb += [
            first.eq(Mux(current.valid, current, arriving)),
            second.eq(Mux(following.valid, following, arriving)),
            second.valid.eq(current.valid & (following.valid | arriving.valid)),
        ]
        window = Cat(first.bits, second.bits[:16])
        offset = pc[1:3]
        raw = Signal(32)
        with m.Switch(offset):
            for halfword in range(4):
                with m.Case(halfword):
                    m.d.comb += raw.eq(window[16 * halfword:])
        long, crosses, moves_on = Signal(), Signal(), Signal()
        taken = self.out.valid & self.out.ready
        m.d.comb += [
            long.eq(raw[:2] == 0b11),
            crosses.eq(long & (offset == 3)),
            self.out.valid.eq(first.valid & (first.fault | ~crosses | second.valid)),
            self.out.p.pc.eq(pc),
            self.out.p.raw.eq(Mux(self.out.p.fault, 0, raw)),
            self.out.p.fault.eq(first.fault | crosses & second.fault),
            moves_on.eq(taken & (Mux(long, 2, 1) + offset >= 4)),
        ]
        with m.If(taken):
            m.d.sync += pc.eq(pc + Mux(long, 4, 2))
        m.d.sync += [
            current.eq(Mux(moves_on, second, first)),
            following.eq(second),
        ]
        with m.If(moves_on):
            m.d.sync += following.valid.eq(0)

        with m.If(self.redirect):
            m.d.sync += [
                pc.eq(self.target),
                vaddr.eq(self.target),
                current.valid.eq(0),
                following.valid.eq(0),
                stopped.eq(0),
            ]
        return m
