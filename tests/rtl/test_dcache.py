"""rtl/dcache.py: random accesses at both ports against a dictionary, with a bus that is slow and fails."""

import random
from dataclasses import dataclass, field

import pytest
from amaranth.sim import Simulator

from isa.platform import RAM_BASE
from rtl.config import Config
from rtl.dcache import DataCache
from rtl.types import MemoryOp
from rtl.wishbone import Bte, Cti
from tests.rtl.wishbone_checks import NOISE, Rules, byte_mask

UNCACHED = RAM_BASE + 0x5000        # one page
CONFIGS = {"one way": Config("one", dcache_kib=1), "four ways": Config("four", dcache_kib=8, dcache_ways=4)}
LINE_TIME = 12                      # cycles in which the last line comes in completely
READ, WRITE, CLEAN, FLUSH, ZERO = MemoryOp


def block(paddr):
    """Addresses of the words of a block."""
    return range(paddr & -64, (paddr & -64) + 64, 8)


@dataclass
class Access:
    """Of the port; `delay` cycles pass before its address is known."""

    op: MemoryOp
    paddr: int
    sel: int = 0xFF
    wdata: int = 0
    lock: int = 0
    delay: int = 0
    gap: int = 0        # cycles between the access before and this one
    clean: bool = False  # not an access: waits until no line is modified

    @property
    def cached(self):
        return self.paddr & -4096 != UNCACHED


@dataclass
class Bus:
    """Memory behind the cache; what is in `missing` answers with an error, as does any beat but one of a write burst by
    chance."""

    rng: random.Random
    stalls: float = 0.0
    errors: float = 0.0
    memory: dict = field(default_factory=dict)
    missing: range = range(0)
    beats: list = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    wait: int = -1
    burst: tuple | None = None

    def serve(self, ctx, bus):
        """Drives the answer of this cycle; returns whether the beat ends with an error."""
        for line in (bus.ack, bus.err):
            ctx.set(line, 0)
        ctx.set(bus.dat_r, NOISE)
        active = ctx.get(bus.stb)
        assert active <= ctx.get(bus.cyc)
        adr, we, sel = ctx.get(bus.adr), ctx.get(bus.we), ctx.get(bus.sel)
        request = (adr, we, sel, ctx.get(bus.dat_w) if we else 0, ctx.get(bus.cti), ctx.get(bus.bte))
        failed = False
        if active:
            if self.wait < 0:
                self.wait = self.rng.randrange(1, 4) if self.rng.random() < self.stalls else 0
            if self.wait == 0:
                cti = ctx.get(bus.cti)
                self._check_burst(adr, we, sel, cti, ctx.get(bus.bte))
                failed = adr << 3 in self.missing or (self.rng.random() < self.errors and (cti == Cti.CLASSIC or not we))
                ctx.set(bus.err if failed else bus.ack, 1)
                if failed and not we:
                    self.burst = None       # the master may give up
                if not failed and we:
                    mask = byte_mask(sel)
                    self.memory[adr << 3] = self.memory.get(adr << 3, 0) & ~mask | ctx.get(bus.dat_w) & mask
                elif not failed:
                    ctx.set(bus.dat_r, self.memory.get(adr << 3, 0))
                self.beats.append((cti, we, adr << 3, failed))
            self.wait -= 1
        self.rules.cycle(request if active else None, ctx.get(bus.ack), ctx.get(bus.err))
        return failed

    def _check_burst(self, adr, we, sel, cti, bte):
        """A burst reads or writes the eight words of a block, round from its first one."""
        if cti == Cti.CLASSIC:
            assert self.burst is None or not self.burst[1], "a write burst is complete"
            self.burst = None
            return
        assert (bte, sel) == (Bte.WRAP_8, 0xFF)
        if self.burst is None or not self.burst[2]:
            self.burst = (adr, we, 0)
        first, writes, count = self.burst
        assert (adr, we) == (first & -8 | first + count & 7, writes)
        assert (cti == Cti.END) == (count == 7)
        self.burst = None if count == 7 else (first, writes, count + 1)


def word_mask(access):
    return byte_mask(access.sel)


class Bench:
    """A cache, its two initiators, the bus, and what memory should hold."""

    def __init__(self, config, bus, accesses=(), walks=(), flush_every=0):
        self.dut, self.bus = DataCache(config), bus
        self.accesses, self.walks = list(accesses), list(walks)
        self.flush_every = flush_every
        self.reference = dict(bus.memory)
        self.read = []          # (access, word) of the port in order, None for an error
        self.walked = []
        self.cycles = []        # of each access of the port
        self.lost = []
        self.misses = 0

    def run(self):
        sim = Simulator(self.dut)
        sim.add_clock(1e-6)
        sim.add_testbench(self._bench)
        sim.run()
        return self

    async def _bench(self, ctx):
        dut, port, walker = self.dut, self.dut.port, self.dut.walker
        ctx.set(dut.uncached_first, UNCACHED >> 12)
        ctx.set(dut.uncached_last, UNCACHED >> 12)
        todo, walks = list(self.accesses), list(self.walks)
        here, gap, age, cycle, walk_age = None, 0, 0, 0, 0
        flushing = idle = 0
        while idle < LINE_TIME:
            cycle += 1
            idle = 0 if todo or walks or here or flushing else idle + 1
            assert cycle < 100 * (len(self.accesses) + len(self.walks) + 10), "stuck"
            if self.flush_every and cycle % self.flush_every == 0:
                flushing = 5
            ctx.set(dut.flush, flushing > 0)
            known = here is not None and not here.clean and age >= here.delay
            ctx.set(port.waiting, here is not None and not here.clean)
            ctx.set(port.valid, known)
            ctx.set(dut.clean, here is not None and here.clean)
            if here:
                ctx.set(port.offset, here.paddr & 0xFFF)
            ctx.set(port.paddr, here.paddr if known else self.bus.rng.getrandbits(56))
            ctx.set(port.op, here.op if here else READ)
            if known:
                ctx.set(port.cached, here.cached)
                ctx.set(port.sel, here.sel if here.op in (READ, WRITE) else 0)
                ctx.set(port.wdata, here.wdata)
            ctx.set(port.lock, here.lock if here else 0)
            coming = todo[0] if todo and gap == 0 else None
            ctx.set(dut.next_offset, coming.paddr & 0xFFF if coming else self.bus.rng.getrandbits(12))
            walk = walks[0] if walks and walk_age >= walks[0].delay else None
            ctx.set(walker.valid, walk is not None)
            if walk:
                ctx.set(walker.write, walk.op == WRITE)
                ctx.set(walker.paddr, walk.paddr)
                ctx.set(walker.wdata, walk.wdata)
            failed = self.bus.serve(ctx, dut.bus)
            done = ctx.get(dut.cleaned) if here and here.clean else known and ctx.get(port.done)
            walked = walk is not None and ctx.get(walker.done)
            assert not (ctx.get(port.done) and not known) and not (ctx.get(walker.done) and not walk)
            if ctx.get(dut.lost):
                self.lost.append(ctx.get(dut.lost_paddr))
            self.misses += ctx.get(dut.miss)
            if ctx.get(dut.flushed):
                flushing -= 1
                assert self.bus.memory == self.reference
                if flushing == 0:
                    self._host_writes()
            if done:
                self._finish(here, here.clean or ctx.get(port.error), failed, ctx.get(port.rdata), self.read)
                self.cycles.append(age + 1)
            if walked:
                self._finish(walk, ctx.get(walker.error), failed, ctx.get(walker.rdata), self.walked)
            advance = here is None or done
            ctx.set(dut.advance, advance)
            await ctx.tick()
            age += 1
            walk_age += 1
            if walked:
                walks.pop(0)
                walk_age = 0
            if advance:
                here, age = coming, 0
                if coming:
                    todo.pop(0)
                    gap = todo[0].gap if todo else 0
                elif gap:
                    gap -= 1

    def _host_writes(self):
        """A host changes memory while the cache holds nothing."""
        for address in self.bus.rng.sample(sorted(self.reference), min(4, len(self.reference))):
            self.bus.memory[address] = self.reference[address] = self.bus.rng.getrandbits(64)

    def _finish(self, access, error, failed, rdata, results):
        memory, mask = self.reference, word_mask(access)
        if access.clean:
            assert self.bus.memory == memory
            return
        if error:
            assert failed and self.bus.beats[-1][0] == Cti.CLASSIC
            results.append((access, None))
            return
        address = access.paddr & -8
        if access.op == READ:
            assert rdata & mask == memory.get(address, 0) & mask, (access, hex(rdata), hex(memory.get(address, 0)))
            results.append((access, rdata))
        elif access.op == WRITE:
            memory[address] = memory.get(address, 0) & ~mask | access.wdata & mask
        elif access.op == ZERO:
            memory.update(dict.fromkeys(block(address), 0))
        else:
            assert all(self.bus.memory.get(a, 0) == memory.get(a, 0) for a in block(address))


ADDRESSES = [RAM_BASE + 0x400 * page + line for page in range(12) for line in (0, 0x40, 0x1C0, 0x3C0)]


def random_accesses(rng, count, walker=False):
    out = []
    while len(out) < count:
        paddr = rng.choice(ADDRESSES[:rng.choice((8, len(ADDRESSES)))]) + rng.choice((0, 8, 8, 56, 24))
        if rng.random() < 0.05:
            paddr = UNCACHED + rng.choice((0, 8, 64))
        op = rng.choice((READ, READ, WRITE)) if walker else rng.choice((READ,) * 6 + (WRITE,) * 6 + (CLEAN, FLUSH, ZERO))
        access = Access(op, paddr, 0xFF if walker else rng.choice((0xFF, 0x0F, 0x40, 0xC0, 1)), rng.getrandbits(64),
                        delay=rng.choice((0, 0, 0, 0, 3)), gap=rng.choice((0, 0, 0, 1, 2)))
        if not walker and rng.random() < 0.1:      # read, modify, write
            out.append(Access(READ, paddr, lock=1, gap=access.gap))
            access.op, access.gap, access.delay, access.lock = WRITE, 0, 0, 0
        if not walker and rng.random() < 0.01:
            access.clean = True
        if walker:
            access.delay = rng.choice((0, 0, 1, 5, 20))
        out.append(access)
    return out


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("stalls, errors", [(0.0, 0.0), (0.5, 0.0), (0.2, 0.03)])
def test_random_accesses_at_both_ports(name, stalls, errors):
    rng = random.Random(f"{name} {stalls} {errors}")
    memory = {word: rng.getrandbits(64) for address in (*ADDRESSES, UNCACHED, UNCACHED + 64) for word in block(address)}
    bench = Bench(CONFIGS[name], Bus(rng, stalls, errors, memory), random_accesses(rng, 600),
                  random_accesses(rng, 150, walker=True), flush_every=777).run()
    assert bench.misses > 100 and not bench.lost
    assert bool(errors) == any(word is None for _, word in bench.read + bench.walked)


def run(*accesses, walks=(), memory=(), missing=range(0), config="one way", stalls=0.0):
    bus = Bus(random.Random(5), stalls, memory=dict(memory), missing=missing)
    return Bench(CONFIGS[config], bus, [Access(CLEAN, RAM_BASE, clean=True), *accesses], walks).run()


def bursts(bench):
    """(writes, address of the first word) of each burst, and of single beats."""
    starts, inside = [], False
    for cti, we, address, _ in bench.bus.beats:
        if not inside:
            starts.append((we, address))
        inside = cti == Cti.INCREMENT
    return starts


def test_hits_take_one_cycle_and_a_load_behind_a_store_to_its_word_two():
    fill = [Access(READ, RAM_BASE + line) for line in (0, 64)]
    wait = Access(READ, RAM_BASE, gap=10)       # the second line is complete by then
    hits = [Access(READ, RAM_BASE + 8), Access(WRITE, RAM_BASE + 8, wdata=7), Access(WRITE, RAM_BASE + 16, wdata=8),
            Access(READ, RAM_BASE + 72), Access(READ, RAM_BASE + 16), Access(WRITE, RAM_BASE + 24), Access(READ, RAM_BASE + 24)]
    bench = run(*fill, wait, *hits)
    assert bench.cycles[3:] == [1, 1, 1, 1, 1, 1, 1, 2]
    assert bench.misses == 2


def test_a_read_is_done_with_the_first_word_of_its_line():
    bench = run(Access(READ, RAM_BASE + 40, gap=2), memory={RAM_BASE + 40: 0x1234})
    assert bench.read[0][1] == 0x1234
    assert bench.cycles[1] == 2
    assert [address for _, _, address, _ in bench.bus.beats] == [RAM_BASE + o for o in (40, 48, 56, 0, 8, 16, 24, 32)]


def test_a_modified_line_is_written_before_its_place_is_taken():
    rival = RAM_BASE + 0x400                    # the same set of 1 KiB
    bench = run(Access(WRITE, RAM_BASE, wdata=1), Access(READ, rival), Access(READ, RAM_BASE), Access(READ, rival))
    assert bursts(bench) == [(0, RAM_BASE), (1, RAM_BASE), (0, rival), (0, RAM_BASE), (0, rival)]
    assert bench.bus.memory[RAM_BASE] == 1


def test_four_ways_hold_four_lines_of_a_set():
    lines = [RAM_BASE + 0x800 * n for n in range(5)]
    bench = run(*(Access(READ, a) for a in (*lines[:4], *lines[:4])), config="four ways")
    assert bench.misses == 4
    bench = run(*(Access(READ, a) for a in (*lines, lines[0])), config="four ways")
    assert bench.misses == 6


def test_an_error_in_a_refill_leaves_no_line_and_asks_for_the_word_alone():
    """The error is not where the access is: the read is right, the write goes to memory, and nothing stays."""
    bad = range(RAM_BASE + 16, RAM_BASE + 24)
    bench = run(Access(READ, RAM_BASE), Access(READ, RAM_BASE + 8), Access(WRITE, RAM_BASE + 24, wdata=3),
                Access(READ, RAM_BASE + 24), missing=bad)
    assert [word for _, word in bench.read] == [0, 0, 3]
    assert bench.bus.memory[RAM_BASE + 24] == 3 and bench.misses == 0
    bench = run(Access(READ, RAM_BASE + 16), Access(WRITE, RAM_BASE + 16), Access(READ, RAM_BASE + 8), missing=bad)
    assert [word for _, word in bench.read] == [None, None, 0]
    assert [b[0] for b in bench.bus.beats[:2]] == [Cti.INCREMENT, Cti.CLASSIC]


def test_an_error_in_a_write_back_is_told_and_the_burst_goes_on():
    accesses = [Access(WRITE, RAM_BASE + 8 * i, wdata=i + 1) for i in range(8)]

    class MemoryBreaks(Bench):
        """One word of memory is gone after the last store."""

        def _finish(self, access, *rest):
            super()._finish(access, *rest)
            if access is accesses[-1]:
                self.bus.missing = range(RAM_BASE + 16, RAM_BASE + 24)
                del self.reference[RAM_BASE + 16]

    bench = MemoryBreaks(CONFIGS["one way"], Bus(random.Random(6)), [*accesses, Access(FLUSH, RAM_BASE, gap=3)]).run()
    assert bench.lost == [RAM_BASE + 16]
    assert bench.bus.memory == {RAM_BASE + 8 * i: i + 1 for i in range(8) if i != 2}


def test_operations_on_blocks_look_whether_anything_is_there():
    nothing = range(RAM_BASE + 0x10000, RAM_BASE + 0x20000)
    for op in (CLEAN, FLUSH, ZERO):
        bench = run(Access(op, nothing.start + 64), missing=nothing)
        assert bench.read == [(bench.accesses[1], None)]
        assert bench.bus.beats == [(Cti.CLASSIC, 0, nothing.start + 64, True)]


def test_zero_does_not_read_the_line():
    memory = dict.fromkeys(block(RAM_BASE), 5)
    bench = run(Access(ZERO, RAM_BASE), Access(READ, RAM_BASE + 8), Access(ZERO, RAM_BASE), Access(FLUSH, RAM_BASE),
                memory=memory)
    assert bursts(bench) == [(0, RAM_BASE), (1, RAM_BASE)] and bench.bus.beats[0][0] == Cti.CLASSIC
    assert all(bench.bus.memory[a] == 0 for a in block(RAM_BASE))
    bench = run(Access(ZERO, UNCACHED + 8), memory=dict.fromkeys(block(UNCACHED), 5))
    assert all(bench.bus.memory[a] == 0 for a in block(UNCACHED))


def test_uncached_accesses_are_single_beats():
    bench = run(Access(WRITE, UNCACHED + 4, sel=0xF0, wdata=-1 % 2**64), Access(READ, UNCACHED),
                walks=[Access(READ, UNCACHED + 8), Access(WRITE, UNCACHED + 16, wdata=9)])
    assert all(cti == Cti.CLASSIC for cti, *_ in bench.bus.beats) and len(bench.bus.beats) == 4
    assert bench.bus.memory[UNCACHED + 16] == 9


def test_the_walker_sees_what_was_stored_and_the_port_what_the_walker_stored():
    bench = run(Access(WRITE, RAM_BASE, wdata=0x55), Access(READ, RAM_BASE, gap=120),
                walks=[Access(READ, RAM_BASE, delay=80), Access(WRITE, RAM_BASE, wdata=0x66, delay=5)])
    assert [word for _, word in bench.walked] == [0x55]
    assert [word for _, word in bench.read] == [0x66]


@pytest.mark.parametrize("kib, ways", [(8, 1), (3, 1), (4, 3), (1, 16)])
def test_impossible_sizes(kib, ways):
    with pytest.raises(ValueError, match=f"no data cache of {kib} KiB in {ways} ways"):
        DataCache(Config("wrong", dcache_kib=kib, dcache_ways=ways))
