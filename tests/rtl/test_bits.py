"""rtl/bits.py: every operation against loops over the bits."""

import random

import pytest
from amaranth.sim import Simulator

from rtl.bits import Bits, BitsOp

MASK = (1 << 64) - 1


def bits_of(value, count):
    """Bits of a number, the lowest first."""
    return [value >> i & 1 for i in range(count)]


def until_one(bits):
    return next((i for i, bit in enumerate(bits) if bit), len(bits))


def octets(value):
    return [value >> i & 255 for i in range(0, 64, 8)]


def joined(values):
    return sum(value << 8 * i for i, value in enumerate(values))


REFERENCE = {
    BitsOp.CLZ:    lambda a, n: until_one(bits_of(a, n)[::-1]),
    BitsOp.CTZ:    lambda a, n: until_one(bits_of(a, n)),
    BitsOp.CPOP:   lambda a, n: sum(bits_of(a, n)),
    BitsOp.ORC_B:  lambda a, n: joined(255 * (octet != 0) for octet in octets(a)),
    BitsOp.REV8:   lambda a, n: joined(octets(a)[::-1]),
    BitsOp.SEXT_B: lambda a, n: a & 0x7F | (MASK ^ 0x7F) * (a >> 7 & 1),
    BitsOp.SEXT_H: lambda a, n: a & 0x7FFF | (MASK ^ 0x7FFF) * (a >> 15 & 1),
    BitsOp.ZEXT_H: lambda a, n: a & 0xFFFF,
}
OPERATIONS = [*((op, 0) for op in BitsOp), (BitsOp.CLZ, 1), (BitsOp.CTZ, 1), (BitsOp.CPOP, 1)]


@pytest.mark.parametrize("op, word", OPERATIONS)
def test_operations(op, word):
    rng = random.Random(5)
    values = [0, MASK, 0xFFFFFFFF, MASK ^ 0xFFFFFFFF, 0x8000000080000000]
    values += [1 << i for i in range(64)] + [MASK << i & MASK for i in range(64)] + [MASK >> i for i in range(64)]
    values += [rng.getrandbits(64) & rng.getrandbits(64) for _ in range(100)]
    dut = Bits()

    async def bench(ctx):
        ctx.set(dut.op, op)
        ctx.set(dut.word, word)
        for a in values:
            ctx.set(dut.a, a)
            await ctx.delay(1e-9)
            assert ctx.get(dut.result) == REFERENCE[op](a, 32 if word else 64), hex(a)

    sim = Simulator(dut)
    sim.add_testbench(bench)
    sim.run()
