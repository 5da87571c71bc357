"""rtl/fetch.py: the delivered instructions against a reader of memory, under random stalls, redirects and faults."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from amaranth.sim import Simulator

from isa.causes import EXC
from isa.platform import BOOT_ROM, RAM_BASE, UART
from rtl.config import Config
from rtl.fetch import Fetch
from rtl.types import Access, Mode
from tests.rtl.front_bench import CONFIG as PREDICTED
from tests.rtl.front_bench import RA, Code, Front, simulate
from tests.rtl.front_bench import START as CODE

START = RAM_BASE + 0x10_0000
CONFIG = Config("fetch", reset_vector=START)
CACHED = Config("fetch", reset_vector=START, icache_kib=4)
OFFSET = -0x10_0000                 # physical minus virtual address
PAGE = START + 0x1000               # this page faults in translation
BROKEN = START + 0x3000             # reads from this page end in a bus error
UNCACHED = START + 0x5000           # RAM that caches may not hold
DEVICE = UART.base - OFFSET         # an I/O region
ROM = BOOT_ROM.base - OFFSET


def page(vaddr):
    return vaddr & ~0xFFF


class World:
    """Memory, translation and bus around the unit; checks the rules of the ports cycle by cycle."""

    def __init__(self, rng, stalls):
        self.rng, self.stalls = rng, stalls
        self.halfwords = {PAGE - 2: 0x0003, BROKEN - 2: 0x0003}     # the first halves of long instructions
        self.request = self.beat = None     # (payload, cycles still to wait)
        self.stale = set()                  # pages without their A bit

    def half(self, vaddr):
        """Instruction bits at an address: half of the instructions are compressed."""
        if vaddr not in self.halfwords:
            value = self.rng.getrandbits(16)
            self.halfwords[vaddr] = value | 3 if self.rng.random() < 0.5 else value & ~2
        return self.halfwords[vaddr]

    def delay(self):
        return self.rng.randrange(4) if self.rng.random() < self.stalls else 0

    def cycle(self, ctx, dut):
        request, bus = dut.translate.request, dut.bus
        for line in (request.ready, bus.ack, bus.err):
            ctx.set(line, 0)
        ctx.set(bus.dat_r, self.rng.getrandbits(64))
        ctx.set(dut.translate.response.paddr, self.rng.getrandbits(56))     # means nothing without a transfer
        if ctx.get(request.valid):
            payload, update = ctx.get(request.p.vaddr), ctx.get(request.p.update)
            assert ctx.get(request.p.access) == Access.FETCH
            before, wait = self.request or ((payload, update), self.delay())
            assert (payload, update) == before, "the payload is stable while valid"
            self.request = (before, wait - 1) if wait else None
            if not wait and page(payload) in self.stale and not update:
                ctx.set(dut.translate.response, {"needs_update": 1, "ram": 1, "paddr": payload + OFFSET})
                ctx.set(request.ready, 1)
            elif not wait:
                self.stale.discard(page(payload))
                fault = page(payload) == PAGE
                paddr = (payload + OFFSET) % 2**56
                ctx.set(dut.translate.response, {
                    "paddr": paddr, "ram": paddr >= RAM_BASE, "rom": 0 <= paddr - BOOT_ROM.base < BOOT_ROM.size,
                    "fault": fault, "tval2": payload >> 2 if fault else 0,
                    "cause": EXC["INSTRUCTION_GUEST_PAGE_FAULT"] if fault else 0, "implicit": fault,
                    "bus_error": 0, "error_paddr": 0, "cached": paddr >= RAM_BASE and page(payload) != UNCACHED})
                ctx.set(request.ready, 1)
        else:
            self.request = None
        if ctx.get(bus.stb):
            paddr = ctx.get(bus.adr) << 3
            assert ctx.get(bus.cyc) and not ctx.get(bus.we)
            assert paddr >= RAM_BASE or BOOT_ROM.base <= paddr < BOOT_ROM.base + BOOT_ROM.size
            before, wait = self.beat or (paddr, self.delay())
            assert paddr == before, "a beat that has begun is finished"
            self.beat = (paddr, wait - 1) if wait else None
            if not wait:
                vaddr = paddr - OFFSET
                broken = page(vaddr) == BROKEN
                ctx.set(bus.err if broken else bus.ack, 1)
                ctx.set(bus.dat_r, sum(self.half(vaddr + 2 * i) << 16 * i for i in range(4)))
        else:
            assert self.beat is None, "a beat that has begun is finished"

    def expected(self, pc):
        """(raw, length) of the instruction at pc, or (faulting address, cause)."""
        first = self.fault(pc)
        if first:
            return None, first
        raw = self.half(pc)
        if raw & 3 != 3:
            return (raw, 2), None
        second = self.fault(pc + 2)
        return (None, second) if second else ((raw | self.half(pc + 2) << 16, 4), None)

    def fault(self, vaddr):
        if page(vaddr) == PAGE:
            return {"vaddr": vaddr, "cause": EXC["INSTRUCTION_GUEST_PAGE_FAULT"], "tval2": vaddr >> 2, "implicit": 1,
                    "bus_error": 0}
        device = vaddr < START and not ROM <= vaddr < ROM + BOOT_ROM.size
        if page(vaddr) == BROKEN or device:
            return {"vaddr": vaddr, "cause": EXC["INSTRUCTION_ACCESS_FAULT"], "tval2": 0, "implicit": 0,
                    "bus_error": int(page(vaddr) == BROKEN)}
        return None


def run(config, seed, stalls, ready_chance, cycles, targets):
    """Count of delivered instructions and of faults."""
    rng = random.Random(seed)
    dut, world = Fetch(config), World(rng, stalls)
    counts = [0, 0]

    async def bench(ctx):
        ctx.set(dut.mode, Mode.S)
        pc, halted, stopped = START, False, False
        for _ in range(cycles):
            redirect = stopped or rng.random() < (0.3 if halted else 0.03)
            stop = not stopped and rng.random() < (0.2 if halted else 0.02)
            target = rng.choice(targets) + 2 * rng.randrange(8)
            ready = int(rng.random() < ready_chance)
            ctx.set(dut.out.ready, ready)
            ctx.set(dut.stop, stop)
            ctx.set(dut.redirect, redirect)
            ctx.set(dut.target, target)
            world.cycle(ctx, dut)
            assert not (stopped and ctx.get(dut.translate.request.valid)), "what it depends on changes in this cycle"
            stopped = stop
            if halted:
                assert not ctx.get(dut.translate.request.valid)
                assert config is CACHED or not ctx.get(dut.bus.stb), "but for a refill that goes on"
            if ctx.get(dut.out.valid) and not halted:
                instruction, fault = world.expected(pc)
                payload = ctx.get(dut.out.p)
                assert payload.pc == pc
                assert payload.fault == (fault is not None), hex(pc)
                if fault:
                    assert payload.raw == 0
                else:
                    raw, length = instruction
                    assert payload.raw & (1 << 8 * length) - 1 == raw, hex(pc)
                if ready and not redirect:
                    counts[fault is not None] += 1
                    halted = fault is not None
                    pc = pc if fault else pc + length
            await ctx.tick()
            if halted and not redirect:
                information = ctx.get(dut.fault)
                assert {name: information[name] for name in fault} == fault, "stays until the redirect"
            if redirect:
                pc, halted = target, False

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
    return counts


EVERYWHERE = [START, START + 0x800, PAGE - 16, PAGE, BROKEN - 16, BROKEN, UNCACHED, DEVICE, DEVICE + 0xFF8, ROM]


@pytest.mark.parametrize("config", [CONFIG, CACHED], ids=["plain", "cached"])
@pytest.mark.parametrize("stalls, ready", [(0.0, 1.0), (0.0, 0.6), (0.5, 1.0), (0.6, 0.7)])
def test_random_streams(config, stalls, ready):
    delivered, faults = run(config, 23, stalls, ready, 1200, EVERYWHERE)
    assert delivered > 150 and faults > 10


@pytest.mark.parametrize("config", [CONFIG, CACHED], ids=["plain", "cached"])
def test_one_instruction_per_cycle_and_no_gap_before_a_target(config):
    dut = Fetch(config)
    world = World(random.Random(24), 0.0)

    async def bench(ctx):
        ctx.set(dut.out.ready, 1)
        for start in (START, START + 0x106, START + 0x40):
            for warm in (False, True):
                for _ in range(30 if warm or config is CONFIG else 150):     # first to make the lines invalid and to fill them
                    world.cycle(ctx, dut)
                    crossing = ctx.get(dut.out.p.pc) % 8 == 6
                    assert ctx.get(dut.out.valid) or crossing or not warm, "only the second half of the first may be missing"
                    await ctx.tick()
                ctx.set(dut.redirect, 1)
                ctx.set(dut.target, start)
                world.cycle(ctx, dut)
                await ctx.tick()
                ctx.set(dut.redirect, 0)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()


def lacks_a(config, seed, stalls):
    """Near the ends of pages that lack A; counts of instructions that had to be fetched again, by the pages that they set."""
    rng = random.Random(seed)
    dut, world, counts = Fetch(config), World(rng, stalls), Counter()
    pages = range(UNCACHED, UNCACHED + 0x4000, 0x1000)

    async def until_delivered(ctx, **redirect):
        ctx.set(dut.redirect, bool(redirect))
        ctx.set(dut.target, redirect.get("target", 0))
        ctx.set(dut.update, redirect.get("update", 0))
        for _ in range(200):
            ready = rng.random() < 0.6
            ctx.set(dut.out.ready, ready)
            world.cycle(ctx, dut)
            delivered = ctx.get(dut.out.p) if ctx.get(dut.out.valid) and ready and not redirect else None
            await ctx.tick()
            redirect = {}
            ctx.set(dut.redirect, 0)
            if delivered is not None:
                return delivered
        raise AssertionError("nothing is delivered")

    async def bench(ctx):
        ctx.set(dut.mode, Mode.S)
        for _ in range(60):
            world.stale = set(rng.sample(pages, 3))
            pc = rng.choice(pages[1:]) - 2 * rng.randrange(1, 6)
            redirect = {"target": pc}
            for _ in range(8):
                (raw, length), _ = world.expected(pc)
                wanted, before = {page(pc), page(pc + length - 1)} & world.stale, set(world.stale)
                got = await until_delivered(ctx, **redirect)
                redirect = {}
                assert (got.pc, got.fault) == (pc, bool(wanted))
                assert world.stale == before, "A is not set for what may never be executed"
                if wanted:
                    assert ctx.get(dut.fault.update)
                    got = await until_delivered(ctx, target=pc, update=1)
                    assert world.stale == before - wanted, "of the pages of this instruction, and of no other"
                    counts[length, len(wanted)] += 1
                assert (got.pc, got.fault, got.raw & (1 << 8 * length) - 1) == (pc, 0, raw)
                pc += length

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(bench)
    sim.run()
    return counts


@pytest.mark.parametrize("config", [CONFIG, CACHED], ids=["plain", "cached"])
@pytest.mark.parametrize("stalls", [0.0, 0.6])
def test_a_is_set_for_what_is_executed(config, stalls):
    counts = lacks_a(config, 29, stalls)
    assert min(counts[2, 1], counts[4, 1], counts[4, 2]) > 0


@pytest.mark.parametrize("update", [0, 1])
def test_nothing_is_predicted_while_a_bits_are_set(update):
    """A forgotten prediction cuts the instruction in two: its target is not part of it."""
    at, target = CODE + 6, CODE + 0x5000
    jump = {"valid": 1, "wrong": 1, "taken": 1, "pc": at, "compressed": 1, "jump": 1, "rd": RA, "target": target,
            "link": at + 2}
    asked = []

    async def bench(ctx, dut):
        front = Front(ctx, dut, Code({}, None, {at}))
        ctx.set(dut.outcome, jump)
        await ctx.tick()
        ctx.set(dut.outcome.valid, 0)
        ctx.set(dut.target, at)
        ctx.set(dut.update, update)
        for cycle in range(8):
            ctx.set(dut.redirect, cycle == 2)
            front.memory()
            if cycle > 2 and ctx.get(dut.translate.request.valid):
                asked.append((ctx.get(dut.translate.request.p.vaddr), ctx.get(dut.translate.request.p.update)))
            await ctx.tick()

    simulate(bench, PREDICTED)
    assert asked[:2] == ([(at, 1), (CODE + 8, 1)] if update else [(at, 0), (target, 0)])


def random_code(rng):
    """A maze of 256 halfwords: every place is the beginning of some instruction, many of them transfers."""
    transfers, long = {}, set()
    for at in range(CODE, CODE + 512, 2):
        length = rng.choice((2, 4))
        if rng.random() < 0.3:
            transfers[at] = (rng.choice(("branch", "branch", "jump", "call", "return")), length)
        elif length == 4:
            long.add(at)
    transfers[CODE + 510] = transfers[CODE + 512] = ("jump", 2)
    favourite = {at: CODE + 2 * rng.randrange(250) for at in transfers}

    def target(at):
        if transfers[at][0] == "branch" and rng.random() < 0.3:
            return None
        return favourite[at] if rng.random() < 0.8 else CODE + 2 * rng.randrange(250)

    return Code(transfers, target, long)


@pytest.mark.parametrize("config", [PREDICTED, replace(PREDICTED, icache_kib=1)], ids=["plain", "cached"])
@pytest.mark.parametrize("slow", [False, True])
def test_predictions_change_nothing_but_time(config, slow):
    """Random control flow through code that now and then is other code; the bench checks all that leaves X."""
    rng = random.Random(25)

    async def bench(ctx, dut):
        front = Front(ctx, dut, random_code(rng), rng if slow else None)
        for _ in range(2500):
            flush = CODE + 2 * rng.randrange(250) if rng.random() < 0.01 else None
            change = flush and rng.random() < 0.2
            await front.cycle(ready=rng.random() < 0.8, flush=flush, invalidate=bool(change))
            if change:
                front.code = random_code(rng)
                front.calls.clear()
        run = front.run
        assert run.retired > 400 and 20 < run.wrong.total() < 0.9 * run.executed.total()

    simulate(bench, config)
