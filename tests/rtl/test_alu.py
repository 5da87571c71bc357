"""rtl/alu.py: every instruction against Python's integers, at random operands and corner values."""

import random

from amaranth.sim import Simulator

from isa.insns import INSNS
from rtl.alu import Alu, operation

MASK = (1 << 64) - 1
CORNERS = [0, 1, 2, 31, 32, 63, 64, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32,
           (1 << 63) - 1, 1 << 63, MASK - 1, MASK]


def sext(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def rotate(value, by, bits):
    """The low bits of a value, rotated to the left."""
    digits = format(value & (1 << bits) - 1, f"0{bits}b")
    return int(digits[by % bits:] + digits[:by % bits], 2)


def clz(value, bits):
    return bits - (value & (1 << bits) - 1).bit_length()


def ctz(value, bits):
    digits = format(value & (1 << bits) - 1, "b")
    return len(digits) - len(digits.rstrip("0")) if "1" in digits else bits


# a and b as 64 bits, n the bits of the operation; a result of any sign and length, of which the low n bits count.
REFERENCE = {
    "add":       lambda a, b, n: a + b,
    "sub":       lambda a, b, n: a - b,
    "sll":       lambda a, b, n: a << b % n,
    "srl":       lambda a, b, n: (a & (1 << n) - 1) >> b % n,
    "sra":       lambda a, b, n: sext(a, n) >> b % n,
    "slt":       lambda a, b, n: sext(a, 64) < sext(b, 64),
    "sltu":      lambda a, b, n: a < b,
    "xor":       lambda a, b, n: a ^ b,
    "or":        lambda a, b, n: a | b,
    "and":       lambda a, b, n: a & b,
    "add.uw":    lambda a, b, n: a % 2**32 + b,
    "sh1add":    lambda a, b, n: 2 * a + b,
    "sh2add":    lambda a, b, n: 4 * a + b,
    "sh3add":    lambda a, b, n: 8 * a + b,
    "sh1add.uw": lambda a, b, n: 2 * (a % 2**32) + b,
    "sh2add.uw": lambda a, b, n: 4 * (a % 2**32) + b,
    "sh3add.uw": lambda a, b, n: 8 * (a % 2**32) + b,
    "slli.uw":   lambda a, b, n: a % 2**32 << b % 64,
    "andn":      lambda a, b, n: a & ~b,
    "orn":       lambda a, b, n: a | ~b,
    "xnor":      lambda a, b, n: ~(a ^ b),
    "min":       lambda a, b, n: min(sext(a, 64), sext(b, 64)),
    "minu":      lambda a, b, n: min(a, b),
    "max":       lambda a, b, n: max(sext(a, 64), sext(b, 64)),
    "maxu":      lambda a, b, n: max(a, b),
    "rol":       lambda a, b, n: rotate(a, b % n, n),
    "ror":       lambda a, b, n: rotate(a, n - b % n, n),
    "clz":       lambda a, b, n: clz(a, n),
    "ctz":       lambda a, b, n: ctz(a, n),
    "cpop":      lambda a, b, n: (a % 2**n).bit_count(),
    "sext.b":    lambda a, b, n: sext(a, 8),
    "sext.h":    lambda a, b, n: sext(a, 16),
    "zext.h":    lambda a, b, n: a % 2**16,
    "orc.b":     lambda a, b, n: int.from_bytes(255 if octet else 0 for octet in a.to_bytes(8)),
    "rev8":      lambda a, b, n: int.from_bytes(a.to_bytes(8, "little")),
    "bclr":      lambda a, b, n: a & ~(1 << b % 64),
    "bset":      lambda a, b, n: a | 1 << b % 64,
    "binv":      lambda a, b, n: a ^ 1 << b % 64,
    "bext":      lambda a, b, n: a >> b % 64 & 1,
    "czero.eqz": lambda a, b, n: a if b else 0,
    "czero.nez": lambda a, b, n: 0 if b else a,
}
IMMEDIATE = {"addi": "add", "slti": "slt", "sltiu": "sltu", "xori": "xor", "ori": "or", "andi": "and", "slli": "sll",
             "srli": "srl", "srai": "sra", "addiw": "addw", "slliw": "sllw", "srliw": "srlw", "sraiw": "sraw",
             "rori": "ror", "roriw": "rorw", "bclri": "bclr", "bexti": "bext", "binvi": "binv", "bseti": "bset",
             "lui": "add", "auipc": "add"}
NAMES = [row.name for row in INSNS if row.unit in ("alu", "bits")]


def expected(name, a, b):
    base = IMMEDIATE.get(name, name)
    word = base not in REFERENCE
    return sext(int(REFERENCE[base.removesuffix("w") if word else base](a, b, 32 if word else 64)), 32 if word else 64) & MASK


def operands(rng):
    """Corner values with each other, and random ones of all lengths."""
    pairs = [(rng.choice(CORNERS), rng.choice(CORNERS)) for _ in range(25)]
    pairs += [(rng.getrandbits(64), rng.getrandbits(64)) for _ in range(15)]
    pairs += [(rng.getrandbits(rng.randrange(1, 65)), rng.getrandbits(6)) for _ in range(15)]
    pairs += [(value, value) for value in (0, MASK, rng.getrandbits(64))]
    return pairs


def simulate(bench):
    dut = Alu()
    sim = Simulator(dut)

    async def testbench(ctx):
        await bench(ctx, dut)

    sim.add_testbench(testbench)
    sim.run()


def test_instructions():
    async def bench(ctx, dut):
        for name in NAMES:
            ctx.set(dut.op, operation(name))
            for a, b in operands(random.Random(name)):
                ctx.set(dut.a, a)
                ctx.set(dut.b, b)
                await ctx.delay(1e-9)
                assert ctx.get(dut.result) == expected(name, a, b), (name, hex(a), hex(b))

    simulate(bench)


def test_comparisons():
    """What branches ask for, whatever the operation."""
    async def bench(ctx, dut):
        for name in ("add", "slt"):
            ctx.set(dut.op, operation(name))
            for a, b in operands(random.Random(3)):
                ctx.set(dut.a, a)
                ctx.set(dut.b, b)
                await ctx.delay(1e-9)
                assert ctx.get(dut.less) == expected("slt" if name == "slt" else "sltu", a, b)
                assert ctx.get(dut.equal) == (a == b)

    simulate(bench)
