"""Data cache: write-back, write-allocate, lines of 64 bytes, and every access of the data side to memory.

Manual: unprivileged "Cache Management Operations"; privileged "Physical Memory Attributes". Wishbone B.4, ch. 4 "Registered
Feedback Bus Cycles".
"""

from amaranth.hdl import *
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from . import wishbone
from .block_ram import BlockRam
from .config import Config
from .from_isa import CACHED_BITS, CACHED_PAGE_BITS, is_cached
from .tree import any_of
from .types import DataPort, MemoryOp, WordPort

LINE_BYTES = 64
WORDS = LINE_BYTES // 8
OFFSET_BITS = 12        # of an address are the same before and after translation


class DataCache(wiring.Component):
    """The load/store unit's port and the page-table walker's, a cache for both, and the bus.

    1. A hit of `port` is done in its first cycle if the arrays were read at its address in the cycle before: `next_offset`
       is the address of the access that comes with `advance`. Otherwise they are read first, which takes a cycle: after the
       cache was busy with something else, and behind a store to the same word.
    2. A miss writes the victim back, if it was modified, and reads the line, the wanted word first: a read is done with it.
    3. A bus error while a line is read: no line. If the wanted word has not come, its access becomes a single beat.
    4. What is not cached is a single beat. So is the look whether anything is there, a read of no bytes, when CLEAN, FLUSH or
       ZERO do not find the block in the cache. ZERO of what is not cached then writes the block in a burst.
    5. `walker` is served between the accesses of `port`, and between the read and the write of a locked pair: an implicit
       store is only done for the oldest instruction, so that it never meets such a pair.
    6. `clean` is held until `cleaned`, a cycle in which no line is modified. `flush` likewise until `flushed`, when no line
       is valid; as long as `flush` stays, no access begins.
    7. `lost` is high for one cycle when a beat of a write burst at `lost_paddr` ends with a bus error.
    """

    def __init__(self, config: Config):
        self._ways = config.dcache_ways
        sets, rest = divmod(config.dcache_kib * 1024, LINE_BYTES * self._ways)
        if rest or sets & (sets - 1) or not 2 <= sets <= (1 << OFFSET_BITS) // LINE_BYTES:
            raise ValueError(f"There is no data cache of {config.dcache_kib} KiB in {config.dcache_ways} ways: a way holds a "
                             f"power of two of lines of {LINE_BYTES} bytes, and at most a page.")
        self._sets = sets
        super().__init__({
            "port":           In(DataPort()),
            "next_offset":    In(OFFSET_BITS),
            "advance":        In(1),
            "walker":         In(WordPort()),
            "uncached_first": In(CACHED_PAGE_BITS),
            "uncached_last":  In(CACHED_PAGE_BITS),
            "clean":          In(1),
            "cleaned":        Out(1),
            "flush":          In(1),
            "flushed":        Out(1),
            "lost":           Out(1),
            "lost_paddr":     Out(56),
            "miss":           Out(1),       # one cycle for each line that is read
            "bus":            Out(wishbone.Signature()),
        })

    def elaborate(self, platform):
        m = Module()
        ways, port, walker, bus = self._ways, self.port, self.walker, self.bus
        index_end = 6 + exact_log2(self._sets)
        set_of, row_of, tag_of = slice(6, index_end), slice(3, index_end), slice(index_end, CACHED_BITS)
        entry = data.StructLayout({"valid": 1, "tag": CACHED_BITS - index_end})

        # ---- Arrays ------------------------------------------------------------------------------
        words = [BlockRam(64, self._sets * WORDS, granularity=8) for _ in range(ways)]
        tags = [BlockRam(entry, self._sets, early=True) for _ in range(ways)]
        for i in range(ways):
            m.submodules[f"words{i}"], m.submodules[f"tags{i}"] = words[i], tags[i]
        m.submodules.modified = modified = memory.Memory(shape=ways, depth=self._sets, init=[])
        modified_read, modified_write = modified.read_port(domain="comb"), modified.write_port()
        read_at, read_enable = Signal(OFFSET_BITS), Signal()
        write_at, write_ways, write_bytes, write_data = Signal(OFFSET_BITS), Signal(ways), Signal(8), Signal(64)
        entry_at, write_entry, new_entry = Signal(range(self._sets)), Signal(ways), Signal(entry)
        mark, marked = Signal(ways), Signal()       # ways that become modified, or not
        for i in range(ways):
            m.d.comb += [
                words[i].address.eq(read_at[row_of]),
                words[i].enable.eq(read_enable),
                words[i].write_address.eq(write_at[row_of]),
                words[i].write_data.eq(write_data),
                words[i].write.eq(Mux(write_ways[i], write_bytes, 0)),
                tags[i].address.eq(read_at[set_of]),
                tags[i].enable.eq(read_enable),
                tags[i].write_address.eq(entry_at),
                tags[i].write_data.eq(new_entry),
                tags[i].write.eq(write_entry[i]),
            ]
        m.d.comb += [
            modified_read.addr.eq(entry_at),
            modified_write.addr.eq(entry_at),
            modified_write.data.eq(Mux(marked, modified_read.data | mark, modified_read.data & ~mark)),
            modified_write.en.eq(mark.any()),
        ]

        # ---- The access that is looked up --------------------------------------------------------
        walking = Signal()          # it is the walker's
        paddr, op, cached = Signal(56), Signal(MemoryOp), Signal()
        hits, hit = Signal(ways), Signal()
        line = Signal(CACHED_BITS)  # its address, as long as it is not done; otherwise only that of its line
        victim = Signal(ways, init=1)
        way = Signal(ways)          # where the line is or will be
        m.d.comb += [paddr.eq(port.paddr), op.eq(port.op), cached.eq(port.cached)]
        with m.If(walking):
            m.d.comb += [
                paddr.eq(walker.paddr),
                op.eq(Mux(walker.write, MemoryOp.WRITE, MemoryOp.READ)),
                cached.eq(is_cached(walker.paddr[OFFSET_BITS:], self.uncached_first, self.uncached_last)),
            ]
        m.d.comb += [
            *(hits[i].eq(tags[i].data.valid & (tags[i].data.tag == paddr[tag_of])) for i in range(ways)),
            hit.eq(hits.any()),
        ]

        # ---- Reading ahead for `port` ------------------------------------------------------------
        mine = Signal()             # the arrays show what is at `port.offset`
        kept, collides = Signal(), Signal()
        m.d.comb += [
            read_at.eq(Mux(port.waiting & ~mine, port.offset, self.next_offset)),
            read_enable.eq(self.advance | ~mine),
            collides.eq(write_entry.any() | write_ways.any() & (read_at[row_of] == write_at[row_of])),
        ]
        m.d.sync += mine.eq(kept & ~collides & Mux(self.advance, mine | ~port.waiting, mine | port.waiting))

        # ---- One step ----------------------------------------------------------------------------
        finish = Signal()           # the access is done
        on_bus = Signal()           # ... with what the bus says
        zero, released, sweeping, locked, found_modified = Signal(), Signal(), Signal(), Signal(), Signal()
        count = Signal(range(WORDS))
        last, beat_ends = Signal(), Signal()
        wanted = Signal(ways)       # way of the word that is read
        word = any_of(Mux(wanted[i], ram.data, 0) for i, ram in enumerate(words)) if ways > 1 else words[0].data
        m.d.comb += [
            zero.eq((op == MemoryOp.ZERO) & ~released & ~sweeping),
            last.eq(count == WORDS - 1),
            wanted.eq(hits),
            write_at.eq(Cat(C(0, 3), (count + line[3:6])[:3], line[6:])),
            write_data.eq(Mux(walking, walker.wdata, port.wdata)),
            entry_at.eq(line[set_of]),
            new_entry.tag.eq(line[tag_of]),
            beat_ends.eq(bus.stb & (bus.ack | bus.err)),
            bus.cyc.eq(bus.stb | locked),
            bus.sel.eq(0xFF),
            bus.bte.eq(wishbone.Bte.WRAP_8),
            bus.cti.eq(Mux(last, wishbone.Cti.END, wishbone.Cti.INCREMENT)),
            port.done.eq(finish & ~walking),
            walker.done.eq(finish & walking),
            self.lost_paddr.eq(Cat(C(0, 3), bus.adr)),
        ]
        for requester in (port, walker):
            m.d.comb += [requester.error.eq(on_bus & bus.err), requester.rdata.eq(Mux(on_bus, bus.dat_r, word))]

        def ready():
            m.d.sync += walking.eq(0)
            m.next = "READY"

        def look_up():
            chosen = Mux(hit, hits, victim)
            lies_modified = (modified_read.data & chosen).any()
            m.d.sync += [line.eq(paddr), way.eq(chosen), found_modified.eq(lies_modified), released.eq(0)]
            m.d.comb += [write_at.eq(paddr), entry_at.eq(paddr[set_of])]
            with m.If(~cached):
                m.next = "BEAT"
            with m.Elif(op.as_value().matches(MemoryOp.READ, MemoryOp.WRITE)):
                with m.If(hit):
                    m.d.comb += finish.eq(1)
                    with m.If(op == MemoryOp.WRITE):
                        m.d.comb += [
                            write_ways.eq(hits),
                            write_bytes.eq(Mux(walking, 0xFF, port.sel)),
                            mark.eq(hits),
                            marked.eq(1),
                        ]
                with m.Elif(lies_modified):
                    m.next = "EVICT"
                with m.Else():
                    m.next = "REFILL"
            with m.Elif(~hit):
                m.next = "BEAT"
            with m.Elif(op == MemoryOp.ZERO):
                m.next = "REFILL"
            with m.Else():
                m.next = "MANAGE"

        m.d.sync += self.cleaned.eq(0)
        with m.If(port.done):
            m.d.sync += locked.eq(0)
        with m.FSM(init="FORGET"):
            with m.State("READY"):
                looks = Signal()
                m.d.comb += [looks.eq(walking | port.valid & mine & ~self.flush), kept.eq(1)]
                m.d.sync += [count.eq(0), sweeping.eq(0)]
                with m.If(looks):
                    look_up()
                with m.If(~looks | finish):
                    ready()
                    with m.If(self.flush | self.clean & ~self.cleaned):
                        m.d.sync += line.eq(0)
                        m.next = "SWEEP"
                    with m.Elif(walker.valid & ~walking & ~collides):
                        m.d.sync += walking.eq(1)
                with m.If(walker.valid & ~walking):
                    m.d.comb += [read_at.eq(walker.paddr), read_enable.eq(1), kept.eq(0)]

            with m.State("MANAGE"):             # CLEAN or FLUSH of the line in `way`
                m.d.comb += finish.eq(~found_modified)
                with m.If(found_modified):
                    m.next = "EVICT"
                with m.Else():
                    ready()
                    with m.If(op == MemoryOp.FLUSH):
                        m.d.comb += write_entry.eq(way)

            with m.State("EVICT"):
                m.d.comb += [read_at.eq(Cat(C(0, 6), line[6:])), read_enable.eq(1)]
                m.next = "WRITE_BACK"

            with m.State("WRITE_BACK"):         # the line in `way`, whose first word has been read; or zeros
                left = any_of(Mux(way[i], ram.data.tag, 0) for i, ram in enumerate(tags))
                m.d.comb += [
                    wanted.eq(way),
                    read_at.eq(Cat(C(0, 3), (count + 1)[:3], line[6:])),
                    read_enable.eq(beat_ends),
                    bus.stb.eq(1),
                    bus.we.eq(1),
                    bus.adr.eq(Cat(count, Mux(zero & ~cached, paddr[6:], Cat(line[set_of], left)))),
                    bus.dat_w.eq(Mux(zero & ~cached, 0, word)),
                    self.lost.eq(bus.err),
                ]
                with m.If(beat_ends):
                    m.d.sync += count.eq(count + 1)
                with m.If(beat_ends & last):
                    with m.If(zero & ~cached):
                        m.d.comb += finish.eq(1)
                        ready()
                    with m.Else():
                        m.d.comb += mark.eq(way)
                        m.next = "REFILL"
                        with m.If(sweeping):
                            m.next = "SWEEP"
                        with m.Elif(op.as_value().matches(MemoryOp.CLEAN, MemoryOp.FLUSH)):
                            ready()

            with m.State("REFILL"):             # not valid before its last word; zeros do not come from the bus
                m.d.comb += [
                    on_bus.eq(1),
                    bus.stb.eq(~zero),
                    bus.adr.eq(Cat(write_at[3:], line[OFFSET_BITS:])),
                    write_data.eq(Mux(zero, 0, bus.dat_r)),
                    write_entry.eq(way),
                    mark.eq(way),
                    marked.eq(zero),
                ]
                with m.If(zero | bus.ack):
                    m.d.sync += [count.eq(count + 1), released.eq(released | (op == MemoryOp.READ))]
                    m.d.comb += [
                        write_ways.eq(way),
                        write_bytes.eq(0xFF),
                        finish.eq(Mux(zero, last, ~released & (op == MemoryOp.READ))),
                        new_entry.valid.eq(last),
                        self.miss.eq(last & ~zero),
                    ]
                    with m.If(last):
                        m.d.sync += victim.eq(victim.rotate_left(1))
                        ready()
                with m.Elif(bus.err):
                    m.next = "BEAT"
                    with m.If(released):
                        ready()

            with m.State("BEAT"):
                m.d.comb += [
                    kept.eq(1),
                    on_bus.eq(1),
                    bus.stb.eq(1),
                    bus.adr.eq(paddr[3:]),
                    bus.we.eq(op == MemoryOp.WRITE),
                    bus.sel.eq(Mux(walking, 0xFF, port.sel)),
                    bus.cti.eq(wishbone.Cti.CLASSIC),
                    bus.dat_w.eq(write_data),
                    bus.bte.eq(wishbone.Bte.LINEAR),
                ]
                m.d.sync += count.eq(0)
                with m.If(port.lock & ~walking & bus.ack & ~bus.we):
                    m.d.sync += locked.eq(1)
                with m.If(bus.ack & zero):
                    m.next = "WRITE_BACK"
                    with m.If(cached):
                        m.next = "REFILL"
                        with m.If((modified_read.data & way).any()):
                            m.next = "EVICT"
                with m.Elif(beat_ends):
                    m.d.comb += finish.eq(1)
                    ready()

            # ---- All lines -----------------------------------------------------------------------
            following = Cat(C(0, 6), (line[set_of] + 1)[:index_end - 6])
            with m.State("SWEEP"):
                m.d.comb += [read_at.eq(Cat(C(0, 6), line[6:])), read_enable.eq(1)]
                m.d.sync += [way.eq(modified_read.data & -modified_read.data), count.eq(0), sweeping.eq(1)]
                with m.If(modified_read.data.any()):
                    m.next = "WRITE_BACK"
                with m.Else():
                    m.d.sync += line.eq(following)
                    with m.If(line[set_of].all()):
                        m.d.sync += line.eq(0)
                        # In a register: what reads the marks is asked for an access that is translated, which is late.
                        m.d.sync += self.cleaned.eq(~self.flush)
                        ready()
                        with m.If(self.flush):
                            m.next = "FORGET"
            with m.State("FORGET"):
                m.d.comb += [write_entry.eq(~0), mark.eq(~0)]
                m.d.sync += line.eq(following)
                with m.If(line[set_of].all()):
                    ready()
                    with m.If(self.flush):
                        m.next = "FLUSHED"
            with m.State("FLUSHED"):
                m.d.comb += self.flushed.eq(self.flush)
                with m.If(~self.flush):
                    ready()
        return m
