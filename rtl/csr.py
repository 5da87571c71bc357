"""Control and status registers (privileged manual, "Machine-Level ISA", "Supervisor-Level ISA", "Hypervisor CSRs";
docs/xdoppel.md).

The facts are those of `isa.csrs`; this file connects what behaves: who may access a CSR, what a read returns, what a write
changes, and what traps, returns, counters and interrupts do meanwhile.
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes
from rtl import csr_context, trap
from rtl.config import Config
from rtl.counters import Counters
from rtl.csr_access import CsrAccess
from rtl.csr_registers import home, present, registers
from rtl.csr_rules import conditions, fixed_masks, turns_zero, visible
from rtl.csr_values import pending, values
from rtl.csr_words import EPC, WORDS, CsrWords, Place, place
from rtl.hpm import Happenings, Hpm
from rtl.interrupts import BITS, Interrupts
from rtl.legality import Legality
from rtl.pause_loop import PauseLoop
from rtl.pmp import PmpCsr
from rtl.timer import Timer
from rtl.tree import any_of
from rtl.types import Arm, CsrOp, CsrRequest, MmuContext, Mode, Privileged, SysOp, TrapInfo

# What interrupts depend on, besides the mode. Who writes one of them waits for a new choice.
INTERRUPT_CONTROL = ("mstatus", "sstatus", "vsstatus", "mie", "sie", "hie", "vsie", "mip", "sip", "hip", "vsip", "hvip",
                     "mideleg", "hideleg", "menvcfg", "henvcfg")
# What decides, besides the mode and what a fence orders, how a memory access is translated and protected.
TRANSLATION = ("mstatus", "sstatus", "vsstatus", "hstatus", "satp", "vsatp", "hgatp")
TIMER_CONTROL = ("stimecmp", "vstimecmp", "htimedelta")


class CsrFile(wiring.Component):
    """All CSRs, the privilege mode, trap entry and return, and the choice of interrupts."""

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            # An instruction is looked up before it is here: it comes at the end of a cycle with `advance`. Until the next
            # one the verdict of its legality stays.
            "next":          In(Privileged),
            "advance":       In(1),
            "illegal":       Out(1),
            "virtual":       Out(1),
            # A CSR instruction. Outputs answer in the same cycle; `commit` writes at its end.
            "request":       In(CsrRequest),
            "request_valid": In(1),         # no later than anything else: whether or not the instruction will act
            "commit":        In(1),
            "rdata":         Out(64),
            "wvalue":        Out(64),       # what a read of the same address would return after the write
            "refetch":       Out(1),        # younger instructions must be fetched again after this write
            "retranslates":  Out(1),        # it may change how memory accesses are translated, or in which mode
            "hold":          Out(1),        # it must stay for another cycle
            # Another instruction.
            "sys_op":        In(SysOp),
            "pause":         In(1),
            "acts":          In(1),         # an instruction that accesses no memory is in its last cycle
            "pause_exit":    Out(1),        # exception 24 takes its place
            "wait":          Out(1),        # no instruction may begin in this cycle
            "busy":          Out(1),        # none may come: after reset, and while what a trap writes goes the way of its write
            # The state that the pipeline and the memory-management unit look at.
            "mode":          Out(Mode, init=Mode.M),
            "data_mode":     Out(Mode),     # effective mode of ordinary loads and stores
            "hlsv_mode":     Out(Mode),     # effective mode of HLV, HLVX and HSV
            "context":       Out(MmuContext),
            # Trap entry at the end of a cycle with `trap_enter`.
            "trap":          In(TrapInfo),
            "trap_enter":    In(1),
            "trap_vector":   Out(64),
            "trap_mode":     Out(Mode),
            "trap_cause":    Out(6),        # as written to xcause
            "trap_gva":      Out(1),
            "trap_to_vs":    Out(1),
            # Return by `sys_op` (MRET or SRET) at the end of a cycle with `ret_enter`.
            "ret_enter":     In(1),
            "ret_pc":        Out(64),
            "ret_mode":      Out(Mode),
            # Interrupts, counters, and the page-modification log.
            "retire":        In(1),         # an instruction retires in this cycle
            "interrupt":     Out(1),        # this interrupt is allowed in this cycle
            "interrupt_cause": Out(6),      # as in mip
            "wakeup":        Out(1),        # WFI may end
            "pmp":           Out(PmpCsr()),
            "log_append":    In(1),         # an entry joins the page-modification log: the index moves on
            "irq_msip":      In(1),
            "irq_mtip":      In(1),
            "irq_meip":      In(1),
            "irq_seip":      In(1),
            "time":          In(64),
            # The inputs as the instruction in this cycle sees them.
            "seen_time":     Out(64),
            "seen_cycle":    Out(64),
            "seen_irq":      Out(12),
            "clock":         Out(64),
            # What happened in this cycle, for the hpm counters (isa/events.py): they count it in the next.
            "event_tlb_miss":       In(1),
            "event_tlb_miss_g":     In(1),
            "event_walk_reference": In(1),
            "event_fetch_miss":     In(1),
            "event_data_miss":      In(1),
            "event_branch_miss":    In(1),
        })

    def access_mode(self, sys):
        """Effective mode of the memory access of an instruction with this SysOp."""
        return Mux(sys == SysOp.HLSV, self.hlsv_mode, self.data_mode)

    def elaborate(self, platform):
        m = Module()
        profile, has_h = self._config.profile, self._config.has_h
        rows = present(profile)
        r = registers(rows)
        request, mode = self.request, self.mode

        # Units
        m.submodules.access = access = CsrAccess(self._config)
        m.submodules.legality = legality = Legality()
        m.submodules.words = words = CsrWords()
        m.submodules.counters = counters = Counters(self._config)
        m.submodules.hpm = hpm = Hpm(self._config)
        m.submodules.timer = timer = Timer(has_h=has_h)
        m.submodules.interrupts = interrupts = Interrupts()
        m.submodules.target = target = trap.TrapTarget()

        # What the instruction that comes next means, and whether it may. By then the one before it may have written a CSR: but
        # each that opens or closes others does so for modes that cannot write it, and a change of mode empties the pipeline.
        coming, selected = self.next, Signal.like(access.select)
        is_counter, is_pmp, is_wide, at_csr, at_return = Signal(), Signal(), Signal(), Signal(Place), Signal(Place)
        accessed = dict(zip(access.names, access.select, strict=True))
        select = dict(zip(access.names, selected, strict=True))
        wide = [name for name in access.names if name in WORDS]
        masked = (mode[2] & (coming.masked_by & r.hisadis.as_value()).any()) if profile.has("Xdoppel") else C(0, 1)
        m.d.comb += [
            access.valid.eq(coming.csr & ~self.trap_enter & ~words.busy),
            access.addr.eq(coming.addr),
            access.write.eq(coming.write),
            access.mode.eq(mode),
            *csr_context.gates(access.gates, r, profile),
            legality.op.eq(coming.sys),
            legality.cbo.eq(coming.cbo_valid),
            legality.mode.eq(mode),
            *csr_context.permissions(legality, r, coming.cbo, profile),
            at_csr.eq(any_of(Mux(accessed[name], place(name), 0) for name in wide)),
            at_return.row.eq(EPC),
            at_return.arm.eq(trap.return_arm(coming.sys, mode)),
        ]
        with m.If(self.advance):
            m.d.sync += [
                self.illegal.eq(Mux(coming.csr, access.illegal, legality.illegal) | masked),
                *([self.virtual.eq(Mux(coming.csr, access.virtual, legality.virtual) & ~masked)] if has_h else []),
                selected.eq(access.select),
                is_counter.eq(access.counter),
                is_pmp.eq(access.pmp),
                is_wide.eq(Cat(accessed[name] for name in wide).any()),
                words.at.eq(Mux(coming.sys.as_value().matches(SysOp.MRET, SysOp.SRET), at_return, at_csr)),
            ]

        def written(*names: str) -> Value:
            """Does an instruction write one of these in this cycle?"""
            return self.commit & request.write & Cat(select[name] for name in names if name in select).any()

        # Pending interrupts, in this cycle and in the next: the lines pass two registers, as time does.
        lines, next_lines = Signal(BITS), Signal(BITS)
        mip, next_mip = Signal(BITS), Signal(BITS)
        m.d.sync += [
            Cat(next_lines[causes.IRQ[name]] for name in ("MSI", "MTI", "SEI", "MEI")).eq(
                Cat(self.irq_msip, self.irq_mtip, self.irq_seip, self.irq_meip)),
            lines.eq(next_lines),
        ]
        m.d.comb += [
            mip.eq(pending(r, lines, timer.pending_s, timer.pending_vs, has_h=has_h)),
            next_mip.eq(pending(r, next_lines, timer.next_pending_s, timer.next_pending_vs, has_h=has_h)),
        ]

        # Read
        shown = visible(r, mode, profile)
        old, operand, new, zeroes = (Signal(64, name=name) for name in ("old", "operand", "new", "zeroes"))
        sei = C(1 << causes.IRQ["SEI"], 64)
        sources = [(value, select[name]) for name, value in values(rows, r, mip, shown, profile).items() if name in select]
        sources += [
            (words.value, is_wide),
            (counters.value, is_counter),
            (self.pmp.value, is_pmp),
            (Mux(mode[2], timer.guest_time, timer.time) if has_h else timer.time, select["time"]),
        ]
        m.d.comb += [
            self.rdata.eq(any_of(Mux(chosen, value, 0) for value, chosen in sources)),
            # CSRRS and CSRRC do not turn the line of the interrupt controller into the software's SEIP.
            old.eq(self.rdata & ~Mux(select["mip"] & ~r.mip.seip, sei, 0)),
        ]

        # The value to write
        with m.Switch(request.op):
            with m.Case(CsrOp.WRITE):
                m.d.comb += operand.eq(request.operand)
            with m.Case(CsrOp.SET):
                m.d.comb += operand.eq(old | request.operand)
            with m.Case(CsrOp.CLEAR):
                m.d.comb += operand.eq(old & ~request.operand)
        m.d.comb += [
            zeroes.eq(any_of(Mux(select[name], bits, 0) for name in select
                             if (bits := turns_zero(name, operand)) is not None)),
            new.eq(operand & ~zeroes),
        ]

        # Write
        fixed, rules = fixed_masks(profile), conditions(r, new, mode, profile)
        masks = {}
        for name, csr in rows.items():
            for field in csr.fields:
                where, bits = home(rows, csr, field), field.mask & fixed.get(name, -1)
                if not where or not bits or name not in select:
                    continue
                condition = shown.get(name, {}).get(field.name, C(1, 1)) & rules.get(name, {}).get(field.name, C(1, 1))
                masks[name] = masks.get(name, 0) | Mux(condition, C(bits, 64), 0)
                register, shift = where
                if hasattr(r, register):
                    with m.If(written(name) & condition):
                        m.d.sync += store(getattr(r, register).as_value(), new, bits, shift)

        def merged(names) -> Value:
            mask = any_of(Mux(select[name], masks[name], 0) for name in names if name in masks)
            return (new & mask) | (old & ~mask)

        line = Mux(select["mip"] & lines[causes.IRQ["SEI"]], sei, 0)
        m.d.comb += [
            words.data.eq(merged(wide)),
            words.write.eq(self.commit & request.write & is_wide),
            self.pmp.select.eq(self.request_valid & is_pmp),
            self.pmp.number.eq(request.addr),
            self.pmp.write.eq(self.commit & request.write),
            self.pmp.new.eq(new),
            self.wvalue.eq(Mux(is_pmp, self.pmp.written, Mux(is_counter, new, merged(select) | line))),
            self.retranslates.eq(request.write & Cat(select[name] for name in TRANSLATION if name in select).any()),
            # What younger instructions were fetched with, in the mode that goes on.
            self.refetch.eq(request.write & (is_pmp | select["satp"] & (mode == Mode.S)
                                             | (select["vsatp"] & mode[2] if has_h else 0))),
        ]

        # Counters and time
        m.d.sync += self.clock.eq(self.clock + 1)
        m.d.comb += [
            counters.number.eq(request.addr),
            counters.access.eq(self.request_valid & is_counter),
            counters.write.eq(self.commit & request.write & is_counter),
            counters.data.eq(new),
            counters.increments.eq(hpm.increments),
            hpm.mode.eq(mode),
            hpm.retire.eq(self.retire),
            hpm.leaves_guest.eq(self.trap_enter & mode[2] & (target.arm != Arm.VS)),
            hpm.interrupt.eq(self.trap.interrupt),
            hpm.cause.eq(self.trap.cause),
            hpm.mcountinhibit.eq(r.mcountinhibit.as_value()),
            *(hpm.mhpmevent[i].eq(getattr(r, f"mhpmevent{3 + i}").event) for i in range(profile.hpm_counters)),
            timer.now.eq(self.time),
            timer.stimecmp.eq(r.stimecmp),
            timer.changed.eq(written(*TIMER_CONTROL)),
            self.hold.eq(is_counter & counters.hold | is_pmp & self.pmp.hold),
            self.seen_time.eq(timer.time),
            self.seen_cycle.eq(Mux(self.request_valid & is_counter, counters.value, 0)),
            self.seen_irq.eq(lines),
        ]
        # Some of these are known late, and none belongs to an instruction.
        m.d.sync += [hpm.happened[name].eq(getattr(self, f"event_{name}")) for name, _ in Happenings.as_shape()]
        if profile.has("Smcntrpmf"):
            m.d.comb += [hpm.mcyclecfg.eq(r.mcyclecfg), hpm.minstretcfg.eq(r.minstretcfg)]
        if has_h:
            m.d.comb += [timer.vstimecmp.eq(r.vstimecmp), timer.htimedelta.eq(r.htimedelta)]

        # Interrupts
        m.d.comb += [
            interrupts.pending_next.eq(next_mip),
            interrupts.enabled.eq(r.mie.as_value()),
            interrupts.mideleg.eq(r.mideleg.as_value()),
            interrupts.mode.eq(mode),
            interrupts.m_enable.eq(r.mstatus.mie),
            interrupts.s_enable.eq(r.mstatus.sie),
            interrupts.changed.eq(self.trap_enter | self.ret_enter | written(*INTERRUPT_CONTROL) | timer.settling),
            self.interrupt.eq(interrupts.interrupt),
            self.interrupt_cause.eq(interrupts.cause),
            self.wait.eq(interrupts.unsettled),
            self.busy.eq(words.busy | counters.clearing),
            self.wakeup.eq((mip & r.mie.as_value()).any()),
        ]
        if has_h:
            m.d.comb += [interrupts.hideleg.eq(r.hideleg.as_value()), interrupts.vs_enable.eq(r.vsstatus.sie)]

        # Traps and returns
        m.d.comb += [
            target.trap.eq(self.trap),
            target.mode.eq(mode),
            target.medeleg.eq(r.medeleg.as_value()),
            target.mideleg.eq(r.mideleg.as_value()),
            words.trap_enter.eq(self.trap_enter),
            words.trap.eq(self.trap),
            words.arm.eq(target.arm),
            words.cause.eq(target.cause),
            self.ret_pc.eq(words.value),
            self.ret_mode.eq(trap.return_mode(r, self.sys_op, mode, has_h=has_h)),
            self.trap_vector.eq(Cat(C(0, 2), words.base[2:] + Mux(self.trap.interrupt & words.base[0], target.cause, 0))),
            self.trap_mode.eq(target.to_mode),
            self.trap_cause.eq(target.cause),
            self.trap_gva.eq(target.gva),
            self.trap_to_vs.eq(target.arm == Arm.VS),
        ]
        if has_h:
            m.d.comb += [target.hedeleg.eq(r.hedeleg.as_value()), target.hideleg.eq(r.hideleg.as_value())]
        with m.If(self.trap_enter):
            m.d.sync += mode.eq(target.to_mode)
            trap.enter(m, r, target, has_h=has_h)
        with m.Elif(self.ret_enter):
            m.d.sync += mode.eq(self.ret_mode)
            trap.leave(m, r, self.sys_op, mode, has_h=has_h)

        # Effective modes and translation
        mpv = r.mstatus.mpv & (r.mstatus.mpp != Mode.M) if has_h else C(0, 1)
        m.d.comb += [
            self.data_mode.eq(Mux(r.mstatus.mprv, Cat(r.mstatus.mpp, mpv), mode)),
            *csr_context.translation(self.context, r, profile),
        ]
        if has_h:
            m.d.comb += self.hlsv_mode.eq(Cat(r.hstatus.spvp, C(0b10, 2)))

        # Xdoppel
        if profile.has("Xdoppel"):
            m.submodules.pause_loop = pause_loop = PauseLoop()
            watched = r.hple.enable & mode[2] & Mux(mode[0], r.hple.vs, r.hple.vu)
            m.d.comb += [
                pause_loop.pause.eq(self.pause & watched),
                pause_loop.done.eq(self.acts & self.pause & watched),
                pause_loop.clear.eq(self.trap_enter & (target.arm != Arm.VS) | written("hgatp", "hple")),
                pause_loop.window.eq(r.hple.window),
                pause_loop.gap.eq(r.hple.gap),
                self.pause_exit.eq(pause_loop.exit),
            ]
            with m.If(self.log_append):
                m.d.sync += r.hpmli.index.eq(r.hpmli.index + 1)
        return m


def store(register: Value, value: Value, bits: int, shift: int):
    """Statements that put these bits of a value, `shift` to the left, into a register and leave its other bits alone."""
    while bits:
        lsb = (bits & -bits).bit_length() - 1
        run = bits >> lsb
        width = (~run & run + 1).bit_length() - 1
        yield register[lsb + shift:lsb + width + shift].eq(value[lsb:lsb + width])
        bits &= ~((1 << lsb + width) - 1)
