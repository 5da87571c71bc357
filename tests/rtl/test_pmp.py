"""rtl/pmp.py against the manual's rules, by a reference that looks at one address and all entries at once."""

import random
from dataclasses import replace

import pytest
from amaranth.sim import Simulator

from isa.profile import PROFILES
from rtl.config import CONFIGS
from rtl.pmp import Pmp

OFF, TOR, NA4, NAPOT = range(4)
R, W, X, L = 1, 2, 4, 0x80


class Reference:
    """The registers as the manual describes them."""

    def __init__(self, regions, grain_bytes):
        self.regions, self.g = regions, grain_bytes.bit_length() - 3
        self.cfg, self.addr = [0] * 16, [0] * 16

    def a(self, i):
        return self.cfg[i] >> 3 & 3

    def read(self, number):
        if number < 16:
            return sum(self.cfg[number // 2 * 8 + i] << 8 * i for i in range(8))
        i = number - 16
        if self.a(i) == NAPOT:
            return self.addr[i] | (1 << self.g - 1) - 1
        return self.addr[i] & -1 << self.g

    def write(self, number, value):
        if number < 16:
            for i in range(number // 2 * 8, min(number // 2 * 8 + 8, self.regions)):
                byte = value >> 8 * (i % 8) & 0x9f
                if not self.cfg[i] & L:
                    byte &= ~W if not byte & R else -1
                    self.cfg[i] = byte | (byte >> 4 & 1) << 3       # NA4 becomes NAPOT
            return
        i = number - 16
        above = i + 1 < 16 and self.cfg[i + 1] & L and self.a(i + 1) == TOR
        if i < self.regions and not self.cfg[i] & L and not above:
            self.addr[i] = value & (1 << 54) - 1 & -1 << self.g - 1

    def matches(self, i, word):
        """Does entry i match the four bytes at word * 4?"""
        top = self.addr[i] >> self.g << self.g
        if self.a(i) == TOR:
            bottom = self.addr[i - 1] >> self.g << self.g if i else 0
            return bottom <= word < top
        if self.a(i) == NAPOT:
            ones = self.read(16 + i)
            size = (ones ^ ones + 1) + 1        # of the region, in words
            return word // size == ones // size
        return False

    def verdict(self, ppn, machine):
        """R, W, X of a page."""
        for i in range(self.regions):
            if self.matches(i, ppn << 10):
                return R | W | X if machine and not self.cfg[i] & L else self.cfg[i] & 7
        return R | W | X if machine else 0


class Bench:
    """The unit and the reference side by side."""

    def __init__(self, regions, grain):
        profile = replace(PROFILES["full"], pmp_regions=regions, pmp_grain=grain)
        self.dut = Pmp(replace(CONFIGS["default"], profile=profile))
        self.reference = Reference(regions, grain)

    def run(self, bench):
        async def drive(ctx):
            self.ctx = ctx
            await bench(self)
        sim = Simulator(self.dut)
        sim.add_clock(1e-6)
        sim.add_testbench(drive)
        sim.run()

    async def access(self, number, value=None):
        """One CSR instruction; without a value it only reads."""
        ctx, csr = self.ctx, self.dut.csr
        for signal, setting in ((csr.select, 1), (csr.number, number)):
            ctx.set(signal, setting)
        assert ctx.get(csr.hold)
        await ctx.tick()
        assert not ctx.get(csr.hold)
        ctx.set(csr.write, value is not None)
        ctx.set(csr.new, value or 0)
        assert ctx.get(csr.value) == self.reference.read(number), number
        if value is not None:
            self.reference.write(number, value)
            assert ctx.get(csr.written) == self.reference.read(number), (number, hex(value))
        await ctx.tick()
        ctx.set(csr.select, 0)
        ctx.set(csr.write, 0)
        assert ctx.get(self.dut.changed) == (value is not None)
        await ctx.tick()

    async def verdict(self, ppn, machine, disturb=lambda: False):
        """What the unit says, and after how many cycles."""
        ctx, check = self.ctx, self.dut.check
        ctx.set(check.check, 1)
        ctx.set(check.ppn, ppn)
        ctx.set(check.machine, machine)
        cycles = 1
        while True:
            ctx.set(self.dut.csr.select, disturb())
            if ctx.get(check.done):
                break
            await ctx.tick()
            cycles += 1
            assert cycles < 60
        ctx.set(self.dut.csr.select, 0)
        answer = ctx.get(check.r) | ctx.get(check.w) << 1 | ctx.get(check.x) << 2
        await ctx.tick()
        ctx.set(check.check, 0)
        await ctx.tick()
        return answer, cycles


def some_address(r):
    """pmpaddr near a few boundaries, with trailing ones of any length."""
    base = r.choice((0x2000_0000, 0x2000_0400, 0x2010_0000, 0, r.randrange(1 << 54)))
    return base & -1 << (n := r.randrange(0, 40)) | (1 << n) - 1 if r.random() < 0.5 else base + r.choice((0, 0x200, -1, 0x400))


@pytest.mark.parametrize("regions, grain", [(8, 4096), (16, 4096), (8, 1 << 16)])
@pytest.mark.parametrize("seed", range(3))
def test_registers_and_verdicts(regions, grain, seed):
    r, disturbs = random.Random(seed), random.Random(seed)

    async def drive(bench):
        seen = 0
        for step in range(160):
            number = r.choice((0, 2) * 3 + (*range(16, 32),))
            value = some_address(r) if number >= 16 else r.randrange(1 << 64)
            if number < 16 and step < 120:
                value &= 0x1f1f1f1f1f1f1f1f         # locks come late
            elif number < 16:
                value &= ~(0x8080808080808080 & r.randrange(1 << 64))
            await bench.access(number, value if r.random() < 0.7 else None)
            for _ in range(3):
                ppn = r.choice((0x80000, 0x80001, 0x7ffff, 0x80400, 0x803ff, r.randrange(1 << 44)))
                machine = r.randrange(2)
                busy = r.random() < 0.2
                answer, _ = await bench.verdict(ppn, machine, lambda busy=busy: busy and disturbs.random() < 0.5)
                assert answer == bench.reference.verdict(ppn, machine), (hex(ppn), machine)
                seen += answer not in (0, 7)
        locked = sum(cfg >> 7 for cfg in bench.reference.cfg)
        assert locked and seen > 10
    Bench(regions, grain).run(drive)


def test_it_looks_no_further_than_it_must():
    """The first match ends the check, and so does the last entry in use; M-mode waits for nothing without a lock."""
    async def drive(bench):
        assert await bench.verdict(0x80000, 0) == (0, 1)
        for i, top in enumerate((0x1000, 0x2000, 0x3000)):
            await bench.access(16 + i, top << 10)
        await bench.access(0, 0x0f0d_09)
        for ppn, answer in ((0x100, (1, 1)), (0x1fff, (5, 2)), (0x2000, (7, 3)), (0x3000, (0, 3))):
            assert await bench.verdict(ppn, 0) == answer
        assert await bench.verdict(0x3000, 1) == (7, 1)
        await bench.access(0, 0x0f0d_09 | L << 16)
        assert await bench.verdict(0x3000, 1) == (7, 3)
    Bench(8, 4096).run(drive)


def test_a_check_that_is_withdrawn_leaves_nothing():
    async def drive(bench):
        await bench.access(16, 0x1000 << 10)
        await bench.access(17, 0x2000 << 10)
        await bench.access(0, 0x0f_08)
        ctx, check = bench.ctx, bench.dut.check
        ctx.set(check.ppn, 0x1800)
        ctx.set(check.check, 1)
        await ctx.tick()
        ctx.set(check.check, 0)
        await ctx.tick()
        assert await bench.verdict(0x800, 0) == (0, 1)
    Bench(8, 4096).run(drive)
