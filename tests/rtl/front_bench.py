"""Fetch with the pipeline behind it as far as X, on memory that answers at once: programs that are nothing but control flow."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from amaranth.sim import Simulator

from isa.platform import RAM_BASE
from rtl.config import Config
from rtl.fetch import Fetch

RA = 1
START = RAM_BASE
CONFIG = Config("front", reset_vector=START, btb_entries=128, bht_entries=256, ras_entries=4)


@dataclass
class Code:
    """Instructions by address: kind and length. What is not in it is a compressed instruction that goes straight on.

    `target(address)` is asked once for each executed transfer: where it goes, or None for a branch that is not taken. RETURN
    stands for the address behind the call that it returns from.
    """

    transfers: dict[int, tuple[str, int]]
    target: object
    long: set[int] = field(default_factory=set)     # other instructions of 4 bytes

    def length(self, address):
        return self.transfers[address][1] if address in self.transfers else 4 if address in self.long else 2

    def half(self, address):
        """Its 16 bits in memory: bits 1:0 tell the length, the others the address."""
        return (address >> 1 << 2 | (3 if self.length(address) == 4 else 1)) & 0xFFFF


@dataclass
class Run:
    """What came of it: transfers that X saw, and which of them fetch had predicted wrongly."""

    executed: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    retired: int = 0
    cycles: int = 0


class Front:
    """Fetch, D and X; M never stalls. `flush` makes M redirect."""

    def __init__(self, ctx, dut, code, rng=None):
        self.ctx, self.dut, self.code, self.rng = ctx, dut, code, rng
        self.pc, self.d, self.x = START, None, None
        self.calls, self.run = [], Run()
        ctx.set(dut.translate.response.ram, 1)
        ctx.set(dut.translate.response.cached, 1)

    def memory(self):
        """A beat for which a chance of 1 in 4 is a stall, if there is chance; addresses are physical."""
        ctx, dut = self.ctx, self.dut
        request, bus = dut.translate.request, dut.bus
        ctx.set(bus.ack, 0)
        ctx.set(request.ready, 1)
        vaddr = ctx.get(request.p.vaddr)
        ctx.set(dut.translate.response.paddr, vaddr)
        if ctx.get(bus.stb) and not (self.rng and self.rng.random() < 0.25):
            base = ctx.get(bus.adr) << 3
            ctx.set(bus.dat_r, sum(self.code.half(base + 2 * i) << 16 * i for i in range(4)))
            ctx.set(bus.ack, 1)

    def execute(self):
        """The instruction in X: fields of `Outcome` but for `wrong`, and where execution goes on."""
        at, delivered = self.pc, self.x
        assert delivered["pc"] == at, "only what is executed leaves X"
        length = self.code.length(at)
        raw = self.code.half(at) | (self.code.half(at + 2) << 16 if length == 4 else 0)
        assert delivered["raw"] & (1 << 8 * length) - 1 == raw, hex(at)
        kind, target = self.code.transfers.get(at, ("", 0))[0], None
        if kind == "return" and self.calls:
            target = self.calls.pop()
        elif kind:
            target = self.code.target(at)
        if kind == "call":
            self.calls.append(at + length)
        goes_on = at + length if target is None else target
        return {"valid": 1, "pc": at, "compressed": length == 2, "conditional": kind == "branch",
                "jump": kind in ("jump", "call", "return"), "indirect": kind == "return", "rd": RA if kind == "call" else 0,
                "rs1": RA if kind == "return" else 0, "taken": target is not None, "target": target or 0,
                "link": at + length, "guess": delivered["guess"]}, goes_on

    async def cycle(self, *, ready=True, flush=None, invalidate=False):
        """One clock cycle; with `ready` D takes an instruction and X finishes one. `flush` is where M goes on instead."""
        ctx, dut = self.ctx, self.dut
        ctx.set(dut.out.ready, ready)
        ctx.set(dut.redirect, flush is not None)
        ctx.set(dut.target, flush or 0)
        ctx.set(dut.invalidate, invalidate)
        ctx.set(dut.outcome.valid, 0)
        ctx.set(dut.outcome.wrong, 0)
        self.memory()
        wrong = False
        if self.x and ready and flush is None:
            outcome, goes_on = self.execute()
            behind = self.d["pc"] if self.d else ctx.get(dut.out.p.pc)
            taken = outcome["guess"]["taken"]
            assert taken or behind == self.pc + self.code.length(self.pc), "it goes straight on unless predicted otherwise"
            wrong = behind != goes_on
            if self.pc in self.code.transfers:
                self.run.executed[self.pc] += 1
            self.run.wrong[self.pc] += wrong
            self.run.retired += 1
            ctx.set(dut.outcome, outcome | {"wrong": wrong})
            self.pc = goes_on
            if wrong:
                ctx.set(dut.redirect, 1)
                ctx.set(dut.target, goes_on)
        delivered = self.delivered() if ready and ctx.get(dut.out.valid) else None
        if ready:
            self.x, self.d = self.d, delivered
        if wrong or flush is not None:
            self.x = self.d = None
        if flush is not None:
            self.pc = flush
        self.run.cycles += 1
        await ctx.tick()

    def delivered(self):
        payload = self.ctx.get(self.dut.out.p)
        assert not payload.fault
        guess, snapshot = payload.guess, payload.guess.snapshot
        return {"pc": payload.pc, "raw": payload.raw, "guess": {
            "known": guess.known, "counter": guess.counter, "taken": guess.taken,
            "snapshot": {name: snapshot[name] for name in ("history", "depth", "row")}}}


class Simulation:
    """A Fetch, elaborated once and reset for every bench."""

    def __init__(self, config):
        self.dut, self.bench, self.used = Fetch(config), None, False
        self.simulator = Simulator(self.dut)
        self.simulator.add_clock(1e-6)
        self.simulator.add_testbench(self.testbench)

    async def testbench(self, ctx):
        await self.bench(ctx, self.dut)

    def run(self, bench):
        self.bench = bench
        if self.used:
            self.simulator.reset()
        self.used = True
        self.simulator.run()


simulation = cache(Simulation)


def simulate(bench, config=CONFIG):
    """Run `bench(ctx, dut)` on a Fetch."""
    simulation(config).run(bench)


def settled(code, cycles, *, warm, config=CONFIG):
    """A Run of `cycles` after `warm` cycles of the same program."""
    result = []

    async def bench(ctx, dut):
        front = Front(ctx, dut, code)
        for _ in range(warm):
            await front.cycle()
        front.run = Run()
        for _ in range(cycles):
            await front.cycle()
        result.append(front.run)

    simulate(bench, config)
    return result[0]
