"""Every verb of bits.py against big-integer arithmetic written another way."""

from hypothesis import given
from hypothesis import strategies as st

from sim.model import bits
from tests.sim.model.bare import Bare, asm

CORNERS = [0, 1, -1, 2, -2, 2**31 - 1, 2**31, -(2**31), 2**32 - 1, 2**62, 2**63 - 1, -(2**63)]
words = st.one_of(st.sampled_from(CORNERS), st.integers(-(2**63), 2**63 - 1))
amounts = st.integers(0, 63)


def u(value: int) -> int:
    return value % 2**64


def s(value: int) -> int:
    value %= 2**64
    return value - 2**64 if value >= 2**63 else value


@given(st.integers(-(2**140), 2**140))
def test_integers_become_registers_modulo_2_to_the_64(value: int) -> None:
    assert bits.signed(value) == s(value)


@given(words, words)
def test_sums_and_products_wrap(a: int, b: int) -> None:
    """In the compiled model they have wrapped before `wrap` sees them, so a hart must say what they are."""
    bare = Bare()
    for name, value in (("add", a + b), ("sub", a - b), ("mul", a * b)):
        bare.x(x5=a, x6=b)
        bare.do(asm(name, rd=7, rs1=5, rs2=6))
        assert bare.h.x[7] == s(value), name


@given(words, st.integers(1, 64))
def test_extensions(value: int, width: int) -> None:
    low = value % 2**width
    assert bits.sx(value, width) == (low - 2**width if low >= 2 ** (width - 1) else low)
    assert width == 64 or bits.zx(value, width) == low
    assert bits.sx32(value) == bits.sx(value, 32)
    assert bits.unsigned(value) == u(value)


@given(words, amounts)
def test_shifts(value: int, amount: int) -> None:
    assert bits.shl(value, amount) == s(value * 2**amount)
    assert bits.lsr(value, amount) == s(u(value) // 2**amount)


@given(words, words)
def test_unsigned_comparison(a: int, b: int) -> None:
    assert bits.ult(a, b) == (u(a) < u(b))


@given(words, amounts, amounts)
def test_field(value: int, one: int, other: int) -> None:
    msb, lsb = max(one, other), min(one, other)
    assert bits.field(value, msb, lsb) == int(f"{u(value):064b}"[63 - msb:64 - lsb], 2)


def test_bit_63_is_negative() -> None:
    assert bits.bit(0) == 1 and bits.bit(62) == 2**62 and bits.bit(63) == -(2**63)


@given(words, words)
def test_high_products(a: int, b: int) -> None:
    assert bits.mulh(a, b) == s((a * b) // 2**64)
    assert bits.mulhu(a, b) == s((u(a) * u(b)) // 2**64)
    assert bits.mulhsu(a, b) == s((a * u(b)) // 2**64)


@given(words, words)
def test_division_rounds_towards_zero(a: int, b: int) -> None:
    quotient, remainder = bits.div(a, b), bits.rem(a, b)
    if b == 0:
        assert (quotient, remainder) == (-1, a)
    elif a == -(2**63) and b == -1:
        assert (quotient, remainder) == (a, 0)
    else:
        assert a == quotient * b + remainder and abs(remainder) < abs(b)
        assert remainder == 0 or (remainder < 0) == (a < 0)


@given(words, words)
def test_unsigned_division(a: int, b: int) -> None:
    expected = (s(u(a) // u(b)), s(u(a) % u(b))) if b else (-1, a)
    assert (bits.divu(a, b), bits.remu(a, b)) == expected
