"""Facts of `isa/` turned into hardware: instruction patterns, immediates and memory attributes.

Manual: unprivileged ch. 2 "Immediate Encoding Variants"; privileged "Physical Memory Attributes".
"""

from amaranth.hdl import *

from isa import platform
from isa.insns import FIELDS, IMMEDIATES, INSNS, Insn, pieces
from isa.paging import PAGE_SHIFT
from isa.profile import Profile


def rows(profile: Profile) -> list[Insn]:
    """Instructions that a hart of this profile has."""
    return [row for row in INSNS if profile.has(row.ext)]


def field(insn: Value, name: str) -> Value:
    """A register or immediate field of a 32-bit instruction."""
    hi, lo = FIELDS[name]
    return insn[lo:hi + 1]


def immediate(insn: Value, name: str, width: int) -> Value:
    """Operand `name` of a 32-bit instruction, `width` bits: the sign is extended from an immediate's highest
    piece, shift amounts and `zimm` are unsigned."""
    if name not in IMMEDIATES:
        return C(0, width) | field(insn, name)
    return scattered(insn, IMMEDIATES[name], signed=True, width=width)


def scattered(word: Value, spec: str, *, signed: bool, width: int) -> Value:
    """Immediate of `width` bits whose pieces stand in `word` as `spec` says; bits that no piece supplies are
    zero."""
    bits = [C(0, 1)] * width
    top = max((hi for hi, _, _ in pieces(spec)), default=-1)
    for hi, lo, at in pieces(spec):
        bits[lo:hi + 1] = [word[at + i] for i in range(hi - lo + 1)]
    if signed and top >= 0:
        bits[top + 1:] = [bits[top]] * (width - top - 1)
    return Cat(*bits)


def is_ram(paddr: Value) -> Value:
    """Does this physical byte address have the attributes of RAM: every access, AMO and LR/SC included?"""
    return paddr >= platform.RAM_BASE


CACHED_BITS = 36        # of physical address: RAM above these 64 GiB works, but caches, whose tags are short, leave it alone
CACHED_PAGE_BITS = CACHED_BITS - PAGE_SHIFT


def is_cached(page: Value, uncached_first: Value, uncached_last: Value) -> Value:
    """May caches hold this physical page (44 bits)? RAM outside of the pages uncached_first to uncached_last may be
    cached."""
    low, high = page[:CACHED_PAGE_BITS], page[CACHED_PAGE_BITS:]
    return is_ram(Cat(C(0, PAGE_SHIFT), page)) & ~high.any() & ~((low >= uncached_first) & (low <= uncached_last))


def is_rom(paddr: Value) -> Value:
    """Does this physical byte address lie in a region that allows fetches and loads only, besides stores to a
    device?"""
    return Cat(in_region(paddr, region) for region in platform.DEVICES if region.rom).any()


def in_region(paddr: Value, region: platform.Region) -> Value:
    """Does this physical byte address lie in a region? Compared in units of the largest power of two that
    both ends allow."""
    ends = region.base | region.base + region.size
    shift = (ends & -ends).bit_length() - 1
    block = paddr[shift:]
    return (block >= region.base >> shift) & (block < region.base + region.size >> shift)
