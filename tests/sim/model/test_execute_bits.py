"""Zba, Zbb, Zbs and Zicond against formulae on unsigned big integers and bit strings."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isa.insns import BY_NAME
from isa.profile import PROFILES
from sim.model.decode import CLASSES
from tests.sim.model.bare import Bare, asm

TWO64, TWO32 = 1 << 64, 1 << 32
CORNERS = (0, 1, 2, 3, 31, 32, 33, 63, 64, 0x7F, 0x80, 0xFF, 0x8000, 0xFFFF, TWO32 // 2 - 1, TWO32 // 2, TWO32 - 1, TWO32,
           TWO64 // 2 - 1, TWO64 // 2, TWO64 - 2, TWO64 - 1, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210,
           0x0100_0080_0000_1001)
words = st.one_of(st.sampled_from(CORNERS), st.integers(0, TWO64 - 1))


def s(value: int, width: int = 64) -> int:
    """The low bits as a signed value."""
    value %= 1 << width
    return value - (1 << width) if value >> width - 1 else value


def turn(text: str, right: int) -> int:
    """The binary digits, rotated right."""
    right %= len(text)
    return int(text[len(text) - right:] + text[:len(text) - right], 2)


def zeros(text: str) -> int:
    """Zeros at the head of binary digits."""
    return len(text) - len(text.lstrip("0"))


def b64(value: int) -> str:
    return f"{value:064b}"


def b32(value: int) -> str:
    return f"{value % TWO32:032b}"


def octets(value: int) -> bytes:
    return value.to_bytes(8, "little")


# mnemonic -> f(rs1, rs2 or immediate), both unsigned; the result is taken mod 2**64
REGISTERS: dict[str, Callable[[int, int], int]] = {
    "add.uw": lambda a, b: a % TWO32 + b,
    "sh1add": lambda a, b: 2 * a + b, "sh2add": lambda a, b: 4 * a + b, "sh3add": lambda a, b: 8 * a + b,
    "sh1add.uw": lambda a, b: a % TWO32 * 2 + b, "sh2add.uw": lambda a, b: a % TWO32 * 4 + b,
    "sh3add.uw": lambda a, b: a % TWO32 * 8 + b,
    "andn": lambda a, b: a & TWO64 - 1 - b, "orn": lambda a, b: a | TWO64 - 1 - b,
    "xnor": lambda a, b: TWO64 - 1 - (a ^ b),
    "min": lambda a, b: min(s(a), s(b)), "max": lambda a, b: max(s(a), s(b)), "minu": min, "maxu": max,
    "rol": lambda a, b: turn(b64(a), -b), "ror": lambda a, b: turn(b64(a), b),
    "rolw": lambda a, b: s(turn(b32(a), -b), 32), "rorw": lambda a, b: s(turn(b32(a), b), 32),
    "bclr": lambda a, b: a - (a & 2 ** (b % 64)), "bset": lambda a, b: a | 2 ** (b % 64),
    "binv": lambda a, b: a ^ 2 ** (b % 64), "bext": lambda a, b: int(b64(a)[63 - b % 64]),
    "czero.eqz": lambda a, b: a if b != 0 else 0, "czero.nez": lambda a, b: a if b == 0 else 0,
}
IMMEDIATES: dict[str, Callable[[int, int], int]] = {
    "slli.uw": lambda a, n: a % TWO32 * 2**n, "rori": lambda a, n: turn(b64(a), n),
    "bclri": lambda a, n: a - (a & 2**n), "bseti": lambda a, n: a | 2**n, "binvi": lambda a, n: a ^ 2**n,
    "bexti": lambda a, n: int(b64(a)[63 - n]),
    "roriw": lambda a, n: s(turn(b32(a), n), 32),
}
UNARY: dict[str, Callable[[int], int]] = {
    "clz": lambda a: zeros(b64(a)), "ctz": lambda a: zeros(b64(a)[::-1]), "cpop": lambda a: b64(a).count("1"),
    "clzw": lambda a: zeros(b32(a)), "ctzw": lambda a: zeros(b32(a)[::-1]), "cpopw": lambda a: b32(a).count("1"),
    "sext.b": lambda a: s(a, 8), "sext.h": lambda a: s(a, 16), "zext.h": lambda a: a % 2**16,
    "orc.b": lambda a: int.from_bytes(bytes(255 if octet else 0 for octet in octets(a)), "little"),
    "rev8": lambda a: int.from_bytes(octets(a), "big"),
}
BARE = Bare(PROFILES["full"])


def result(name: str, a: int, b: int = 0, imm: int = 0) -> int:
    """x7 after the instruction on x5 and x6, unsigned, without the pipe of fetch and decode."""
    BARE.x(x5=a, x6=b, x7=0x5A5A)
    word = asm(name, rd=7, rs1=5, rs2=6, imm=imm)
    CLASSES[name](BY_NAME[name], word, word, 4).run(BARE.h)
    return BARE.h.x[7] % TWO64


@pytest.mark.parametrize("name", REGISTERS)
def test_two_registers(name: str) -> None:
    for a in CORNERS:
        for b in CORNERS:
            assert result(name, a, b) == REGISTERS[name](a, b) % TWO64, (hex(a), hex(b))


@pytest.mark.parametrize("name", IMMEDIATES)
def test_immediate(name: str) -> None:
    for a in CORNERS:
        for n in range(32 if name == "roriw" else 64):
            assert result(name, a, imm=n) == IMMEDIATES[name](a, n) % TWO64, (hex(a), n)


@pytest.mark.parametrize("name", UNARY)
def test_one_register(name: str) -> None:
    for a in (*CORNERS, *(1 << n for n in range(64)), *(TWO64 - (1 << n) for n in range(64))):
        assert result(name, a) == UNARY[name](a) % TWO64, hex(a)


@settings(max_examples=200)
@given(words, words, st.integers(0, 63))
def test_any_operands(a: int, b: int, n: int) -> None:
    for name, of_registers in REGISTERS.items():
        assert result(name, a, b) == of_registers(a, b) % TWO64, name
    for name, of_immediate in IMMEDIATES.items():
        amount = n % 32 if name == "roriw" else n
        assert result(name, a, imm=amount) == of_immediate(a, amount) % TWO64, name
    for name, of_one in UNARY.items():
        assert result(name, a) == of_one(a) % TWO64, name


def test_each_instruction_of_the_extensions_is_here() -> None:
    rows = {row.name for row in BY_NAME.values() if row.ext in ("Zba", "Zbb", "Zbs", "Zicond")}
    assert rows == {*REGISTERS, *IMMEDIATES, *UNARY}


def test_through_fetch_and_record() -> None:
    b = Bare(PROFILES["full"])
    b.x(x5=5, x6=0x80)
    r = b.do(asm("sh2add", rd=7, rs1=5, rs2=6))
    assert (r["trap"], r["rd"], r["rd_value"]) == (0, 7, 0x94)
    r = b.do(asm("rev8", rd=7, rs1=5))
    assert (r["trap"], r["rd"], r["rd_value"]) == (0, 7, 5 << 56)


@pytest.mark.parametrize(("ext", "name"), [("Zba", "add.uw"), ("Zbb", "rol"), ("Zbs", "bexti"), ("Zicond", "czero.nez")])
def test_without_the_extension_it_is_illegal(ext: str, name: str) -> None:
    word = asm(name, rd=7, rs1=5, rs2=6, imm=1)
    r = Bare(PROFILES["full"].without(ext)).do(word)
    assert (r["trap"], r["cause"], r["tval"]) == (1, 2, word)
    assert Bare(PROFILES["full"]).do(word)["trap"] == 0
