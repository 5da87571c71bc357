"""bits.py for the compiled model: 64-bit machine words, in which additions and products wrap by themselves.

Two things would leave machine words unnoticed: a literal on the left of `<<` is shifted in 32 bits, and a conditional
expression with a literal in one arm is a Python integer, which does not wrap. Hence `shl` and the `if` statements.
"""

from typing import Final

from mypy_extensions import i64

ONES: Final = (1 << 64) - 1
SIGN: Final = 1 << 63
LOW: Final[i64] = 0xFFFF_FFFF
MIN: Final[i64] = -0x8000_0000_0000_0000


def wrap(value: i64) -> i64:
    """The low 64 bits as a signed integer."""
    return value


def signed(value: int) -> i64:
    """The register value with the low 64 bits of an integer of any size."""
    low = value & ONES
    return low - (1 << 64) if low >= SIGN else low


def unsigned(value: i64) -> int:
    """The same 64 bits as an unsigned integer."""
    number: int = value
    return number & ONES


def sx(value: i64, width: i64) -> i64:
    """Sign-extend the low `width` bits (1..64)."""
    return shl(value, 64 - width) >> 64 - width


def sx32(value: i64) -> i64:
    """Sign-extend the low 32 bits: the result of every W instruction."""
    return shl(value, 32) >> 32


def zx(value: i64, width: i64) -> i64:
    """The low `width` bits (0..63) as a non-negative integer."""
    return value & shl(1, width) - 1


def bit(number: i64) -> i64:
    """A register value with only bit `number` set."""
    return shl(1, number)


def field(value: i64, msb: i64, lsb: i64) -> i64:
    """Bits msb..lsb of a register value, as a non-negative integer."""
    return lsr(shl(value, 63 - msb), 63 - msb + lsb)


def ult(a: i64, b: i64) -> bool:
    """a < b, unsigned."""
    return a ^ MIN < b ^ MIN


def shl(value: i64, amount: i64) -> i64:
    """Shift left by 0..63."""
    return value << amount


def lsr(value: i64, amount: i64) -> i64:
    """Logical shift right by 0..63."""
    return value >> amount & shl(1, 64 - amount) - 1 if amount else value


def mulh(a: i64, b: i64) -> i64:
    """High 64 bits of the 128-bit product of two signed values."""
    high = mulhsu(a, b)
    if b < 0:
        high -= a
    return high


def mulhu(a: i64, b: i64) -> i64:
    """High 64 bits of the product of two unsigned values."""
    a_low, a_high, b_low, b_high = a & LOW, lsr(a, 32), b & LOW, lsr(b, 32)
    middle = a_high * b_low + lsr(a_low * b_low, 32)
    carry = lsr(a_low * b_high + (middle & LOW), 32)
    return a_high * b_high + lsr(middle, 32) + carry


def mulhsu(a: i64, b: i64) -> i64:
    """High 64 bits of the product of a signed `a` and an unsigned `b`."""
    high = mulhu(a, b)
    if a < 0:
        high -= b
    return high


def div(a: i64, b: i64) -> i64:
    """Signed quotient, rounded towards zero; -1 when b is 0; the most negative value over -1 is itself."""
    if b == 0:
        return -1
    if b == -1:
        return 0 - a
    quotient = a // b
    return quotient + 1 if quotient < 0 and quotient * b != a else quotient


def rem(a: i64, b: i64) -> i64:
    """Signed remainder with the sign of the dividend; `a` when b is 0."""
    return a - div(a, b) * b if b else a


def divu(a: i64, b: i64) -> i64:
    """Unsigned quotient; all ones when b is 0."""
    if b == 0:
        return -1
    if b < 0:
        return 0 if ult(a, b) else 1
    if a >= 0:
        return a // b
    quotient = shl(lsr(a, 1) // b, 1)
    return quotient if ult(a - quotient * b, b) else quotient + 1


def remu(a: i64, b: i64) -> i64:
    """Unsigned remainder; `a` when b is 0."""
    return a - divu(a, b) * b if b else a
