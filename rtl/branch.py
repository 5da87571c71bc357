"""Branches and jumps (unprivileged manual ch. 2, "Control Transfer Instructions")."""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out


class Condition(enum.Enum, shape=3):
    """When a conditional branch is taken; the values are those of its funct3 field."""

    EQ = 0b000
    NE = 0b001
    LT = 0b100
    GE = 0b101
    LTU = 0b110
    GEU = 0b111


class Branch(wiring.Component):
    """Decision, target and return address; combinational. `target` serves AUIPC too."""

    conditional: In(1)
    condition:   In(Condition)
    jump:        In(1)      # JAL, JALR: always taken
    indirect:    In(1)      # JALR: the target is relative to a register, its bit 0 cleared
    compressed:  In(1)
    pc:          In(64)
    imm:         In(signed(32))
    a:           In(64)     # rs1
    less:        In(1)      # rs1 < rs2, signed or not as the condition wants it
    equal:       In(1)      # rs1 = rs2
    taken:       Out(1)
    target:      Out(64)
    link:        Out(64)    # address of the following instruction

    def elaborate(self, platform):
        m = Module()
        holds = Mux(self.condition.as_value()[2], self.less, self.equal)
        inverted = self.condition.as_value()[0]
        total = Signal(64)
        m.d.comb += [
            self.taken.eq(self.jump | self.conditional & (holds ^ inverted)),
            total.eq(Mux(self.indirect, self.a, self.pc) + self.imm),
            self.target.eq(Cat(total[0] & ~self.indirect, total[1:])),
            self.link.eq(self.pc + Mux(self.compressed, 2, 4)),
        ]
        return m
