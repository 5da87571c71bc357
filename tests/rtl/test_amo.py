"""rtl/amo.py: a table of operations against integers, in both sizes."""

import random

from amaranth.sim import Simulator

from rtl.amo import Amo, AmoOp

CORNERS = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]


def sext(value, bits):
    return value - (1 << bits) if value >> bits - 1 else value


OPERATIONS = {
    AmoOp.SC:   lambda old, new, bits: new,
    AmoOp.SWAP: lambda old, new, bits: new,
    AmoOp.ADD:  lambda old, new, bits: old + new,
    AmoOp.XOR:  lambda old, new, bits: old ^ new,
    AmoOp.AND:  lambda old, new, bits: old & new,
    AmoOp.OR:   lambda old, new, bits: old | new,
    AmoOp.MIN:  lambda old, new, bits: min(old, new, key=lambda v: sext(v, bits)),
    AmoOp.MAX:  lambda old, new, bits: max(old, new, key=lambda v: sext(v, bits)),
    AmoOp.MINU: lambda old, new, bits: min(old, new),
    AmoOp.MAXU: lambda old, new, bits: max(old, new),
}


def test_operations():
    rng = random.Random(14)
    pairs = [(a, b) for a in CORNERS for b in CORNERS]
    pairs += [(rng.getrandbits(64), rng.getrandbits(64)) for _ in range(40)]
    dut = Amo()

    async def bench(ctx):
        for op, compute in OPERATIONS.items():
            for bits in (32, 64):
                mask = (1 << bits) - 1
                ctx.set(dut.op, op)
                ctx.set(dut.word, bits == 32)
                for old, source in pairs:
                    ctx.set(dut.old, sext(old & mask, bits) & (1 << 64) - 1)
                    ctx.set(dut.source, source)
                    await ctx.delay(1e-9)
                    want = compute(old & mask, source & mask, bits) & mask
                    assert ctx.get(dut.new) & mask == want, (op, bits, hex(old), hex(source))

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()


def test_every_operation_that_stores_has_a_reference():
    assert set(OPERATIONS) == set(AmoOp) - {AmoOp.LR}
