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
    behind:      In(64)     # address of the instruction that fetch took for the next
    taken:       Out(1)
    target:      Out(64)
    foreseen:    Out(1)     # `target` is `behind`; known before `target`
    link:        Out(64)    # address of the following instruction

    def elaborate(self, platform):
        m = Module()
        holds = Mux(self.condition.as_value()[2], self.less, self.equal)
        inverted = self.condition.as_value()[0]
        total = Signal(64)
        base = Mux(self.indirect, self.a, self.pc)
        offset = Signal(64)
        # If the sum is `behind`, the carry out of each bit follows from the three bits there; then each bit must fit to the
        # carry out of the bit below it. Nothing has to travel.
        carries = Signal(63)
        m.d.comb += [
            self.taken.eq(self.jump | self.conditional & (holds ^ inverted)),
            offset.eq(self.imm),
            total.eq(base + offset),
            carries.eq(Cat((base & offset)[0], (base & offset | (base | offset) & ~self.behind)[1:63])),
            self.foreseen.eq(((base ^ offset ^ self.behind)[1:] == carries) & ~self.behind[0]),
            self.target.eq(Cat(total[0] & ~self.indirect, total[1:])),
            self.link.eq(self.pc + Mux(self.compressed, 2, 4)),
        ]
        return m
