"""Transformed instruction of a trap (privileged manual, "Hypervisor: Transformed Instruction or
Pseudoinstruction")."""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa.causes import TINST_READ_PTE, TINST_WRITE_PTE

from .config import Config
from .decode import Unit


class Tinst(wiring.Component):
    """Value for mtinst or htinst when a memory access traps; combinational.

    The Address Offset field is zero: misaligned accesses are never split, so xtval is always the address
    itself.
    """

    unit:       In(Unit)
    insn:       In(32)      # expanded to 32 bits
    compressed: In(1)
    explicit:   In(1)       # the trap is a fault of the explicit memory access of this instruction
    implicit:   In(1)       # it is a guest-page fault of a page-table access instead; beats `explicit`
    implicit_write: In(1)   # ... which is a write
    value:      Out(32)     # 0 for every other trap

    def __init__(self, config: Config):
        self._zero = config.profile.tinst_zero
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        opcode = Cat(self.insn[0], self.insn[1] & ~self.compressed, self.insn[2:7])
        rd, funct3, upper = self.insn[7:12], self.insn[12:15], self.insn[20:32]
        rs1 = C(0, 5)
        with m.If(self.implicit):
            m.d.comb += self.value.eq(Mux(self.implicit_write, TINST_WRITE_PTE, TINST_READ_PTE))
        with m.Elif(self.explicit & (not self._zero)), m.Switch(self.unit):
            with m.Case(Unit.LOAD):
                m.d.comb += self.value.eq(Cat(opcode, rd, funct3, rs1))
            with m.Case(Unit.STORE):
                m.d.comb += self.value.eq(Cat(opcode, C(0, 5), funct3, rs1, upper[:5]))
            with m.Case(Unit.AMO, Unit.HLOAD, Unit.HSTORE, Unit.CBO):
                m.d.comb += self.value.eq(Cat(opcode, rd, funct3, rs1, upper))
        return m
