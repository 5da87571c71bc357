"""Bit manipulation and conditional zero (unprivileged manual, "B Extension": Zba, Zbb, Zbs; "Zicond").

W instructions look at the low 32 bits and sign-extend their result; those with `uw` take the low 32 bits of rs1 as unsigned.
Sums may leave the 64-bit range; the write port `Hart.w` wraps them.
"""

from mypy_extensions import i64

from sim.model.bits import bit, lsr, shl, sx, sx32, ult, wrap, zx
from sim.model.hart import Hart
from sim.model.insn import Insn

# What Zbb counts and moves. Amounts are 0..63.


def rotate(value: i64, amount: i64) -> i64:
    """Rotate right."""
    return lsr(value, amount) | shl(value, -amount & 63)


def rotate_word(value: i64, amount: i64) -> i64:
    """Rotate the low 32 bits right by the low 5 bits of `amount`, and sign-extend."""
    low = zx(value, 32)
    return sx32(lsr(low | shl(low, 32), amount & 31))


def leading_zeros(value: i64) -> i64:
    """Zeros above the highest one; 64 when there is none."""
    if value == 0:
        return 64
    count: i64 = 0
    width: i64 = 32
    while width:
        if lsr(value, 64 - width) == 0:
            count += width
            value = shl(value, width)
        width >>= 1
    return count


def trailing_zeros(value: i64) -> i64:
    """Zeros below the lowest one; 64 when there is none."""
    return 63 - leading_zeros(value & wrap(-value)) if value else 64


def population(value: i64) -> i64:
    """Number of ones."""
    count: i64 = 0
    while value:
        value &= wrap(value - 1)        # clears the lowest one
        count += 1
    return count


def orc_bytes(value: i64) -> i64:
    """Each byte all ones where any of its bits is one."""
    result: i64 = 0
    for lsb in range(0, 64, 8):
        if lsr(value, lsb) & 0xFF:
            result |= shl(0xFF, lsb)
    return result


def reverse_bytes(value: i64) -> i64:
    """The eight bytes in the other order."""
    result: i64 = 0
    for lsb in range(0, 64, 8):
        result = shl(result, 8) | lsr(value, lsb) & 0xFF
    return result


# Zba.

class add_uw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs2] + zx(h.x[self.rs1], 32))


class sh1add(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs2] + shl(h.x[self.rs1], 1))


class sh2add(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs2] + shl(h.x[self.rs1], 2))


class sh3add(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs2] + shl(h.x[self.rs1], 3))


class sh1add_uw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs2] + shl(zx(h.x[self.rs1], 32), 1))


class sh2add_uw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs2] + shl(zx(h.x[self.rs1], 32), 2))


class sh3add_uw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs2] + shl(zx(h.x[self.rs1], 32), 3))


class slli_uw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, shl(zx(h.x[self.rs1], 32), self.imm))


# Zbb.

class andn(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] & ~h.x[self.rs2])


class orn(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] | ~h.x[self.rs2])


class xnor(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, ~(h.x[self.rs1] ^ h.x[self.rs2]))


class clz(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, leading_zeros(h.x[self.rs1]))


class clzw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, leading_zeros(zx(h.x[self.rs1], 32)) - 32)


class ctz(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, trailing_zeros(h.x[self.rs1]))


class ctzw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, trailing_zeros(h.x[self.rs1] | bit(32)))


class cpop(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, population(h.x[self.rs1]))


class cpopw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, population(zx(h.x[self.rs1], 32)))


class min_(Insn):
    def run(self, h: Hart) -> None:
        a, b = h.x[self.rs1], h.x[self.rs2]
        h.w(self.rd, a if a < b else b)


class max_(Insn):
    def run(self, h: Hart) -> None:
        a, b = h.x[self.rs1], h.x[self.rs2]
        h.w(self.rd, b if a < b else a)


class minu(Insn):
    def run(self, h: Hart) -> None:
        a, b = h.x[self.rs1], h.x[self.rs2]
        h.w(self.rd, a if ult(a, b) else b)


class maxu(Insn):
    def run(self, h: Hart) -> None:
        a, b = h.x[self.rs1], h.x[self.rs2]
        h.w(self.rd, b if ult(a, b) else a)


class sext_b(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx(h.x[self.rs1], 8))


class sext_h(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx(h.x[self.rs1], 16))


class zext_h(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, zx(h.x[self.rs1], 16))


class rol(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rotate(h.x[self.rs1], -h.x[self.rs2] & 63))


class rolw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rotate_word(h.x[self.rs1], -h.x[self.rs2] & 31))


class ror(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rotate(h.x[self.rs1], h.x[self.rs2] & 63))


class rorw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rotate_word(h.x[self.rs1], h.x[self.rs2]))


class rori(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rotate(h.x[self.rs1], self.imm))


class roriw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rotate_word(h.x[self.rs1], self.imm))


class orc_b(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, orc_bytes(h.x[self.rs1]))


class rev8(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, reverse_bytes(h.x[self.rs1]))


# Zbs: one bit, whose number is rs2 or the immediate.

class bclr(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] & ~shl(1, h.x[self.rs2] & 63))


class bclri(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] & ~shl(1, self.imm))


class bext(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, lsr(h.x[self.rs1], h.x[self.rs2] & 63) & 1)


class bexti(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, lsr(h.x[self.rs1], self.imm) & 1)


class binv(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] ^ shl(1, h.x[self.rs2] & 63))


class binvi(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] ^ shl(1, self.imm))


class bset(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] | shl(1, h.x[self.rs2] & 63))


class bseti(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] | shl(1, self.imm))


# Zicond.

class czero_eqz(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] if h.x[self.rs2] else 0)


class czero_nez(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, 0 if h.x[self.rs2] else h.x[self.rs1])
