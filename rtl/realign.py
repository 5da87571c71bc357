"""Realignment: fetched words, put together to a stream of instructions (unprivileged manual ch. 1, "Instruction-Length
Encoding")."""

from amaranth.hdl import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from .types import Guess, Prediction, Snapshot


class Word(data.Struct):
    """Eight fetched bytes, or why there are none."""

    vaddr: 64       # of the first byte that may begin an instruction
    bits: 64
    fault: 1        # no bytes
    prediction: Prediction


class Fetched(data.Struct):
    """One instruction; `raw` holds 16 bits of the following one when it is compressed. After a fault it is zero, an illegal
    encoding, so that nothing downstream acts on stale bits."""

    pc: 64
    raw: 32
    fault: 1        # see the `fault` port of Fetch
    guess: Guess


class Realign(wiring.Component):
    """A queue of two words that delivers one instruction per cycle; what enters passes through it in the same cycle.

    1. Words are consecutive, but for those with `prediction.taken`: of these nothing past halfword `last` belongs to the
       stream, which goes on in the next word that enters.
    2. `out.p.pc` is the address of the next instruction whether `out.valid` or not: in an empty queue that of `enter.p`.
    3. `broken`: the prediction ends inside of an instruction, which cannot be delivered; it is to be fetched again without.
    4. `enter.ready`, `empty` and `spans` depend on registers alone, and so does `enter.p`'s way into the queue.
    """

    enter:  In(stream.Signature(Word))
    out:    Out(stream.Signature(Fetched))
    clear:  In(1)       # drop everything; beats what enters
    broken: Out(1)
    start:  Out(Snapshot)   # of the word of the next instruction
    empty:  Out(1)      # no word is stored
    spans:  Out(1)      # the next instruction goes on in the word after its first; valid unless `empty`

    def elaborate(self, platform):
        m = Module()
        slots = Array(Signal(Word, name=f"slot{i}") for i in range(2))
        stored = Signal(2)          # which slots hold a word
        head = Signal()             # the slot of the older one, or where the next will be
        fresh = Signal(init=1)      # the next instruction is the first that is wanted of its word ...
        within = Signal(2)          # ... or else begins at this halfword
        older = slots[head]
        first, second = Signal(Word), Signal(Word)
        has_first, has_second = Signal(), Signal()
        m.d.comb += [
            self.empty.eq(~stored.any()),
            self.enter.ready.eq(~stored.all()),
            first.eq(Mux(self.empty, self.enter.p, older)),
            second.eq(Mux(stored.all(), slots[~head], self.enter.p)),
            has_first.eq(~self.empty | self.enter.valid),
            has_second.eq(stored.all() | ~self.empty & self.enter.valid),
        ]

        # ---- The next instruction ----------------------------------------------------------------
        offset, end = Signal(2), Signal(3)      # its first halfword and its last
        raw, long, crosses = Signal(32), Signal(), Signal()
        window = Cat(first.bits, second.bits[:16])
        with m.Switch(offset):
            for halfword in range(4):
                with m.Case(halfword):
                    m.d.comb += raw.eq(window[16 * halfword:])
        m.d.comb += [
            offset.eq(Mux(fresh, first.vaddr[1:3], within)),
            long.eq(raw[:2] == 0b11),
            end.eq(offset + long),
            crosses.eq(long & (offset == 3)),
            self.spans.eq((Mux(fresh, older.vaddr[1:3], within) == 3) & (older.bits[48:50] == 0b11)),
            self.out.p.pc.eq(Cat(C(0, 1), offset, first.vaddr[3:])),
            self.out.p.raw.eq(Mux(self.out.p.fault, 0, raw)),
            self.out.p.fault.eq(first.fault | crosses & second.fault),
        ]

        # ---- Its prediction ----------------------------------------------------------------------
        mine = Signal(Prediction)       # of the word with its last halfword
        guess = self.out.p.guess
        m.d.comb += [
            mine.eq(Mux(crosses, second.prediction, first.prediction)),
            guess.known.eq(mine.known.bit_select(end[:2], 1)),
            guess.counter.eq(mine.counters[end[:2]]),
            guess.taken.eq(mine.taken & (mine.last == end[:2])),
            guess.snapshot.eq(mine.snapshot),
            self.start.eq(first.prediction.snapshot),
            self.broken.eq(has_first & ~first.fault & first.prediction.taken & long & (offset == first.prediction.last)),
            self.out.valid.eq(has_first & ~self.broken & (first.fault | ~crosses | has_second)),
        ]

        # ---- The queue ---------------------------------------------------------------------------
        taken = self.out.valid & self.out.ready
        leaves, both_leave = Signal(), Signal()     # the first word, and the second with it
        m.d.comb += [
            both_leave.eq(taken & crosses & guess.taken),
            leaves.eq(taken & ((end >= 3) | guess.taken)),
        ]
        with m.If(taken):
            m.d.sync += [
                fresh.eq(leaves & (~crosses | both_leave)),
                within.eq(Mux(crosses, 1, end + 1)),
            ]
        m.d.sync += head.eq(head ^ (leaves & ~self.empty))
        for i, slot in enumerate(slots):
            is_head = head == i
            enters = self.enter.valid & Mux(self.empty, is_head & ~leaves, ~stored[i])
            with m.If(~stored[i]):
                m.d.sync += slot.eq(self.enter.p)
            m.d.sync += stored[i].eq((stored[i] & ~(leaves & is_head) | enters) & ~both_leave)
        with m.If(self.clear):
            m.d.sync += [stored.eq(0), fresh.eq(1)]
        return m
