"""Random values: operands, CSR numbers and CSR contents that every legal implementation answers alike."""

import random
from dataclasses import dataclass, field
from functools import cache

from isa import insns
from isa.profile import PROFILES, Profile
from sim.fuzz import protection
from sim.fuzz.encode import MASK64

CORNERS = (0, 1, 2, MASK64, MASK64 - 1, 1 << 63, (1 << 63) - 1, 1 << 31, (1 << 31) - 1, 0xFFFFFFFF, 0xFFFFFFFF80000000,
           0x5555555555555555, 0xAAAAAAAAAAAAAAAA)

_FS, _SGEI, _CSRIND, _CUSTOM = 3 << 13, 1 << 12, 1 << 60, 1
_ENVCFG = 0xF << 4 | 1 << 61            # CBIE, CBCFE, CBZE and ADUE


@dataclass(frozen=True)
class Limits:
    """What a program can do on this profile, and what it must not because the judge of this name may legally answer otherwise.

    `unseen`: CSRs whose value goes to x0, so that only the access is checked. `constant`: CSRs not written, but that single
    bits in `flags` may be set and cleared. `writable`:
    bits of a CSR that may be written with anything, the others get 0; absent: all. `modes`: MODE of satp, vsatp, hgatp.
    `comparators`: values of stimecmp and vstimecmp. `one_timer`: never use both comparators.
    `aligned_zero`: cbo.zero only at the beginning of its block. `lines`: interrupts come from outside, at any time.
    """

    name: str
    profile: Profile
    unseen: frozenset[str] = frozenset()
    constant: frozenset[str] = frozenset()
    flags: dict[str, int] = field(default_factory=dict)
    writable: dict[str, int] = field(default_factory=dict)
    modes: tuple[int, ...] = (0, 8, 8, 8, *range(16))
    comparators: tuple[int, ...] = (0, MASK64, 1 << 62)
    one_timer: bool = False
    aligned_zero: bool = False
    lines: bool = False


# RTL and model in lockstep: nothing is excepted.
LOCKSTEP = Limits("rtl", PROFILES["default"])

# What stands here and why: sim/spike_differences.py.
SPIKE = Limits(
    "spike",
    PROFILES["spike"],
    unseen=frozenset(("cycle", "time", "mcycle")),
    constant=frozenset(("misa", "menvcfg", "henvcfg", "mcountinhibit")),
    flags={"menvcfg": _ENVCFG, "henvcfg": _ENVCFG},
    writable={
        **dict.fromkeys(("mstatus", "sstatus", "vsstatus"), MASK64 & ~_FS),
        **dict.fromkeys(("mie", "hie"), MASK64 & ~_SGEI),
        **dict.fromkeys(("mcause", "scause", "vscause"), 1 << 63 | 0x3F),
        **dict.fromkeys(("mtval2", "htval"), MASK64 >> 2),
        **dict.fromkeys(("mtinst", "htinst"), 0xFFFFFFFF),
        "hedeleg": MASK64 & ~1, "senvcfg": MASK64 & ~1, "mstateen0": MASK64 & ~(_CSRIND | _CUSTOM),
        "pmpcfg0": protection.UNLOCKED,
    },
    modes=(0, 8, 8, 8, 1, 7, 11, 15),
    comparators=(0, MASK64),
    one_timer=True,
    aligned_zero=True,
)

# Numbers that are nobody's, or that extensions outside every profile own.
ABSENT = (0x000, 0x001, 0x003, 0x008, 0x017, 0x0FF, 0x101, 0x110, 0x14F, 0x150, 0x1FF, 0x201, 0x214, 0x24E, 0x250, 0x2FF,
          0x311, 0x3A1, 0x3F0, 0x400, 0x4C0, 0x580, 0x601, 0x608, 0x60B, 0x612, 0x651, 0x6FF, 0x740, 0x7B0, 0x7C0, 0x800,
          0x9C0, 0xA00, 0xBC0, 0xC20, 0xC80, 0xCC0, 0xD00, 0xDB0, 0xE00, 0xE13, 0xEB0, 0xF00, 0xF16, 0xFFF)

@cache
def instructions(profile: Profile, *units: str) -> tuple[insns.Insn, ...]:
    """Instructions that a hart of this profile has in these units."""
    return tuple(i for i in insns.INSNS if i.unit in units and profile.has(i.ext))


_INSNS = [(insn.mask, insn.match) for insn in insns.INSNS]
_COMPRESSED = [(row.mask, row.match, row) for row in insns.COMPRESSED]


def value(rng: random.Random) -> int:
    """A register value: small, a corner, one bit, or anything."""
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(CORNERS)
    if kind < 0.6:
        return rng.randrange(-2048, 2048) & MASK64
    if kind < 0.7:
        return 1 << rng.randrange(64)
    return rng.getrandbits(rng.choice((16, 32, 32, 64)))


def csr_value(rng: random.Random, name: str, limits: Limits) -> int:
    """Contents for a CSR."""
    if name in ("stimecmp", "vstimecmp"):
        return rng.choice(limits.comparators)
    if name in ("satp", "vsatp", "hgatp"):
        return rng.choice(limits.modes) << 60 | rng.getrandbits(60)
    bits = rng.getrandbits(64) if rng.random() < 0.5 else value(rng)
    return bits & limits.writable.get(name, MASK64)


def word(rng: random.Random) -> int:
    """A 32-bit encoding that no instruction has: near to one, or far from all."""
    while True:
        if rng.random() < 0.7:
            mask, match = rng.choice(_INSNS)
            fixed = [bit for bit in range(2, 32) if mask >> bit & 1]
            bits = match | rng.getrandbits(32) & ~mask
            for bit in rng.sample(fixed, rng.randint(1, 2)):
                bits ^= 1 << bit
        else:
            bits = rng.getrandbits(32) | 3
        if not any(bits & mask == match for mask, match in _INSNS):
            return bits


def half(rng: random.Random) -> int:
    """A reserved 16-bit encoding: carved out of another one, or without any row."""
    reserved = [row for row in insns.COMPRESSED if not row.base]
    if rng.random() < 0.6:
        row = rng.choice(reserved)
        bits = row.match | rng.getrandbits(16) & ~row.mask & 0xFFFF
        if compressed(bits) == row:
            return bits
    while True:
        bits = rng.getrandbits(16)
        if bits & 3 != 3 and compressed(bits) is None:
            return bits


def compressed(bits: int) -> insns.Compressed | None:
    """The row of a 16-bit encoding."""
    return next((row for mask, match, row in _COMPRESSED if bits & mask == match), None)
