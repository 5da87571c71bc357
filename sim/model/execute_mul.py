"""M extension: multiplication and division (unprivileged manual, "M Extension for Integer Multiplication and
Division")."""

from sim.model.bits import div, divu, mulh, mulhsu, mulhu, rem, remu, sx32, zx
from sim.model.hart import Hart
from sim.model.insn import Insn


class mul(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, h.x[self.rs1] * h.x[self.rs2])


class mulh_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, mulh(h.x[self.rs1], h.x[self.rs2]))


class mulhsu_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, mulhsu(h.x[self.rs1], h.x[self.rs2]))


class mulhu_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, mulhu(h.x[self.rs1], h.x[self.rs2]))


class div_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, div(h.x[self.rs1], h.x[self.rs2]))


class divu_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, divu(h.x[self.rs1], h.x[self.rs2]))


class rem_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rem(h.x[self.rs1], h.x[self.rs2]))


class remu_(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, remu(h.x[self.rs1], h.x[self.rs2]))


class mulw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(h.x[self.rs1] * h.x[self.rs2]))


class divw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(div(sx32(h.x[self.rs1]), sx32(h.x[self.rs2]))))


class divuw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(divu(zx(h.x[self.rs1], 32), zx(h.x[self.rs2], 32))))


class remw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, rem(sx32(h.x[self.rs1]), sx32(h.x[self.rs2])))


class remuw(Insn):
    def run(self, h: Hart) -> None:
        h.w(self.rd, sx32(remu(zx(h.x[self.rs1], 32), zx(h.x[self.rs2], 32))))
