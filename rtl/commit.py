"""The decisions of the commit stage M: what traps, what takes effect, and where execution goes on.

Manual: privileged "Machine Cause" and "Hypervisor: Synchronous Exception Priority", "Wait for Interrupt",
"Trap Return".
"""

from amaranth.hdl import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from isa.causes import EXC

from .config import Config
from .decode import Control, Unit
from .fetch import FetchFault
from .lsu import MemResponse
from .retire import Record
from .tinst import Tinst
from .types import CsrRequest, Fence, FenceKind, Guess, Mode, SysOp, TrapInfo


class Operation(data.Struct):
    """An instruction in M."""

    pc: 64
    next_pc: 64
    insn: 32            # expanded
    half: 16            # as fetched, when compressed
    compressed: 1
    fetch_fault: 1
    control: Control
    result: 64          # of X: value for rd, memory address, CSR operand, or rs1 of a fence or of what is deferred
    source: 64          # rs2
    deferred: 1         # an operand was not there in X, and is now: M computes, or decides where to go on
    guess: Guess
    target: 64          # the other way of a branch that was deferred


class Seen(data.Struct):
    """Inputs as an instruction sees them; see `isa/retire.py`."""

    irq: 12
    time: 64
    cycle: 64
    clock: 64


class Finding(data.Struct):
    """A trap that is found, and what its record tells besides: the inputs of that cycle, whatever they are in the next."""

    trap: TrapInfo
    bus_error: 1
    error_paddr: 56
    seen: Seen


class CsrVerdict(data.Struct):
    """What the CSR unit says of the instruction in M, and of the trap it is about to take."""

    mode: Mode
    illegal: 1
    virtual: 1
    refetch: 1
    hold: 1
    pause_exit: 1
    wait: 1
    wvalue: 64
    interrupt: 1
    interrupt_cause: 6
    wakeup: 1
    trap_vector: 64
    trap_mode: Mode
    trap_cause: 6
    trap_gva: 1
    trap_to_vs: 1
    ret_pc: 64
    ret_mode: Mode
    seen_time: 64
    seen_cycle: 64
    seen_irq: 12
    clock: 64


class Commit(wiring.Component):
    """Combinational but for what happened in the last cycle.

    1. An interrupt is taken instead of an instruction that has not begun; a begun access or WFI ends first.
    2. `stall` holds the instruction; all other effects happen in its last cycle, `valid` without `stall`.
    3. What traps is held for a cycle: the trap is found in one cycle and taken in the next.
    4. `flush` drops every younger instruction and fetches again at `target`.
    5. An instruction whose pages lack A bits has begun: with `update` it is fetched again, and comes back to end.
    """

    valid:         In(1)
    op:            In(Operation)
    rd_value:      In(64)
    fetch_fault:   In(FetchFault)
    access_mode:   In(Mode)         # effective mode of the memory access
    csr:           In(CsrVerdict)
    csr_request:   In(CsrRequest)
    branch_turns:  In(1)            # a branch that was deferred goes another way than X has sent it
    mem_done:      In(1)
    mem:           In(MemResponse)
    cleaned:       In(1)

    is_mem:        Out(1)           # the instruction is one that accesses memory, if there is one
    mem_valid:     Out(1)           # the memory access may begin and goes on until `mem_done`
    clean:         Out(1)           # FENCE.I waits until `cleaned`: what was stored is in memory
    csr_valid:     Out(1)           # the instruction is one of CSRs, and may turn out not to act
    csr_commit:    Out(1)
    trap_enter:    Out(1)
    trap:          Out(TrapInfo)
    ret_enter:     Out(1)
    retires:       Out(1)
    fence:         Out(Fence)
    stall:         Out(1)
    flush:         Out(1)
    update:        Out(1)           # ... the instruction at its own address, with its A bits set
    acts:          Out(1)           # an instruction that accesses no memory is in its last cycle; known earlier than `retires`
    decides:       Out(1)           # a branch that was deferred goes on, as X has sent it ...
    branches:      Out(1)           # ... or another way, to `op.target`: then with `flush`
    target:        Out(64)
    record:        Out(Record)

    def __init__(self, config: Config):
        self._config = config
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        op, csr, mem, control = self.op, self.csr, self.mem, self.op.control
        unit, sys = control.unit.as_value(), control.sys.as_value()

        # ---- Interrupts, and what the instruction wants ------------------------------------------
        begun = Signal()        # the instruction was here before and was not held back
        interrupt, wait = Signal(), Signal()
        sound = Signal()        # the instruction may act; one that is illegal or was not fetched asks for nothing
        is_csr = Signal()
        is_mem = self.is_mem
        # What a trap does is much, and translation, cache and legality are late: what is found is taken in the next cycle.
        early, trapping = Signal(), Signal()    # found without the memory access; taken
        found, taken = Signal(Finding), Signal(Finding)
        m.d.comb += [
            interrupt.eq(csr.interrupt & ~begun & ~csr.wait),
            wait.eq(csr.wait & ~begun),
            sound.eq(self.valid & ~wait & ~interrupt & ~trapping),
            is_mem.eq(unit.matches(Unit.LOAD, Unit.STORE, Unit.AMO, Unit.HLOAD, Unit.HSTORE, Unit.CBO)),
            is_csr.eq(unit.matches(Unit.CSR)),
            self.update.eq(sound & op.fetch_fault & self.fetch_fault.update),
            self.csr_valid.eq(self.valid & is_csr),
            self.mem_valid.eq(sound & is_mem & ~csr.illegal & ~csr.virtual),
        ]

        # ---- Exceptions, first match wins --------------------------------------------------------
        m.submodules.tinst = tinst = Tinst(self._config)
        m.d.comb += [
            early.eq(1),
            found.trap.tinst.eq(tinst.value),
            tinst.unit.eq(control.unit),
            tinst.insn.eq(op.insn),
            tinst.compressed.eq(op.compressed),
        ]
        bits = Mux(op.compressed, op.half, op.insn)
        with m.If(interrupt):
            m.d.comb += [found.trap.interrupt.eq(1), found.trap.cause.eq(csr.interrupt_cause)]
        with m.Elif(op.fetch_fault & self.fetch_fault.update):
            m.d.comb += early.eq(0)
        with m.Elif(op.fetch_fault):
            m.d.comb += [
                found.trap.cause.eq(self.fetch_fault.cause),
                found.trap.tval.eq(self.fetch_fault.vaddr),
                found.trap.tval2.eq(self.fetch_fault.tval2),
                found.trap.virtual.eq(csr.mode[2]),
                tinst.implicit.eq(self.fetch_fault.implicit),
                tinst.implicit_write.eq(self.fetch_fault.implicit_write),
                found.bus_error.eq(self.fetch_fault.bus_error),
                found.error_paddr.eq(self.fetch_fault.error_paddr),
            ]
        with m.Elif(control.illegal | csr.illegal):
            m.d.comb += [found.trap.cause.eq(EXC["ILLEGAL_INSTRUCTION"]), found.trap.tval.eq(bits)]
        with m.Elif(csr.virtual):
            m.d.comb += [found.trap.cause.eq(EXC["VIRTUAL_INSTRUCTION"]), found.trap.tval.eq(bits)]
        with m.Elif(csr.pause_exit):
            m.d.comb += [found.trap.cause.eq(EXC["PAUSE_LOOP"]), found.trap.tval.eq(bits)]
        with m.Elif(sys.matches(SysOp.EBREAK)):
            m.d.comb += [
                found.trap.cause.eq(EXC["BREAKPOINT"]),
                found.trap.tval.eq(op.pc),
                found.trap.virtual.eq(csr.mode[2]),
            ]
        with m.Elif(sys.matches(SysOp.ECALL)), m.Switch(csr.mode):
            for mode, name in ((Mode.M, "ECALL_M"), (Mode.S, "ECALL_S"), (Mode.VS, "ECALL_VS")):
                with m.Case(mode):
                    m.d.comb += found.trap.cause.eq(EXC[name])
            with m.Default():
                m.d.comb += found.trap.cause.eq(EXC["ECALL_U"])
        with m.Else():
            m.d.comb += [
                early.eq(0),
                found.trap.cause.eq(mem.cause),
                found.trap.tval.eq(op.result),
                found.trap.tval2.eq(mem.tval2),
                found.trap.virtual.eq(self.access_mode[2]),
                tinst.explicit.eq(1),
                tinst.implicit.eq(mem.implicit),
                tinst.implicit_write.eq(mem.implicit_write),
                found.bus_error.eq(mem.bus_error),
                found.error_paddr.eq(mem.error_paddr),
            ]

        # ---- The last cycle ----------------------------------------------------------------------
        last, holds, acts = Signal(), Signal(), self.acts
        m.d.comb += [
            self.clean.eq(sound & control.fence_i),
            holds.eq(wait | self.clean & ~self.cleaned | is_csr & csr.hold | sys.matches(SysOp.WFI) & ~early & ~csr.wakeup),
            self.stall.eq(~trapping & (holds | early) | self.mem_valid & (~self.mem_done | mem.fault)),
            last.eq(self.valid & ~self.stall),
            # What accesses no memory need not look at the access to know that this is its last cycle.
            acts.eq(self.valid & ~holds & ~early & ~trapping),
            self.trap_enter.eq(trapping),
            self.trap.eq(taken.trap),
            self.trap.pc.eq(op.pc),
            self.trap.interrupt.eq(taken.trap.interrupt & trapping),
            self.retires.eq(last & ~trapping & ~self.update),
            self.csr_commit.eq(acts & is_csr),
            self.ret_enter.eq(acts & sys.matches(SysOp.MRET, SysOp.SRET)),
            found.seen.irq.eq(csr.seen_irq),
            found.seen.time.eq(csr.seen_time),
            found.seen.cycle.eq(csr.seen_cycle),
            found.seen.clock.eq(csr.clock),
        ]
        m.d.sync += [
            begun.eq(self.update | begun & ~self.valid | self.valid & self.stall & ~wait),
            trapping.eq(self.valid & ~trapping & Mux(early, ~holds, self.mem_valid & self.mem_done & mem.fault)),
            taken.eq(found),
        ]

        # ---- Fences, and where to go on ----------------------------------------------------------
        # SINVAL and HINVAL do at once what SFENCE.INVAL.IR might wait for, which therefore does nothing.
        is_fence = sys.matches(SysOp.SFENCE_VMA, SysOp.SINVAL_VMA, SysOp.HFENCE_VVMA, SysOp.HINVAL_VVMA,
                               SysOp.HFENCE_GVMA, SysOp.HINVAL_GVMA)
        m.d.comb += [
            # A fence never waits; were this `retires`, ending a page walk would seem to depend on the bus.
            self.fence.valid.eq(sound & is_fence & ~csr.illegal & ~csr.virtual),
            self.fence.virtual.eq(csr.mode[2]),
            self.fence.has_addr.eq(control.rs1 != 0),
            self.fence.has_id.eq(control.rs2 != 0),
            self.fence.addr.eq(op.result),
            self.fence.id.eq(op.source),
            self.decides.eq(acts & op.deferred & control.conditional),
            self.branches.eq(self.decides & self.branch_turns),
            self.flush.eq(self.trap_enter | self.ret_enter | self.fence.valid | self.branches | self.update
                          | acts & (control.fence_i | is_csr & csr.refetch)),
        ]
        with m.Switch(control.sys):
            with m.Case(SysOp.HFENCE_VVMA, SysOp.HINVAL_VVMA):
                m.d.comb += self.fence.kind.eq(FenceKind.HFENCE_VVMA)
            with m.Case(SysOp.HFENCE_GVMA, SysOp.HINVAL_GVMA):
                m.d.comb += self.fence.kind.eq(FenceKind.HFENCE_GVMA)
        next_mode = Signal(Mode)
        with m.If(trapping):
            m.d.comb += [self.target.eq(csr.trap_vector), next_mode.eq(csr.trap_mode)]
        with m.Elif(sys.matches(SysOp.MRET, SysOp.SRET)):
            m.d.comb += [self.target.eq(csr.ret_pc), next_mode.eq(csr.ret_mode)]
        with m.Elif(op.fetch_fault):
            m.d.comb += self.target.eq(op.pc)
        with m.Else():
            m.d.comb += [self.target.eq(Mux(self.branches, op.target, op.next_pc)), next_mode.eq(csr.mode)]

        # ---- The record --------------------------------------------------------------------------
        record, seen = self.record, Signal(Seen)
        m.d.comb += [
            seen.eq(Mux(trapping, taken.seen.as_value(), found.seen.as_value())),
            record.valid.eq(last & ~self.update),
            record.trap.eq(trapping),
            record.mode.eq(csr.mode),
            record.next_mode.eq(next_mode),
            record.pc.eq(op.pc),
            record.next_pc.eq(self.target),
            *(getattr(record, name).eq(getattr(seen, name)) for name in ("irq", "time", "cycle", "clock")),
        ]
        with m.If(~self.trap.interrupt & ~op.fetch_fault):
            m.d.comb += [record.insn.eq(bits), record.compressed.eq(op.compressed)]
        with m.If(trapping):
            m.d.comb += [
                record.interrupt.eq(self.trap.interrupt),
                record.cause.eq(csr.trap_cause),
                record.tval.eq(self.trap.tval),
            ]
            with m.If(~csr.trap_to_vs):
                m.d.comb += [
                    record.gva.eq(csr.trap_gva),
                    record.tval2.eq(self.trap.tval2),
                    record.tinst.eq(self.trap.tinst),
                ]
            with m.If(taken.bus_error):
                m.d.comb += [record.bus_error.eq(1), record.error_paddr.eq(taken.error_paddr)]
        with m.Else():
            m.d.comb += record.rd.eq(control.rd)
            with m.If(control.rd != 0):
                m.d.comb += record.rd_value.eq(self.rd_value)
            with m.If(is_mem & (mem.read | mem.write | unit.matches(Unit.CBO))):
                m.d.comb += [
                    record.mem_read.eq(mem.read),
                    record.mem_write.eq(mem.write),
                    record.mem_size.eq(mem.size),
                    record.mem_vaddr.eq(op.result),
                    record.mem_paddr.eq(mem.paddr),
                    record.mem_rdata.eq(Mux(mem.read, mem.loaded, 0)),
                    record.mem_wdata.eq(Mux(mem.write, mem.stored, 0)),
                ]
            with m.If(is_csr & self.csr_request.write):
                m.d.comb += [
                    record.csr_write.eq(1),
                    record.csr_addr.eq(self.csr_request.addr),
                    record.csr_value.eq(csr.wvalue),
                ]
        return m
