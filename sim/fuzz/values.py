"""Random values: operands, CSR numbers and CSR contents that every legal implementation answers alike."""

import random
from dataclasses import dataclass, field, replace
from functools import cache

from isa import csrs, insns
from isa.profile import PROFILES, Profile
from sim.fuzz import protection
from sim.fuzz.encode import MASK64

CORNERS = (0, 1, 2, MASK64, MASK64 - 1, 1 << 63, (1 << 63) - 1, 1 << 31, (1 << 31) - 1, 0xFFFFFFFF, 0xFFFFFFFF80000000,
           0x5555555555555555, 0xAAAAAAAAAAAAAAAA)

_SGEI, _LCOFI = 1 << 12, 1 << 13
ENVCFG, ADUE = 0xF << 4, 1 << 61         # CBIE, CBCFE and CBZE; A and D bits by hardware
SE0, SENVCFG = 1 << 63, 1 << 62          # of mstateen0 and hstateen0
_STATUS = sum(f.mask for f in csrs.BY_NAME["mstatus"].fields)


@dataclass(frozen=True)
class Limits:
    """What a program can do on this profile, and what it must not because the judge of this name may legally answer otherwise.

    `unseen`: CSRs whose value goes to x0, so that only the access is checked. `constant`: CSRs not written, but that single
    bits in `flags` may be set and cleared. `writable`:
    bits of a CSR that may be written with anything, the others get 0; absent: all. `modes`: MODE of satp, vsatp, hgatp.
    `comparators`: values of stimecmp and vstimecmp. `one_timer`: never use both comparators.
    `aligned_zero`: cbo.zero only at the beginning of its block.
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


# RTL and model in lockstep: nothing is excepted.
LOCKSTEP = Limits("rtl", PROFILES["default"])
# PMP is open after reset in Spike, and closed in this machine; a random program sets it up before it leaves M.
_PROFILE = replace(PROFILES["spike"], extensions=PROFILES["spike"].extensions | {"Smpmp"}, pmp_regions=8)

# Spike: its own counters and identity; SGEI although GEILEN = 0; more counter enables; FS and hedeleg[0]; no FIOM;
# xcause, xtval2 and xtinst of 64 bits; Sv48 and Sv57; and it forgets the other comparator's pending bit on a write.
SPIKE = Limits(
    "spike",
    _PROFILE,
    unseen=frozenset(("cycle", "time", "mcycle", "mcountinhibit")),
    constant=frozenset(("misa", "mcycle", "mcountinhibit", "menvcfg", "henvcfg")),
    flags={"menvcfg": ENVCFG | ADUE, "henvcfg": ENVCFG | ADUE},
    writable={
        "mstatus": _STATUS, "sstatus": _STATUS, "vsstatus": _STATUS,
        "hstatus": sum(f.mask for f in csrs.BY_NAME["hstatus"].fields),
        "scounteren": 7, "hcounteren": 7, "mcounteren": 7, "senvcfg": ENVCFG,
        "mstateen0": SE0 | SENVCFG, "hstateen0": SE0 | SENVCFG, **dict.fromkeys(("mstateen1", "mstateen2", "mstateen3"), SE0),
        **dict.fromkeys(("hstateen1", "hstateen2", "hstateen3"), SE0),
        **dict.fromkeys(("sstateen0", "sstateen1", "sstateen2", "sstateen3"), 0),
        "pmpcfg0": protection.UNLOCKED, "mcyclecfg": 0x1F << 58, "minstretcfg": 0x1F << 58,
        "mie": 0xFFF, "sie": 0xFFF, "hie": 0xFFF, "vsie": 0xFFF, "mip": 0xFFF, "sip": 0xFFF, "hip": 0xFFF,
        "vsip": 0xFFF, "hvip": 0xFFF,
        "mideleg": MASK64 & ~_SGEI & ~_LCOFI, "hideleg": MASK64 & ~_SGEI & ~_LCOFI, "hedeleg": MASK64 & ~1,
        "mcause": 1 << 63 | 0x3F, "scause": 1 << 63 | 0x3F, "vscause": 1 << 63 | 0x3F,
        "mtval2": MASK64 >> 2, "htval": MASK64 >> 2, "mtinst": 0xFFFFFFFF, "htinst": 0xFFFFFFFF,
        "mtvec": MASK64 & ~2, "stvec": MASK64 & ~2, "vstvec": MASK64 & ~2,
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
        if bits & 31 != 31 and not any(bits & mask == match for mask, match in _INSNS):
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
