"""(f) The order of retirement: each record is of the instruction that the one before it said would be next, and after a trap or
another flush of one that was fetched since (privileged manual, "Machine Trap-Vector Base-Address Register", "Trap-Return
Instructions"; unprivileged manual, "Control Transfer Instructions", "Zifencei").

Addresses are only copied and compared, all bits alike; one bit of each is enough to tell whether it is the right one. Which
instruction follows, where branches go and whether they are taken is left open, so long as fetch and execution agree.
"""

from typing import Any

from amaranth.hdl import Cat, Fragment, Module, Mux, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa.retire import FIELDS
from sim.bench.mutate import Mutation
from sim.formal.claim import Claim
from sim.formal.cut import cut, outputs, seen

# What stands in the place of the address of an instruction: one bit of it, one of that of the instruction behind it, and
# whether it was fetched before the flush that is watched.
ADDRESS = data.StructLayout({"here": 1, "link": 1, "old": 1, "free": 61})
FETCHED = {"fetched": 1, "raw": 32, "faulted": 1, "guessed": 1, "address": ADDRESS, "elsewhere": 1}
SHOWS = {"valid": 1, "trap": 1, "here": 1, "next": 1, "delivers": 1, "at": 1, "redirect": 1, "target": 1, "stages": 3}


def decoded(instruction: Any) -> Value:
    """Are the controls of an instruction in X or M those of one instruction, and not of several at a time?"""
    from rtl.decode import Unit
    from rtl.types import SysOp
    control = instruction.control
    unit, sys = control.unit.as_value(), control.sys.as_value()
    return ((~instruction.fetch_fault | control.illegal) & (~control.illegal | (Cat(unit, control.rd) == 0))
            & ((sys == 0) | unit.matches(Unit.SYS) | sys.matches(SysOp.HLSV) & unit.matches(Unit.HLOAD, Unit.HSTORE))
            & (~(control.fence_i | control.pause) | unit.matches(Unit.FENCE))
            & (~(control.conditional | control.jump) | unit.matches(Unit.BRANCH)))


class Order(wiring.Component):     # type: ignore[misc]
    """The core: stages, redirects and commit as they are, fetch as it should be, the rest free.

    `controls`: with the decoder, for a claim about what it puts into the stages.
    """

    def __init__(self, controls: bool = False) -> None:
        import rtl.core
        from rtl.config import CONFIGS
        core: Any = rtl.core
        self._core, self._controls = core.Core(CONFIGS["tiny"]), controls
        free = (core.Fetch, core.Branch, core.Late, core.Mul, core.Div, core.Lsu, core.CsrFile, core.Mmu, core.Uncached,
                core.RegFile, core.Forward, *(() if controls else (core.Decode,)))
        with cut(*free) as units, seen(core.Redirect) as redirects:
            self._fragment = Fragment.get(self._core, None)
        self._redirect, = redirects
        self._fetch, self._branch, self._units = units.pop("fetch0"), units.pop("branch0"), units
        super().__init__({
            **{name: In(len(outputs(unit))) for name, unit in units.items()},
            **{name: In(width) for name, width in FETCHED.items()},
            "fault": In(len(Value.cast(self._fetch.fault))), "choose": In(1),
            **{name: Out(width) for name, width in SHOWS.items()}, "assumed": Out(1), "holds": Out(1), "reached": Out(1)})

    def elaborate(self, platform: Any) -> Module:
        from rtl.activity import Activity
        m = Module()
        m.submodules.core = self._fragment
        fetch, branch = self._fetch, self._branch
        csr, mmu, lsu, regfile = (self._units[name] for name in ("csrfile0", "mmu0", "lsu0", "regfile0"))
        activity = Activity(self._core.activity[:Activity.as_shape().size])
        m.d.comb += [outputs(unit).eq(getattr(self, name)) for name, unit in self._units.items()]

        # Fetch: one instruction behind the other, or after one that was guessed to jump anywhere; a redirect beats that.
        out, address, old, at = fetch.out, ADDRESS(fetch.out.p.pc), Signal(init=1), Signal()
        m.d.comb += [
            out.valid.eq(self.fetched),
            address.eq(self.address), address.here.eq(at), address.old.eq(old),
            out.p.raw.eq(Mux(self.faulted, 0, self.raw)), out.p.fault.eq(self.faulted), out.p.guess.taken.eq(self.guessed),
            fetch.fault.eq(self.fault),
        ]
        with m.If(fetch.redirect):
            m.d.sync += at.eq(fetch.target[0])
        with m.Elif(out.valid & out.ready):
            m.d.sync += at.eq(Mux(self.guessed, self.elsewhere, address.link))

        # Branches: operands are free, and so is what is made of them.
        m.d.comb += [
            branch.taken.eq(branch.jump | branch.conditional & branch.a[63]),
            branch.target.eq(branch.a), branch.link.eq(ADDRESS(branch.pc).link),
        ]

        # Records
        field = {name: self._core.retire[64 * f.word + f.lsb:64 * f.word + f.lsb + f.width] for name, f in FIELDS.items()}
        valid, trap, pc = field["valid"], field["trap"], ADDRESS(field["pc"])
        following = Signal()
        with m.If(valid):
            m.d.sync += following.eq(field["next_pc"])

        # One record with a flush is watched: what fetch delivers before it is redirected is old.
        refetches, watching, begins = Signal(), Signal(), Signal()
        m.d.sync += refetches.eq(csr.ret_enter | mmu.fence.valid | csr.commit & csr.refetch)
        m.d.comb += begins.eq(self.choose & valid & (trap | refetches | fetch.invalidate) & ~watching)
        with m.If(begins):
            m.d.sync += watching.eq(1)
        with m.If((watching | begins) & fetch.redirect):
            m.d.sync += old.eq(0)

        # Effects in M, one cycle before the record; a fault, one before its trap
        acted, trapped, began, ended, failed = (Signal(name=name) for name in ("acted", "trapped", "began", "ended", "failed"))
        m.d.sync += [
            acted.eq(csr.commit | csr.ret_enter | csr.retire | mmu.fence.valid), trapped.eq(csr.trap_enter),
            began.eq(lsu.valid & ~lsu.done), ended.eq(lsu.valid & lsu.done & ~lsu.response.fault),
            failed.eq(lsu.valid & lsu.done & lsu.response.fault),
        ]

        verdict = Cat(csr.illegal, csr.virtual)
        before, held, crowd = Signal(2), Signal(), Signal()
        m.d.sync += [before.eq(verdict), held.eq(activity.m_valid & activity.m_held)]
        with m.If(activity.m_trap & activity.x_valid & activity.d_valid & out.valid):
            m.d.sync += crowd.eq(1)
        m.d.comb += [
            self.valid.eq(valid), self.trap.eq(trap), self.here.eq(pc.here), self.next.eq(field["next_pc"]),
            self.delivers.eq(out.valid & out.ready), self.at.eq(at),
            self.redirect.eq(fetch.redirect), self.target.eq(fetch.target),
            self.stages.eq(Cat(activity.m_valid, activity.x_valid, activity.d_valid)),
        ]
        x, m_ = self._redirect.x, self._redirect.m
        if self._controls:
            m.d.comb += [
                self.assumed.eq(1), self.holds.eq(decoded(x) & decoded(m_)), self.reached.eq(m_.control.sys.as_value() != 0),
            ]
        else:
            m.d.comb += [
                self.assumed.eq((~csr.pause_exit | csr.pause) & (~held | (verdict == before))
                                & decoded(x) & decoded(m_)),
                self.holds.eq((~valid | (pc.here == following) & ~(watching & pc.old))
                              & (acted == (valid & ~trap)) & (trapped == (valid & trap))
                              & ((regfile.rd == 0) | valid & ~trap & (regfile.rd == field["rd"]))
                              & (~began | lsu.valid) & (~ended | acted) & (~failed | csr.trap_enter)),
                self.reached.eq(crowd & watching & valid),
            ]
        return m


CONTROLS = Claim(
    name="controls", letter="f",
    says="What the decoder puts into X and M are the controls of one instruction; after a fetch fault, of an illegal one.",
    make=lambda: Order(controls=True),
    assumes=("the bits of what could not be fetched are zero",),
    shows=tuple(SHOWS),
    bugs=(
        Mutation("the instruction in M has the controls of the one in D", "rtl/core.py", "m_.enter.p.control.eq(x_control)",
                 "m_.enter.p.control.eq(Mux(FAULT, decode.control, x_control))"),
    ))

ORDER = Claim(
    name="order", letter="f",
    says="Records follow one another as their next_pc say, and behind a trap, or whatever else flushes, is nothing that was "
         "fetched before. Each effect on CSRs, translations and registers has its record; an access that has begun ends, with "
         "a record or a trap.",
    make=Order,
    assumes=("fetch delivers what follows in memory, or after a guess anything, and after a redirect its target",
             "controls are those of one instruction (controls)",
             "a branch goes where it does as long as it is in X",
             "only `pause` ends a loop of pauses; an instruction that M holds does not become illegal"),
    shows=tuple(SHOWS),
    bugs=(
        Mutation("a flush of M leaves what is in X", "rtl/core.py",
                 "x.kill_on(commit.flush)", "x.kill_on(commit.flush & ~FAULT)"),
        Mutation("a redirect leaves what is in D", "rtl/core.py",
                 "d.kill_on(redirect.redirect)", "d.kill_on(redirect.redirect & ~FAULT)"),
        Mutation("a younger redirect of X goes before that of M", "rtl/redirect.py",
                 "Mux(self.m_branches, self.m.target, self.x_next_pc)",
                 "Mux(self.m_branches & ~(self.x_redirects & FAULT), self.m.target, self.x_next_pc)"),
        Mutation("a flush of M does not redirect", "rtl/redirect.py",
                 "self.redirect.eq(stopped |", "self.redirect.eq(stopped & ~FAULT |"),
        Mutation("what traps writes its register", "rtl/core.py",
                 "m_.moves & ~commit.trap_enter", "m_.moves & ~(commit.trap_enter & ~FAULT)"),
        Mutation("an interrupt takes the place of an access that has begun", "rtl/commit.py",
                 "csr.interrupt & ~begun", "csr.interrupt & ~(begun & ~FAULT)"),
    ))

CLAIMS = (CONTROLS, ORDER)
