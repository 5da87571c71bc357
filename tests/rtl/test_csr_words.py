"""rtl/csr_words.py: plain reads and writes, and what a trap writes when."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.csr_words import EVEN, ODD, WORDS, CsrWords, Place, place
from rtl.types import Arm

# By the arm of a trap, in the order pc, tval, cause, tval2, tinst.
WRITTEN = {
    Arm.VS: ("vsepc", "vstval", "vscause"),
    Arm.HS: ("sepc", "stval", "scause", "htval", "htinst"),
    Arm.M:  ("mepc", "mtval", "mcause", "mtval2", "mtinst"),
}
TVEC = {Arm.VS: "vstvec", Arm.HS: "stvec", Arm.M: "mtvec"}


def simulate(dut, bench):
    async def after_reset(ctx):
        cycles = 0
        while ctx.get(dut.busy):
            await ctx.tick()
            cycles += 1
        assert cycles == 16
        await bench(ctx)

    sim = Simulator(dut)
    sim.add_clock(1e-6)
    sim.add_testbench(after_reset)
    sim.run()


async def write(ctx, dut, name, value):
    ctx.set(dut.at, Place.from_bits(place(name)))
    ctx.set(dut.data, value)
    ctx.set(dut.write, 1)
    await ctx.tick()
    ctx.set(dut.write, 0)
    ctx.set(dut.data, 0)


def read(ctx, dut, name):
    ctx.set(dut.at, Place.from_bits(place(name)))
    return ctx.get(dut.value)


def test_places():
    assert len(WORDS) == len({place(name) for name in WORDS}) == 32 == len(EVEN + ODD)


@pytest.mark.parametrize("seed", range(3))
def test_words(seed):
    dut, r = CsrWords(), random.Random(seed)

    async def bench(ctx):
        words = dict.fromkeys(WORDS, 0)
        for _ in range(120):
            if r.random() < 0.7:
                name, value = r.choice(sorted(WORDS)), r.getrandbits(64)
                await write(ctx, dut, name, value)
                words[name] = value
            else:
                arm, interrupt, cause, code = r.choice(list(Arm)), r.randrange(2), r.getrandbits(6), r.getrandbits(6)
                pc, tval, tval2, tinst = (r.getrandbits(bits) for bits in (64, 64, 62, 32))
                ctx.set(dut.arm, arm)
                ctx.set(dut.cause, code)
                ctx.set(dut.trap, {"interrupt": interrupt, "cause": cause, "pc": pc, "tval": tval, "tval2": tval2,
                                   "tinst": tinst})
                assert ctx.get(dut.base) == words[TVEC[arm]] & ~2
                ctx.set(dut.trap_enter, 1)
                await ctx.tick()
                ctx.set(dut.trap_enter, 0)
                ctx.set(dut.trap, {"pc": -1, "tval": -1, "tval2": -1, "tinst": -1, "cause": -1})
                ctx.set(dut.arm, r.choice(list(Arm)))
                for _ in range(3):
                    assert ctx.get(dut.busy)
                    await ctx.tick()
                assert not ctx.get(dut.busy)
                values = pc & ~1, tval, interrupt << 63 | code, tval2, tinst
                words |= dict(zip(WRITTEN[arm], values, strict=False))
            if r.random() < 0.2:
                for name in WORDS:
                    assert read(ctx, dut, name) == words[name], name
        assert {name: read(ctx, dut, name) for name in WORDS} == words

    simulate(dut, bench)
