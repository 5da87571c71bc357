"""(c) What an instruction was looked up as holds when it acts (privileged manual, "CSR Address Mapping Conventions", "Virtual
Instruction Exceptions"; docs/csr.md)."""

from typing import Any

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import Out

from isa import causes
from sim.bench.mutate import Mutation
from sim.formal import csr_file
from sim.formal.claim import Claim


class LookedUp(wiring.Component):     # type: ignore[misc]
    """`CsrFile`, and in X the instruction in M once more: it would be judged as it was."""

    def __init__(self) -> None:
        super().__init__({**csr_file.INPUTS, "mode": Out(3), "illegal": Out(1), "virtual": Out(1),
                          "illegal_now": Out(1), "virtual_now": Out(1), "assumed": Out(1), "holds": Out(1), "reached": Out(1)})

    def elaborate(self, platform: Any) -> Module:
        m = Module()
        inside = csr_file.add(m, self, platform)
        dut, here, access, legality = inside.dut, inside.here, inside.access, inside.legality
        again, masked = Signal(), Signal()
        m.d.comb += [
            again.eq(inside.fresh & (dut.next.as_value() == here.as_value()) & ~dut.busy & ~self.trap_enter),
            masked.eq(dut.mode[2] & (here.masked_by & inside.registers.hisadis.as_value()).any()),
            self.mode.eq(dut.mode), self.assumed.eq(inside.sound),
            self.illegal.eq(dut.illegal), self.virtual.eq(dut.virtual),
            self.illegal_now.eq(Mux(here.csr, access.illegal, legality.illegal) | masked),
            self.virtual_now.eq(Mux(here.csr, access.virtual, legality.virtual) & ~masked),
            self.holds.eq(~again | (self.illegal == self.illegal_now) & (self.virtual == self.virtual_now)),
            self.reached.eq(again & dut.mode[2] & dut.virtual & here.cbo_valid & (self.mode == causes.VU)),
        ]
        return m


CLAIM = Claim(
    name="looked_up", letter="c",
    says="An instruction that is looked up while the one before it is there would be judged alike when it is there itself: no "
         "instruction writes a CSR that opens or closes anything to its own mode.",
    make=LookedUp,
    assumes=csr_file.ASSUMES,
    shows=("mode", "illegal", "virtual", "illegal_now", "virtual_now"),
    bugs=(
        Mutation("the verdict is that of the instruction behind", "rtl/csr.py",
                 "with m.If(self.advance):", "with m.If(self.advance | FAULT):"),
        Mutation("scounteren binds S too", "rtl/csr_access.py",
                 "Mux(user, (level != 0) | counter & ~counts(gates.scounteren),\n",
                 "Mux(user | FAULT & counter, (level != 0) | counter & ~counts(gates.scounteren),\n"),
    ),
    depth=24)
