"""rtl/from_isa.py: immediates against the integer helpers of `isa.insns`, memory attributes at the edges of
regions."""

import random

import pytest
from amaranth.hdl import C, Cat, Module, Signal
from amaranth.sim import Simulator

from isa import platform
from isa.insns import FIELDS, IMMEDIATES, extract
from isa.profile import PROFILES
from rtl import from_isa

RAM = platform.RAM_BASE >> 12


def evaluate(width, build, inputs):
    """Values of a combinational expression `build(signal)` for each input."""
    m = Module()
    source = Signal(width)
    expression = build(source)
    result = Signal(expression.shape())
    m.d.comb += result.eq(expression)
    out = []

    async def bench(ctx):
        for value in inputs:
            ctx.set(source, value)
            await ctx.delay(1e-9)
            out.append(ctx.get(result))

    sim = Simulator(m)
    sim.add_testbench(bench)
    sim.run()
    return out


@pytest.mark.parametrize("name", IMMEDIATES)
def test_immediates_are_sign_extended(name):
    words = [random.Random(name).getrandbits(32) for _ in range(50)] + [0, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF]
    got = evaluate(32, lambda insn: from_isa.immediate(insn, name, 32).as_signed(), words)
    wanted = [extract(word, IMMEDIATES[name]) for word in words]
    assert got == [v - (1 << 32) if v >> 31 == 1 else v for v in wanted]


@pytest.mark.parametrize("name", ["shamt5", "shamt6", "zimm"])
def test_plain_fields_are_unsigned(name):
    hi, lo = FIELDS[name]
    got = evaluate(32, lambda insn: from_isa.immediate(insn, name, 32), [0xFFFFFFFF])
    assert got == [(1 << hi - lo + 1) - 1]


def test_bits_without_a_piece_are_zero():
    got = evaluate(16, lambda half: from_isa.scattered(half, "5:4@2 7@0", signed=False, width=16), [0xFFFF])
    assert got == [0b10110000]


def attributes(address):
    """RAM, ROM: as `isa.platform` says in words."""
    rom = any(r.base <= address < r.base + r.size for r in platform.DEVICES if r.rom)
    return int(address >= platform.RAM_BASE) | int(rom) << 1


def test_memory_attributes():
    edges = [0, platform.RAM_BASE, platform.RAM_BASE + platform.RAM_SIZE, 1 << 40, (1 << 56) - 1]
    edges += [end for region in platform.DEVICES for end in (region.base, region.base + region.size)]
    addresses = sorted({a + d for a in edges for d in (-8, -1, 0, 1, 7) if 0 <= a + d < 1 << 56})
    got = evaluate(56, lambda a: Cat(from_isa.is_ram(a), from_isa.is_rom(a)), addresses)
    assert dict(zip(addresses, got, strict=True)) == {a: attributes(a) for a in addresses}


@pytest.mark.parametrize("first, last", [(0, 0), (1, 0), (RAM, RAM), (RAM + 3, RAM + 5)])
def test_what_caches_may_hold(first, last):
    top = 1 << from_isa.CACHED_PAGE_BITS
    pages = [0, RAM - 1, *range(RAM, RAM + 8), top - 1, top, top + RAM, (1 << 44) - 1]
    got = evaluate(44, lambda page: from_isa.is_cached(page, C(first, 24), C(last, 24)), pages)
    assert got == [int(RAM <= page < top and not first <= page <= last) for page in pages]


def test_rows_follow_the_profile():
    assert "hlv.w" in {row.name for row in from_isa.rows(PROFILES["default"])}
    assert "hlv.w" not in {row.name for row in from_isa.rows(PROFILES["default"].without("H"))}
