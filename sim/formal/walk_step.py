"""(d) What one page-table entry permits, in each stage, and where it leads (privileged manual, "Virtual Address Translation
Process", "Two-Stage Address Translation")."""

from typing import Any

from amaranth.hdl import C, Cat, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes
from sim.bench.mutate import Mutation
from sim.formal.claim import Claim

FETCH, LOAD, STORE, CBO = range(4)      # rtl.types.Access
BITS = ("sum", "mxr", "vs_sum", "vs_mxr")
PLACE = {"guest": 1, "final": 1, "writing": 1, "target": 64, "level": 2}
BIT = {name: at for at, name in enumerate("vrwxugad")}


class WalkStep(wiring.Component):   # type: ignore[misc]
    """`Step` beside the rules for a leaf and for a pointer."""

    def __init__(self) -> None:
        super().__init__({
            **{name: In(1) for name in BITS}, **{name: In(width) for name, width in PLACE.items()},
            "pte": In(64), "access": In(2), "hlvx": In(1), "mode": In(3), "vaddr": In(64),
            "denied": Out(1), "onward": Out(56), "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        from rtl.config import CONFIGS
        from rtl.mmu.step import Step
        m = Module()
        m.submodules.dut = dut = Step(CONFIGS["tiny"])
        m.d.comb += [
            *(getattr(dut.context, name).eq(getattr(self, name)) for name in BITS),
            *(getattr(dut, name).eq(getattr(self, name)) for name in PLACE),
            *(getattr(dut.request, name).eq(getattr(self, name)) for name in ("access", "hlvx", "mode", "vaddr")),
            Value.cast(dut.pte).eq(self.pte), dut.virtual.eq(self.mode[2]),
            self.denied.eq(dut.denied), self.onward.eq(dut.onward),
            self.assumed.eq((self.level < 3) & ((self.mode == causes.U) | (self.mode == causes.S) | (self.mode == causes.VU)
                                                | (self.mode == causes.VS))),
        ]
        granted, leads = Signal(), Signal(56)
        m.d.comb += [granted.eq(self._owner(m) & self._operation(m) & self._aligned(m)), leads.eq(self._leads(m))]
        leaf = self._bit("r") | self._bit("x")
        m.d.comb += [
            self.holds.eq((~leaf | (dut.denied == ~granted)) & (dut.onward == leads)),
            self.reached.eq(leaf & granted & self.guest & ~self.final & self.writing),
        ]
        return m

    def _bit(self, name: str) -> Value:
        return self.pte[BIT[name]]

    def _owner(self, m: Module) -> Value:
        """The G-stage is a user's; S-mode has the pages of users with SUM, but not for execution."""
        own = Signal()
        with m.If(self.guest | (self.mode == causes.U) | (self.mode == causes.VU)):
            m.d.comb += own.eq(self._bit("u"))
        with m.Elif(self._bit("u")):
            m.d.comb += own.eq(Mux(self.mode == causes.VS, self.vs_sum, self.sum) & (self.access != FETCH))
        with m.Else():
            m.d.comb += own.eq(1)
        return own

    def _operation(self, m: Module) -> Value:
        """R, W or X, of the access, or of the read or the update of a first-stage PTE."""
        may = Signal()
        both = self.mxr | (self.vs_mxr & self.mode[2] & ~self.guest)        # vsstatus.MXR is for the first stage alone
        with m.If(self.guest & ~self.final):
            m.d.comb += may.eq(Mux(self.writing, self._bit("w"), self._bit("r")))
        with m.Else(), m.Switch(self.access):
            with m.Case(FETCH):
                m.d.comb += may.eq(self._bit("x"))
            with m.Case(STORE):
                m.d.comb += may.eq(self._bit("w"))
            with m.Case(LOAD, CBO):
                m.d.comb += may.eq(Mux(self.hlvx, self._bit("x"), self._bit("r") | self._bit("x") & both))
        return may

    def _aligned(self, m: Module) -> Value:
        """A superpage begins at a multiple of its size."""
        aligned = Signal(init=1)
        for level in (1, 2):
            with m.If(self.level == level):
                m.d.comb += aligned.eq(self.pte[10:10 + 9 * level] == 0)
        return aligned

    def _leads(self, m: Module) -> Value:
        """The address in the page of a leaf, or that of the next PTE."""
        address, leads = Signal(64), Signal(56)
        m.d.comb += address.eq(Mux(self.guest, self.target, self.vaddr))
        with m.Switch(self.level):
            for level in range(3):
                offset = 12 + 9 * level
                with m.Case(level):
                    m.d.comb += leads.eq(Cat(address[:offset], self.pte[10 + 9 * level:54]))
                    with m.If(~self._bit("r") & ~self._bit("x")):
                        index = address[offset - 9:offset] if level else address[12:21]
                        m.d.comb += leads.eq(Cat(C(0, 3), index, self.pte[10:54]))
        return leads


CLAIM = Claim(
    name="walk_step", letter="d",
    says="In both stages a leaf permits an access exactly when U, the operation and the alignment of its page allow it, with "
         "SUM and MXR of the right level; it leads to the address in its page, and a pointer to the next entry.",
    make=WalkStep,
    assumes=("the effective mode is not M", "there are three levels"),
    shows=("guest", "final", "writing", "level", "pte", "access", "hlvx", "mode", "denied", "onward"),
    bugs=(
        Mutation("the G-stage does not need U", "rtl/mmu/step.py",
                 "supervisor_only, pte.u)", "supervisor_only, pte.u | (guest & FAULT))"),
        Mutation("MXR makes guest page tables readable", "rtl/mmu/step.py",
                 "Mux(guest, self.final & context.mxr,", "Mux(guest, (self.final | FAULT) & context.mxr,"),
        Mutation("a misaligned superpage is taken", "rtl/mmu/pte.py",
                 "((level >= 1) & low)", "((level >= 1) & low & ~FAULT)"),
        Mutation("guest page tables are read with the rights of the access", "rtl/mmu/step.py",
                 "Mux(self.explicit, request.access,", "Mux(self.explicit | FAULT, request.access,"),
    ))
