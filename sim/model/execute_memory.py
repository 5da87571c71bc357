"""Loads and stores (unprivileged manual, "Load and Store Instructions")."""

from mypy_extensions import i64

from sim.model import insn
from sim.model.access import load, store
from sim.model.bits import wrap, zx
from sim.model.hart import Hart
from sim.model.insn import Insn


class Load(Insn):
    """Sign-extending load of 2**log2 bytes."""

    memory: i64 = insn.LOAD

    def run(self, h: Hart) -> None:
        h.w(self.rd, load(h, wrap(h.x[self.rs1] + self.imm), self.log2))


class LoadUnsigned(Load):
    """Zero-extending load of 2**log2 bytes."""

    def run(self, h: Hart) -> None:
        h.w(self.rd, zx(load(h, wrap(h.x[self.rs1] + self.imm), self.log2), 8 << self.log2))


class Store(Insn):
    """Store of 2**log2 bytes."""

    memory: i64 = insn.STORE

    def run(self, h: Hart) -> None:
        store(h, wrap(h.x[self.rs1] + self.imm), self.log2, h.x[self.rs2])


class lb(Load):
    log2: i64 = 0


class lh(Load):
    log2: i64 = 1


class lw(Load):
    log2: i64 = 2


class ld(Load):
    log2: i64 = 3


class lbu(LoadUnsigned):
    log2: i64 = 0


class lhu(LoadUnsigned):
    log2: i64 = 1


class lwu(LoadUnsigned):
    log2: i64 = 2


class sb(Store):
    log2: i64 = 0


class sh(Store):
    log2: i64 = 1


class sw(Store):
    log2: i64 = 2


class sd(Store):
    log2: i64 = 3
