"""RV64I: arithmetic, jumps, branches and fences (unprivileged manual, "RV32I", "RV64I", "Zifencei",
"Zihintpause").

Additions may leave the 64-bit range; the write port `Hart.w` and `Hart.jump` wrap them. HINTs need no code:
they write x0.
"""

from sim.model import pause_loop
from sim.model.bits import lsr, shl, sx32, ult, zx
from sim.model.hart import Hart
from sim.model.insn import Insn


class lui(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, self.imm)


class auipc(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.pc + self.imm)


class jal(Insn):
    def run(self, h: Hart) -> None:
        h.jump(h.pc + self.imm)
        h.w(self.rd, h.pc + self.length)


class jalr(Insn):
    def run(self, h: Hart) -> None:
        h.jump(h.x[self.rs1] + self.imm & -2)
        h.w(self.rd, h.pc + self.length)


class beq(Insn):
    def run(self, h: Hart) -> None:
        if h.x[self.rs1] == h.x[self.rs2]:
            h.jump(h.pc + self.imm)


class bne(Insn):
    def run(self, h: Hart) -> None:
        if h.x[self.rs1] != h.x[self.rs2]:
            h.jump(h.pc + self.imm)


class blt(Insn):
    def run(self, h: Hart) -> None:
        if h.x[self.rs1] < h.x[self.rs2]:
            h.jump(h.pc + self.imm)


class bge(Insn):
    def run(self, h: Hart) -> None:
        if h.x[self.rs1] >= h.x[self.rs2]:
            h.jump(h.pc + self.imm)


class bltu(Insn):
    def run(self, h: Hart) -> None:
        if ult(h.x[self.rs1], h.x[self.rs2]):
            h.jump(h.pc + self.imm)


class bgeu(Insn):
    def run(self, h: Hart) -> None:
        if not ult(h.x[self.rs1], h.x[self.rs2]):
            h.jump(h.pc + self.imm)


class addi(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] + self.imm)


class slti(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, int(h.x[self.rs1] < self.imm))


class sltiu(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, int(ult(h.x[self.rs1], self.imm)))


class xori(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] ^ self.imm)


class ori(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] | self.imm)


class andi(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] & self.imm)


class slli(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, shl(h.x[self.rs1], self.imm))


class srli(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, lsr(h.x[self.rs1], self.imm))


class srai(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] >> self.imm)


class add(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] + h.x[self.rs2])


class sub(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] - h.x[self.rs2])


class sll(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, shl(h.x[self.rs1], h.x[self.rs2] & 63))


class slt(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, int(h.x[self.rs1] < h.x[self.rs2]))


class sltu(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, int(ult(h.x[self.rs1], h.x[self.rs2])))


class xor(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] ^ h.x[self.rs2])


class srl(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, lsr(h.x[self.rs1], h.x[self.rs2] & 63))


class sra(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] >> (h.x[self.rs2] & 63))


class or_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] | h.x[self.rs2])


class and_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] & h.x[self.rs2])


class addiw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(h.x[self.rs1] + self.imm))


class slliw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(shl(h.x[self.rs1], self.imm)))


class srliw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(zx(h.x[self.rs1], 32) >> self.imm))


class sraiw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(h.x[self.rs1]) >> self.imm)


class addw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(h.x[self.rs1] + h.x[self.rs2]))


class subw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(h.x[self.rs1] - h.x[self.rs2]))


class sllw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(shl(h.x[self.rs1], h.x[self.rs2] & 31)))


class srlw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(zx(h.x[self.rs1], 32) >> (h.x[self.rs2] & 31)))


class sraw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(h.x[self.rs1]) >> (h.x[self.rs2] & 31))


class fence(Insn):
    def run(self, h: Hart) -> None:
        """Nothing: the model is sequentially consistent."""


class pause(Insn):
    def run(self, h: Hart) -> None:
        pause_loop.pause(h, self)       # a HINT, unless the hypervisor watches


class fence_i(Insn):
    def run(self, h: Hart) -> None:
        h.forget_code()
