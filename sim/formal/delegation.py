"""(b) Which mode a trap goes to (privileged manual, "Machine Trap Delegation Registers", "Hypervisor Trap Delegation
Registers")."""

from typing import Any

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes
from sim.bench.mutate import Mutation
from sim.formal.claim import Claim


class Delegation(wiring.Component):     # type: ignore[misc]
    """`TrapTarget` beside the rule: a trap goes to M, unless it is from below M and delegated; then to HS, unless it is from
    V=1 and delegated again."""

    def __init__(self) -> None:
        super().__init__({
            "interrupt": In(1), "code": In(6), "virtual": In(1), "mode": In(3),     # virtual: the address is one of the guest
            **{name: In(64) for name in ("medeleg", "mideleg", "hedeleg", "hideleg")},
            "to_mode": Out(3), "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        from rtl.trap import TrapTarget
        from rtl.types import Arm
        m = Module()
        m.submodules.dut = dut = TrapTarget()
        m.d.comb += [
            dut.trap.interrupt.eq(self.interrupt), dut.trap.cause.eq(self.code), dut.trap.virtual.eq(self.virtual),
            *(getattr(dut, name).eq(getattr(self, name)) for name in ("mode", "medeleg", "mideleg", "hedeleg", "hideleg")),
            self.to_mode.eq(dut.to_mode),
            self.assumed.eq(0),
        ]
        for legal in (causes.U, causes.S, causes.M, causes.VU, causes.VS):
            with m.If(self.mode == legal):
                m.d.comb += self.assumed.eq(1)
        by_m, by_hs = Signal(), Signal()
        with m.If(self.interrupt):
            m.d.comb += [by_m.eq((self.mideleg >> self.code)[0]), by_hs.eq((self.hideleg >> self.code)[0])]
        with m.Else():
            m.d.comb += [by_m.eq((self.medeleg >> self.code)[0]), by_hs.eq((self.hedeleg >> self.code)[0])]
        wanted, arm, code, gva = Signal(3), Signal(Arm), Signal(6), Signal()
        m.d.comb += [wanted.eq(causes.M), arm.eq(Arm.M), code.eq(self.code), gva.eq(self.virtual)]
        with m.If((self.mode != causes.M) & by_m):
            m.d.comb += [wanted.eq(causes.S), arm.eq(Arm.HS)]
            with m.If(self.mode[2] & by_hs):
                vs_level = self.interrupt & ((self.code == 2) | (self.code == 6) | (self.code == 10))
                m.d.comb += [wanted.eq(causes.VS), arm.eq(Arm.VS), code.eq(Mux(vs_level, self.code - 1, self.code)), gva.eq(0)]
        m.d.comb += [
            self.holds.eq((dut.to_mode == wanted) & (dut.arm == arm) & (dut.cause == code) & (dut.gva == gva)),
            self.reached.eq((wanted == causes.VS) & self.interrupt),
        ]
        return m


CLAIM = Claim(
    name="delegation", letter="b",
    says="A trap goes to the mode that medeleg, mideleg, hedeleg and hideleg say, and reports its cause as that mode sees it.",
    make=Delegation,
    assumes=("the hart is in one of its five modes",),
    shows=("mode", "interrupt", "code", "to_mode"),
    bugs=(
        Mutation("hedeleg acts without medeleg", "rtl/trap.py",
                 "with m.If(self.mode[2] & to_s & to_vs):", "with m.If(self.mode[2] & (to_s | FAULT) & to_vs):"),
        Mutation("M-mode delegates its own traps", "rtl/trap.py",
                 "with m.Elif((self.mode != Mode.M) & to_s):", "with m.Elif(((self.mode != Mode.M) | FAULT) & to_s):"),
        Mutation("an exception of VS loses 1 like an interrupt", "rtl/trap.py",
                 "(trap.interrupt & (C(", "((trap.interrupt | FAULT) & (C("),
    ))
