"""Instruction fetch: words from the cache or from memory, one per cycle, ahead of the stream of instructions.

Manual: privileged "Physical Memory Attributes", and "Svadu" for A bits.
"""

from amaranth.hdl import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from isa.causes import EXC

from . import wishbone
from .config import Config
from .icache import Icache
from .predict import Outcome, Predict
from .realign import Fetched, Realign
from .types import Access, Mode, Translate


class FetchFault(data.Struct):
    """Why the fetch of the instruction failed."""

    update: 1       # it has not: a page only lacks its A bit, and the instruction is to be fetched with `update`
    cause: 6
    vaddr: 64       # of the portion of the instruction that faulted
    tval2: 62
    implicit: 1
    implicit_write: 1
    bus_error: 1
    error_paddr: 56


class Fetch(wiring.Component):
    """Asks for a word per cycle: its address goes to the tables of the cache in the cycle before, so that the word after a
    `redirect` arrives in the next cycle.

    1. `redirect` drops everything fetched and goes on at `target`; it beats everything else. Otherwise fetch goes on where the
       branch predictor says, or at the following word.
    2. After a fault nothing is fetched until a redirect, so that `fault` stays valid while the instruction that carries it is
       in the pipeline.
    3. A bits are set for the one instruction that a redirect with `update` asks for; what follows it may never be executed.
    4. Nothing but RAM and ROM is ever read: a fetch may be speculative, and a device read could have effects.
    """

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            "mode":       In(Mode),
            "stop":       In(1),        # a redirect follows in the next cycle, in which nothing is asked for
            "redirect":   In(1),
            "target":     In(64),
            "invalidate": In(1),        # with `redirect`: forget what the cache holds
            "update":     In(1),        # with `redirect`: the instruction at `target` is executed, its pages need their A bits
            "translate":  Out(Translate()),
            "bus":        Out(wishbone.Signature()),
            "out":        Out(stream.Signature(Fetched)),
            "outcome":    In(Outcome),        # of the instruction in X
            "fault":      Out(FetchFault),
            "event_miss": Out(1),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.icache = icache = Icache(self._config)
        m.submodules.realign = realign = Realign()
        connect(m, icache.bus, flipped(self.bus))
        connect(m, realign.out, flipped(self.out))

        # ---- The next address --------------------------------------------------------------------
        vaddr = Signal(64, init=self._config.reset_vector)      # of what is asked for
        following, next_word = Signal(64), Signal(61)
        arrives, advance = Signal(), Signal()
        word, target = realign.enter.p, Signal(64)
        updating = Signal()     # the pages of the next instruction get their A bits; nothing is predicted meanwhile
        again, clear = Signal(), Signal()       # a prediction that is now forgotten cut an instruction: fetch it again
        m.d.comb += [
            next_word.eq(vaddr[3:] + 1),
            clear.eq(self.redirect | again),
        ]
        with m.If(self.redirect):
            m.d.comb += following.eq(self.target)
        with m.Elif(again):
            m.d.comb += following.eq(realign.out.p.pc)
        with m.Elif(advance & word.prediction.taken):
            m.d.comb += following.eq(target)
        with m.Elif(advance):
            m.d.comb += following.eq(Cat(C(0, 3), next_word))
        with m.Else():
            m.d.comb += following.eq(vaddr)
        m.d.sync += [
            vaddr.eq(following),
            again.eq(realign.broken & ~clear),
        ]
        m.d.comb += icache.index.eq(following)
        if self._config.btb_entries:
            m.submodules.predict = predict = Predict(self._config)
            m.d.comb += [
                predict.following.eq(following),
                predict.vaddr.eq(vaddr),
                predict.next_word.eq(next_word),
                predict.accept.eq(advance & ~updating),
                predict.redirect.eq(self.redirect),
                predict.outcome.eq(self.outcome),
                predict.forget.eq(again & ~self.redirect),
                predict.forget_at.eq(realign.out.p.pc),
                predict.forget_to.eq(realign.start),
                word.prediction.eq(predict.prediction),
                target.eq(predict.target),
            ]
            with m.If(word.fault | updating):
                m.d.comb += [word.prediction.known.eq(0), word.prediction.taken.eq(0)]

        # ---- Translation -------------------------------------------------------------------------
        stopped = Signal()      # by a fault
        withdrawn = Signal()    # the pending request is not wanted: it must first be seen to end
        request, response = self.translate.request, self.translate.response
        translated, denied = Signal(), Signal()
        m.d.comb += [
            request.valid.eq(~stopped & ~withdrawn & ~icache.busy & realign.enter.ready),
            request.p.vaddr.eq(vaddr),
            request.p.access.eq(Access.FETCH),
            request.p.mode.eq(self.mode),
            request.p.update.eq(updating & (realign.empty | realign.spans)),
            translated.eq(request.valid & request.ready),
            denied.eq(response.fault | response.needs_update | ~(response.ram | response.rom)),
        ]
        m.d.sync += withdrawn.eq(self.stop | clear & request.valid & ~request.ready)
        with m.If(self.redirect):
            m.d.sync += updating.eq(self.update)
        with m.Elif(self.out.valid & self.out.ready):
            m.d.sync += updating.eq(0)

        # ---- The word ----------------------------------------------------------------------------
        m.d.comb += [
            icache.valid.eq(translated & ~denied),
            icache.paddr.eq(response.paddr),
            icache.cached.eq(response.cached),
            icache.jump.eq(word.prediction.taken),
            icache.flush.eq(clear),
            icache.invalidate.eq(self.invalidate),
            self.event_miss.eq(icache.miss),
            arrives.eq(translated & denied | icache.done),
            advance.eq(arrives & ~word.fault),
            realign.clear.eq(clear),
            realign.enter.valid.eq(arrives),
            word.vaddr.eq(vaddr),
            word.bits.eq(icache.data),
            word.fault.eq(translated & denied | icache.error),
        ]

        # ---- Faults ------------------------------------------------------------------------------
        m.d.comb += self.fault.vaddr.eq(vaddr)
        with m.If(clear):
            m.d.sync += stopped.eq(0)
        with m.Elif(arrives & word.fault):
            m.d.sync += stopped.eq(1)
            with m.If(translated & denied):
                m.d.sync += [
                    self.fault.update.eq(response.needs_update),
                    self.fault.cause.eq(Mux(response.fault, response.cause, EXC["INSTRUCTION_ACCESS_FAULT"])),
                    self.fault.tval2.eq(response.tval2),
                    self.fault.implicit.eq(response.implicit),
                    self.fault.implicit_write.eq(response.implicit_write),
                    self.fault.bus_error.eq(response.bus_error),
                    self.fault.error_paddr.eq(response.error_paddr),
                ]
            with m.Else():
                m.d.sync += [
                    self.fault.update.eq(0),
                    self.fault.cause.eq(EXC["INSTRUCTION_ACCESS_FAULT"]),
                    self.fault.tval2.eq(0),
                    self.fault.implicit.eq(0),
                    self.fault.bus_error.eq(1),
                    self.fault.error_paddr.eq(self.bus.adr << 3),
                ]
        return m
