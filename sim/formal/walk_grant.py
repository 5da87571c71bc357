"""(d) What a whole walk grants, and what it says when it does not (privileged manual, "Physical Memory Protection",
"Two-Stage Address Translation")."""

from typing import Any

from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes
from sim.bench.mutate import Mutation
from sim.formal.claim import Claim

FETCH, LOAD, STORE, CBO = range(4)      # rtl.types.Access
STAGES = ("satp_mode", "vsatp_mode", "hgatp_mode")
REQUEST = {"vaddr": 64, "access": 2, "hlvx": 1, "mode": 3}
PMP = ("pmp_done", "r", "w", "x")


class WalkGrant(wiring.Component):  # type: ignore[misc]
    """`Walker` before a memory that holds anything, and a PMP that answers anything."""

    def __init__(self) -> None:
        super().__init__({
            **{name: In(1) for name in ("start", "abort", *STAGES, *PMP, "mem_done", "mem_error")},
            **{name: In(width) for name, width in REQUEST.items()}, "rdata": In(64), "table": In(44),
            "busy": Out(1), "reads": Out(1), "fill": Out(1), "failed": Out(1), "cause": Out(6), "refused": Out(1),
            "assumed": Out(1), "holds": Out(1), "reached": Out(1),
        })

    def elaborate(self, platform: Any) -> Module:
        from rtl.config import CONFIGS
        from rtl.mmu.walker import Walker
        m = Module()
        m.submodules.dut = dut = Walker(CONFIGS["tiny"])
        memory, pmp = dut.memory, dut.pmp
        m.d.comb += [
            dut.start.eq(self.start), dut.abort.eq(self.abort),
            *(getattr(dut.request, name).eq(getattr(self, name)) for name in REQUEST),
            *(getattr(dut.context, name).eq(getattr(self, name)) for name in STAGES),
            *(getattr(dut.context, name).eq(self.table) for name in ("satp_ppn", "vsatp_ppn", "hgatp_ppn")),
            pmp.done.eq(pmp.check & self.pmp_done), *(getattr(pmp, name).eq(getattr(self, name)) for name in "rwx"),
            memory.done.eq(memory.valid & self.mem_done), memory.error.eq(self.mem_error), memory.rdata.eq(self.rdata),
            self.busy.eq(dut.busy), self.reads.eq(memory.valid), self.fill.eq(dut.fill), self.failed.eq(dut.failed),
            self.cause.eq(dut.response.cause),
        ]
        # The request of the walk, and the rules of those around it.
        began = {name: Signal(width, name=f"began_{name}") for name, width in REQUEST.items()}
        before = {name: Signal(name=f"{name}_before") for name in (*STAGES, *PMP)}
        asked, was_busy = Signal(), Signal()
        same_context = Value.cast(1)
        for name in STAGES:
            same_context &= before[name] == getattr(self, name)
        same_answer = Value.cast(1)
        for name in PMP:
            same_answer &= before[name] == getattr(self, name)
        with m.If(~dut.busy):
            m.d.sync += [began[name].eq(getattr(self, name)) for name in REQUEST]
        m.d.sync += [*(before[name].eq(getattr(self, name)) for name in before), was_busy.eq(dut.busy),
                     asked.eq(pmp.check & pmp.done)]
        # One of the page tables, which are all that a walk reads, was out of bounds, or not there.
        with m.If(~dut.busy):
            m.d.sync += self.refused.eq(0)
        with m.Elif(pmp.check & pmp.done & ~pmp.r & ~dut.fill | memory.done & memory.error):
            m.d.sync += self.refused.eq(1)

        access, mode = began["access"], began["mode"]
        operation = Mux(access == STORE, pmp.w, Mux(access == FETCH, pmp.x, Mux(began["hlvx"], pmp.x & pmp.r, pmp.r)))
        kept = ~(Cat(dut.page.r, dut.page.w, dut.page.x) & ~Cat(pmp.r, pmp.w, pmp.x)).any()
        granted = kept & pmp.check & pmp.done & (pmp.ppn == dut.page.ppn) & operation & (pmp.machine == (mode == causes.M))
        kinds = []
        for what in ("ACCESS_FAULT", "PAGE_FAULT", "GUEST_PAGE_FAULT"):
            fetch, load, store = (causes.EXC[f"{how}_{what}"] for how in ("INSTRUCTION", "LOAD", "STORE"))
            kinds.append(self.cause == Mux(access == FETCH, fetch, Mux(access == LOAD, load, store)))
        first = Mux(mode[2], self.vsatp_mode, (mode != causes.M) & self.satp_mode)
        m.d.comb += [
            self.assumed.eq((~(dut.busy & was_busy) | same_context) & (~(asked & pmp.check) | same_answer)
                            & (self.mode != 2) & (self.mode < 6)),
            self.holds.eq((~dut.fill | granted & ~self.refused & ~dut.failed)
                          & (~dut.failed | kinds[0] | kinds[1] & first | kinds[2] & mode[2] & self.hgatp_mode)
                          & (~(dut.failed & self.refused) | kinds[0])),
            self.reached.eq(dut.fill & mode[2] & self.hgatp_mode & self.vsatp_mode),
        ]
        return m


CLAIM = Claim(
    name="walk_grant", letter="d",
    says="A walk grants a page only after PMP has let every page table be read and allows the access itself, as M-mode's or "
         "not, and with no more than PMP allows; it fails with an exception of this kind of access, a page fault only with a "
         "first stage, a guest-page fault only with a second, and an access fault whenever a page table was out of bounds.",
    make=WalkGrant,
    assumes=("the registers of translation and an answer of PMP stay as they are", "the hart is in one of its five modes"),
    shows=("start", "busy", "reads", "fill", "failed", "cause", "refused"),
    bugs=(
        Mutation("PMP forgets what page tables are read as", "rtl/mmu/walker.py",
                 "with m.If(~pmp.r):", "with m.If(~pmp.r & ~FAULT):"),
        Mutation("to PMP every access is M-mode's", "rtl/mmu/walker.py",
                 "pmp.machine.eq(space.machine & final)", "pmp.machine.eq((space.machine | FAULT) & final)"),
    ))
