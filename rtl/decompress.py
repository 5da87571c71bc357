"""Compressed instructions expanded to 32 bits (unprivileged manual, "C" extension: RVC instruction set
listings)."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa.insns import BY_NAME, COMPRESSED, COMPRESSED_FIELDS, FIELDS, IMMEDIATES, Compressed, match, pieces

from .from_isa import scattered


class Decompress(wiring.Component):
    """Rows of `isa.insns.COMPRESSED`, first match wins; combinational. A reserved encoding gives 0, which is illegal."""

    raw:        In(32)      # instruction bits as fetched; bits 31:16 mean nothing when compressed
    insn:       Out(32)     # the 32-bit instruction it stands for
    compressed: Out(1)      # only bits 15:0 belong to the instruction

    def elaborate(self, platform):
        m = Module()
        half = self.raw[:16]
        m.d.comb += self.compressed.eq(half[:2] != 0b11)
        with m.If(~self.compressed):
            m.d.comb += self.insn.eq(self.raw)
        with m.Else(), m.Switch(half):
            for row in COMPRESSED:
                with m.Case(row.pattern):
                    m.d.comb += self.insn.eq(expand(half, row) if row.base else 0)
        return m


def expand(half: Value, row: Compressed) -> Value:
    """The 32-bit instruction that a compressed row stands for, its operands taken from `half`."""
    base = BY_NAME[row.base]
    bits = [C(match(base.pattern) >> i & 1, 1) for i in range(32)]
    for operand in base.operands:
        if operand in ("rd", "rs1", "rs2"):
            hi, lo = FIELDS[operand]
            bits[lo:hi + 1] = list(_register(half, row.operands[operand]))
        else:
            value = scattered(half, row.imm, signed=row.signed, width=32)
            for hi, lo, at in pieces(IMMEDIATES.get(operand) or _unsigned(operand)):
                bits[at:at + hi - lo + 1] = list(value[lo:hi + 1])
    return Cat(*bits)


def _unsigned(operand: str) -> str:
    hi, lo = FIELDS[operand]
    return f"{hi - lo}:0@{lo}"


def _register(half: Value, name: str) -> Value:
    """Five bits of a register number: a fixed `xN`, a full field, or a 3-bit field that means x8 to x15."""
    if name.startswith("x"):
        return C(int(name[1:]), 5)
    hi, lo = COMPRESSED_FIELDS[name]
    return Cat(half[lo:hi + 1], C(0b01, 2)) if name.endswith("'") else half[lo:hi + 1]
