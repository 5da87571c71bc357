"""Integer operations of one cycle (unprivileged manual ch. 2 and 4, "Integer Computational Instructions"; "B": Zba, Zbb,
Zbs; "Zicond")."""

from amaranth.hdl import *
from amaranth.lib import data, enum, wiring
from amaranth.lib.wiring import In, Out

from .bits import Bits, BitsOp
from .shifter import Shifter


class Output(enum.Enum, shape=3):
    """Which part of the ALU gives the result."""

    SUM = 0
    OTHER = 1       # `logic`
    SHIFT = 2
    LESS = 3        # the comparison
    CHOICE = 4      # one of the operands, by the comparison
    KEEP = 5        # `a` or 0, by whether `b` is 0
    BIT = 6         # one bit of `a`
    BITS = 7        # rtl/bits.py


class Logic(enum.Enum, shape=2):
    """Bitwise operation: what it gives where both bits are one, and where they differ."""

    NONE = 0b00
    AND = 0b01
    XOR = 0b10
    OR = 0b11


class AluOp(data.Struct):
    """What the ALU does; a field that an operation does not name is 0."""

    output: Output
    word: 1         # on the low halves, the result sign-extended
    zero_high: 1    # the high half of `a` counts as 0
    scale: 2        # SUM: `a` is shifted left by this much
    single: 1       # 1 << b takes the place of `b`
    invert: 1       # ~b takes its place; a SUM is then a difference
    logic: Logic
    left: 1
    rotate: 1
    signed: 1       # comparison, right shift
    other: 1        # CHOICE: the greater one; KEEP: if `b` is 0
    bits: BitsOp


# By the name of the instruction, without `i` for an immediate and `w` for a word.
OPERATIONS: dict[str, dict[str, object]] = {
    "add":       {"output": Output.SUM},
    "sub":       {"output": Output.SUM, "invert": 1},
    "slt":       {"output": Output.LESS, "signed": 1},
    "sltu":      {"output": Output.LESS},
    "and":       {"output": Output.OTHER, "logic": Logic.AND},
    "or":        {"output": Output.OTHER, "logic": Logic.OR},
    "xor":       {"output": Output.OTHER, "logic": Logic.XOR},
    "sll":       {"output": Output.SHIFT, "left": 1},
    "srl":       {"output": Output.SHIFT},
    "sra":       {"output": Output.SHIFT, "signed": 1},
    "sh1add":    {"output": Output.SUM, "scale": 1},
    "sh2add":    {"output": Output.SUM, "scale": 2},
    "sh3add":    {"output": Output.SUM, "scale": 3},
    "add.uw":    {"output": Output.SUM, "zero_high": 1},
    "sh1add.uw": {"output": Output.SUM, "zero_high": 1, "scale": 1},
    "sh2add.uw": {"output": Output.SUM, "zero_high": 1, "scale": 2},
    "sh3add.uw": {"output": Output.SUM, "zero_high": 1, "scale": 3},
    "slli.uw":   {"output": Output.SHIFT, "zero_high": 1, "left": 1},
    "andn":      {"output": Output.OTHER, "logic": Logic.AND, "invert": 1},
    "orn":       {"output": Output.OTHER, "logic": Logic.OR, "invert": 1},
    "xnor":      {"output": Output.OTHER, "logic": Logic.XOR, "invert": 1},
    "min":       {"output": Output.CHOICE, "signed": 1},
    "minu":      {"output": Output.CHOICE},
    "max":       {"output": Output.CHOICE, "signed": 1, "other": 1},
    "maxu":      {"output": Output.CHOICE, "other": 1},
    "rol":       {"output": Output.SHIFT, "rotate": 1, "left": 1},
    "ror":       {"output": Output.SHIFT, "rotate": 1},
    "bclr":      {"output": Output.OTHER, "logic": Logic.AND, "single": 1, "left": 1, "invert": 1},
    "bset":      {"output": Output.OTHER, "logic": Logic.OR, "single": 1, "left": 1},
    "binv":      {"output": Output.OTHER, "logic": Logic.XOR, "single": 1, "left": 1},
    "bext":      {"output": Output.BIT},
    "czero.eqz": {"output": Output.KEEP},
    "czero.nez": {"output": Output.KEEP, "other": 1},
    **{op.name.lower().replace("_", "."): {"output": Output.BITS, "bits": op} for op in BitsOp},
}
_BASES = {"iu": "u", "iw": "", "i": "", "w": ""}     # sltiu, addiw, bseti, rolw


def operation(insn: str) -> dict[str, object]:
    """Fields of the AluOp of an instruction of the ALU; LUI and AUIPC add."""
    names = [insn, *(insn.removesuffix(end) + base for end, base in _BASES.items() if insn.endswith(end))]
    word = insn.endswith("w") and not insn.endswith(".uw")
    return {**next((OPERATIONS[name] for name in names if name in OPERATIONS), {}), "word": int(word)}


class Alu(wiring.Component):
    """Combinational: an adder, a comparator, a shifter and the bitwise operations, whose results are joined by an OR."""

    op:     In(AluOp)
    a:      In(64)
    b:      In(64)
    result: Out(64)
    less:   Out(1)      # a < b, as `op.signed` says
    equal:  Out(1)      # a = b

    def elaborate(self, platform):
        m = Module()
        op, a, b = self.op, self.a, self.b
        m.submodules.shifter = shifter = Shifter()
        m.submodules.bits = bits = Bits()

        def output(*which):
            return op.output.as_value().matches(*which)

        def gated(value, enable):
            return value & enable.replicate(len(value))

        m.d.comb += [
            shifter.a.eq(a),
            shifter.amount.eq(b),
            shifter.left.eq(op.left),
            shifter.rotate.eq(op.rotate),
            shifter.enable.eq(output(Output.SHIFT)),
            shifter.arithmetic.eq(op.signed),
            shifter.word.eq(op.word),
            shifter.zero_high.eq(op.zero_high),
            bits.op.eq(op.bits),
            bits.word.eq(op.word),
            bits.a.eq(a),
        ]

        scaled, operand, total = Signal(64), Signal(64), Signal(64)
        narrow = Cat(a[:32], gated(a[32:], ~op.zero_high))
        doubled = Mux(op.scale[0], narrow << 1, narrow)
        m.d.comb += [
            scaled.eq(Mux(op.scale[1], doubled << 2, doubled)),
            operand.eq(Mux(op.single, shifter.single, b) ^ op.invert.replicate(64)),
            total.eq(scaled + operand + op.invert),
            self.less.eq((a < b) ^ op.signed & (a[63] ^ b[63])),
            self.equal.eq(~(a ^ b).any()),      # `==` would be taken from the comparator's carries, behind them
        ]

        both, differ = op.logic.as_value()
        logic = gated(a & operand, both) | gated(a ^ operand, differ)

        take_a, take_b = Signal(), Signal()
        m.d.comb += [
            take_a.eq(output(Output.CHOICE) & (self.less ^ op.other) | output(Output.KEEP) & ((b != 0) ^ op.other)),
            take_b.eq(output(Output.CHOICE) & ~(self.less ^ op.other)),
        ]
        result = Signal(64)
        m.d.comb += [
            result.eq(gated(total, output(Output.SUM))
                      | logic | shifter.result
                      | gated(a, take_a) | gated(b, take_b)
                      | gated(bits.result, output(Output.BITS))
                      | (output(Output.LESS) & self.less) | (output(Output.BIT) & shifter.rotated[0])),
            self.result.eq(Cat(result[:32], Mux(op.word, result[31].replicate(32), result[32:]))),
        ]
        return m
