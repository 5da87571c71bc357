"""Instruction cache, and the reads of memory for fetch.

Manual: unprivileged "Zifencei"; Wishbone B4 ch. 4 "Registered Feedback Bus Cycles".
"""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from . import wishbone
from .block_ram import BlockRam
from .config import Config
from .wishbone import Bte, Cti

LINE_BYTES = 64
WORD_BITS = exact_log2(LINE_BYTES // 8)     # of the number of a word in its line
OFFSET_BITS = exact_log2(LINE_BYTES)
CACHED_BITS = 32        # only memory below 4 GiB is cached: half the tag of a physical address


class Icache(wiring.Component):
    """Eight-byte words of memory by physical address, one per cycle on a hit. Without lines it reads each from the bus.

    1. In the cycle before a word is asked for, `index` holds the lower bits of its address, and as long as it is asked for.
    2. `valid` and its payload ask for a word until `done`, in the same cycle on a hit; then `data` is valid, or `error` high.
       While `busy` the word is on its way by itself and `valid` is low.
    3. `flush`: the word is no longer wanted, nor what would follow it. A beat that has begun is finished.
    4. A line is refilled from the wanted word on and around its end. Words that are asked for in the cycle of their beat are
       done with it: those that follow one another, as `jump` was low when the one before was done.
    5. After a bus error in a refill nothing is allocated, and the wanted word is read by itself: only its own error is told.
    6. `invalidate` (with `flush`) drops all lines, and so does a reset; until that is done nothing hits.
    """

    def __init__(self, config: Config):
        ways, size = config.icache_ways, 1024 * config.icache_kib
        if size and (ways < 1 or size % ways or size // ways not in (1024, 2048, 4096)):
            raise ValueError(f"A way of a cache holds 1, 2 or 4 KiB; {config.icache_kib} KiB in {ways} ways do not.")
        self._ways, self._sets = ways, size // ways // LINE_BYTES if size else 0
        super().__init__({
            "index":      In(12),
            "valid":      In(1),
            "paddr":      In(56),
            "cached":     In(1),        # the page may be cached
            "jump":       In(1),        # the word that is asked for next is not the following one
            "flush":      In(1),
            "invalidate": In(1),
            "busy":       Out(1),
            "done":       Out(1),
            "error":      Out(1),
            "data":       Out(64),
            "miss":       Out(1),       # event: a refill begins
            "bus":        Out(wishbone.Signature()),
        })

    def elaborate(self, platform):
        m = Module()
        bus = self.bus
        word, held = Signal(wishbone.ADDRESS_BITS), Signal(wishbone.ADDRESS_BITS)   # wanted; of the beat that goes on
        alone = Signal()        # the wanted word is read by itself
        reading, dropped = Signal(), Signal()
        refilling = Signal()
        begins, ends = Signal(), Signal()
        hit = Signal()
        m.d.comb += [
            word.eq(self.paddr[3:]),
            begins.eq(self.valid & alone & ~reading & ~refilling),
            bus.stb.eq(reading | begins | refilling),
            bus.cyc.eq(bus.stb),
            bus.adr.eq(Mux(reading | refilling, held, word)),
            bus.sel.eq(0xFF),
            ends.eq((reading | begins) & (bus.ack | bus.err)),
            self.busy.eq(reading),
            self.error.eq((reading | begins) & bus.err),
            self.done.eq(ends & ~dropped | hit),
            self.data.eq(bus.dat_r),
        ]
        m.d.sync += [
            reading.eq((reading | begins) & ~ends),
            dropped.eq((dropped | self.flush) & (reading | begins) & ~ends),
        ]
        with m.If(begins):
            m.d.sync += held.eq(word)
        if self._sets:
            self._cache(m, word, held, alone, reading, refilling, hit)
        else:
            m.d.comb += alone.eq(1)
        return m

    def _cache(self, m, word, held, alone, reading, refilling, hit):
        """The lines: lookup, refill, invalidation."""
        bus, ways = self.bus, self._ways
        set_bits = exact_log2(self._sets)
        set_of = slice(WORD_BITS, WORD_BITS + set_bits)
        tag_of = slice(WORD_BITS + set_bits, CACHED_BITS - 3)
        line = data.StructLayout({"valid": 1, "tag": tag_of.stop - tag_of.start})

        # ---- Lookup ------------------------------------------------------------------------------
        looked_up = Signal()    # the tags are those of `index`: none was written while they were read
        clearing = Signal(init=1)
        cached, retry = Signal(), Signal()
        matches = Signal(ways)
        lines = [BlockRam(line, self._sets, early=True) for _ in range(ways)]
        words = [BlockRam(64, self._sets << WORD_BITS) for _ in range(ways)]
        chosen = 0
        for way in range(ways):
            m.submodules[f"tags{way}"], m.submodules[f"words{way}"] = lines[way], words[way]
            m.d.comb += [
                lines[way].address.eq(self.index[OFFSET_BITS:]),
                words[way].address.eq(self.index[3:]),
                matches[way].eq(lines[way].data.valid & (lines[way].data.tag == word[tag_of])),
            ]
            chosen |= words[way].data & matches[way].replicate(64) if ways > 1 else words[way].data
        m.d.comb += [
            cached.eq(self.cached & ~word[CACHED_BITS - 3:].any()),
            alone.eq(~cached | retry),
        ]

        # ---- Refill ------------------------------------------------------------------------------
        opening = Signal()      # its first cycle
        following = Signal()    # what is asked for is the refill's wanted word, or follows it in the line
        beat = Signal(WORD_BITS)
        victim = Signal(range(ways)) if ways > 1 else C(0)
        last, arrives = Signal(), Signal()
        found = Signal()
        m.d.comb += [
            found.eq(looked_up & ~alone & ~clearing & matches.any()),
            self.miss.eq(self.valid & looked_up & ~alone & ~clearing & ~matches.any() & ~refilling & ~self.flush),
            last.eq(beat == (1 << WORD_BITS) - 1),
            arrives.eq(refilling & following & self.valid & bus.ack & (word[:WORD_BITS] == held[:WORD_BITS])),
            hit.eq(self.valid & found | arrives),
        ]
        with m.If(refilling):
            m.d.comb += [bus.cti.eq(Mux(last, Cti.END, Cti.INCREMENT)), bus.bte.eq(Bte.WRAP_8)]
            m.d.sync += opening.eq(0)
        with m.If(~(alone | reading | refilling & following)):
            m.d.comb += self.data.eq(chosen)
        with m.If(self.miss):
            m.d.sync += [refilling.eq(1), opening.eq(1), held.eq(word), beat.eq(0)]
        with m.If(refilling & bus.ack):
            m.d.sync += [
                held[:WORD_BITS].eq(held[:WORD_BITS] + 1),
                beat.eq(beat + 1),
                refilling.eq(~last),
            ]
        with m.If(refilling & bus.err):
            m.d.sync += refilling.eq(0)
        m.d.sync += [
            retry.eq((retry | refilling & bus.err) & ~self.flush & ~self.done),
            following.eq((self.miss | following & ~(hit & (self.jump | word[:WORD_BITS].all()))) & ~self.flush),
        ]

        # ---- Writes ------------------------------------------------------------------------------
        # A line is invalid from the first cycle of its refill to the last. All become invalid one by one, after a refill that
        # goes on.
        set_to_clear = Signal(range(self._sets))
        clears, completes = Signal(), Signal()
        m.d.comb += [
            clears.eq(clearing & ~refilling),
            completes.eq(refilling & bus.ack & last),
        ]
        with m.If(clears):
            m.d.sync += set_to_clear.eq(set_to_clear + 1)
        with m.If(self.invalidate):
            m.d.sync += clearing.eq(1)
        with m.Elif(clears & set_to_clear.all()):
            m.d.sync += clearing.eq(0)
        if ways > 1:
            with m.If(completes):
                m.d.sync += victim.eq(Mux(victim == ways - 1, 0, victim + 1))
        m.d.sync += looked_up.eq(~(clears | opening | completes))
        for way in range(ways):
            mine = victim == way
            m.d.comb += [
                words[way].write.eq(refilling & bus.ack & mine),
                words[way].write_address.eq(held[:set_of.stop]),
                words[way].write_data.eq(bus.dat_r),
                lines[way].write.eq(clears | (opening | completes) & mine),
                lines[way].write_address.eq(Mux(clears, set_to_clear, held[set_of])),
                lines[way].write_data.tag.eq(held[tag_of]),
                lines[way].write_data.valid.eq(completes),
            ]
