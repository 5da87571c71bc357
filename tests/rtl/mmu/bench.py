"""A memory-management unit with a memory behind it, for the tests of `rtl/mmu`."""

from dataclasses import asdict, replace

from amaranth.sim import Simulator

from rtl.config import CONFIGS
from rtl.mmu.mmu import Mmu
from rtl.types import Access, FenceKind
from tests.rtl.mmu.reference import FETCH, UBIT, A, BusError, Context, D, Memory, R, V, W, X

CONFIG = replace(CONFIGS["tiny"], tlb_entries=4, walk_entries=4)
FIELDS = ("fault", "cause", "tval2", "implicit", "implicit_write", "bus_error")
RWX, LEAF = R | W | X, V | A | D
SATP, VSATP, HGATP = 0x80100, 0x80200, 0x80400      # root pages
FULL = Context(satp_mode=1, satp_ppn=SATP, vsatp_mode=1, vsatp_ppn=VSATP, hgatp_mode=1, hgatp_ppn=HGATP)
SFENCE, VVMA, GVMA = FenceKind.SFENCE_VMA, FenceKind.HFENCE_VVMA, FenceKind.HFENCE_GVMA


class Bench:
    """The unit with a memory behind it. `delays` yields wait states of the memory."""

    def __init__(self, memory, config=CONFIG, delays=lambda: 0):
        self.dut, self.memory, self.config, self.delays = Mmu(config), memory, config, delays
        self.reads = self.writes = 0
        self.hit = False        # the TLB had the last answer

    def run(self, *benches):
        sim = Simulator(self.dut)
        sim.add_clock(1e-6)
        sim.add_testbench(self._serve, background=True)
        for bench in benches:
            sim.add_testbench(bench)
        sim.run()

    async def _serve(self, ctx):
        memory = self.dut.memory
        while True:
            while not ctx.get(memory.valid):
                await ctx.tick()
            address = ctx.get(memory.paddr)
            write, data = ctx.get(memory.write), ctx.get(memory.wdata)
            for _ in range(self.delays()):
                await ctx.tick()
                assert ctx.get(memory.valid) and ctx.get(memory.paddr) == address, "a started access is held"
                assert (ctx.get(memory.write), ctx.get(memory.wdata)) == (write, data)
            if write:
                self.memory.words[address] = data
                self.writes += 1
            else:
                try:
                    ctx.set(memory.rdata, self.memory.read(address))
                except BusError:
                    ctx.set(memory.error, 1)
                self.reads += 1
            ctx.set(memory.done, 1)
            await ctx.tick()
            ctx.set(memory.done, 0)
            ctx.set(memory.error, 0)

    def set_context(self, ctx, context):
        ctx.set(self.dut.context, asdict(context))

    async def translate(self, ctx, vaddr, access, mode, hlvx=0, port=None, update=1):
        port = port or (self.dut.fetch if access == FETCH else self.dut.data)
        ctx.set(port.request.p, {"vaddr": vaddr, "access": Access(access), "hlvx": hlvx, "mode": mode, "update": update})
        ctx.set(port.request.valid, 1)
        waited = 0
        while not ctx.get(port.request.ready):
            await ctx.tick()
            waited += 1
            assert waited < 500, "no answer"
        # Nothing is looked up ahead here: the data port needs two cycles more.
        self.hit = waited == (0 if port is self.dut.fetch else 2)
        response = ctx.get(port.response)
        if response.fault:
            answer = {name: getattr(response, name) for name in FIELDS}
            if response.bus_error:
                answer["error_paddr"] = response.error_paddr
        elif response.needs_update:
            answer = {"needs_update": 1}
        else:
            answer = {name: getattr(response, name) for name in ("fault", "paddr", "ram", "rom", "cached")}
        await ctx.tick()
        ctx.set(port.request.valid, 0)
        return answer

    async def fence(self, ctx, kind, virtual=0, addr=None, id=None):
        ctx.set(self.dut.fence, {"valid": 1, "kind": kind, "virtual": virtual, "has_addr": addr is not None,
                                 "has_id": id is not None, "addr": addr or 0, "id": id or 0})
        await ctx.tick()
        ctx.set(self.dut.fence, {"valid": 0})


class Tables(Memory):
    """Memory with helpers that map pages; tables are taken from a pool of pages. Nothing is invented."""

    def __init__(self):
        super().__init__(invent=False)
        self.pool = iter(range(0x80800, 0x80c00))

    def map(self, root, vaddr, paddr, bits, level=0, bits_of_root=9):
        """Map one page of a size; returns the address of the leaf."""
        table = root << 12
        for depth in (2, 1, 0):
            at = table + 8 * (vaddr >> 12 + 9 * depth & (1 << (bits_of_root if depth == 2 else 9)) - 1)
            if depth == level:
                self.words[at] = paddr >> 12 << 10 | bits
                return at
            self.words.setdefault(at, next(self.pool) << 10 | V)
            table = self.words[at] >> 10 << 12
        raise AssertionError

    def guest(self, root=VSATP, groot=HGATP):
        """Map guest-physical RAM one to one with 1 GiB pages, so that VS-stage tables can lie in `pool`."""
        for gib in range(4):
            self.map(groot, gib << 30, gib << 30, LEAF | RWX | UBIT, level=2, bits_of_root=11)


def directed(bench_function, memory=None, **options):
    bench = Bench(memory or Tables(), **options)

    async def drive(ctx):
        bench.set_context(ctx, FULL)
        await bench_function(bench, ctx)
    bench.run(drive)
