"""64-bit arithmetic on signed Python integers: the only module that wraps, shifts left, divides or compares
unsigned.

A register value is a signed integer in -2**63 .. 2**63-1. Everything else in the model follows the manual's
text with these few verbs ("RV32I/RV64I Base Integer Instruction Sets", "M Extension"). The compiled model has
native/bits.py in place of this file: the same verbs in machine words.
"""

SIGN = 1 << 63
ONES = (1 << 64) - 1


def wrap(value: int) -> int:
    """The low 64 bits as a signed integer."""
    return (value + SIGN & ONES) - SIGN


def signed(value: int) -> int:
    """The register value with the low 64 bits of an integer of any size."""
    return wrap(value)


def unsigned(value: int) -> int:
    """The same 64 bits as an unsigned integer."""
    return value & ONES


def sx(value: int, width: int) -> int:
    """Sign-extend the low `width` bits (1..64)."""
    sign = 1 << width - 1
    return ((value & (sign << 1) - 1) ^ sign) - sign


def sx32(value: int) -> int:
    """Sign-extend the low 32 bits: the result of every W instruction."""
    return ((value & 0xFFFF_FFFF) ^ 0x8000_0000) - 0x8000_0000


def zx(value: int, width: int) -> int:
    """The low `width` bits (0..63) as a non-negative integer."""
    return value & (1 << width) - 1


def bit(number: int) -> int:
    """A register value with only bit `number` set."""
    return wrap(1 << number)


def field(value: int, msb: int, lsb: int) -> int:
    """Bits msb..lsb of a register value, as a non-negative integer."""
    return (value & ONES) >> lsb & (1 << msb - lsb + 1) - 1


def ult(a: int, b: int) -> bool:
    """a < b, unsigned."""
    return a & ONES < b & ONES


def shl(value: int, amount: int) -> int:
    """Shift left by 0..63."""
    return wrap(value << amount)


def lsr(value: int, amount: int) -> int:
    """Logical shift right by 0..63."""
    return wrap((value & ONES) >> amount)


def mulh(a: int, b: int) -> int:
    """High 64 bits of the 128-bit product of two signed values."""
    return a * b >> 64


def mulhu(a: int, b: int) -> int:
    """High 64 bits of the product of two unsigned values."""
    return wrap((a & ONES) * (b & ONES) >> 64)


def mulhsu(a: int, b: int) -> int:
    """High 64 bits of the product of a signed `a` and an unsigned `b`."""
    return a * (b & ONES) >> 64


def div(a: int, b: int) -> int:
    """Signed quotient, rounded towards zero; -1 when b is 0; the most negative value over -1 is itself."""
    if b == 0:
        return -1
    quotient = abs(a) // abs(b)
    return wrap(-quotient if (a < 0) != (b < 0) else quotient)


def rem(a: int, b: int) -> int:
    """Signed remainder with the sign of the dividend; `a` when b is 0."""
    if b == 0:
        return a
    remainder = abs(a) % abs(b)
    return -remainder if a < 0 else remainder


def divu(a: int, b: int) -> int:
    """Unsigned quotient; all ones when b is 0."""
    return wrap((a & ONES) // (b & ONES)) if b else -1


def remu(a: int, b: int) -> int:
    """Unsigned remainder; `a` when b is 0."""
    return wrap((a & ONES) % (b & ONES)) if b else a
