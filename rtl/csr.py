"""Control and status registers (privileged manual, "Machine-Level ISA", "Supervisor-Level ISA", "Hypervisor CSRs").

The facts are those of `isa.csrs`; this file has the behaviour.
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes, csrs
from rtl import trap
from rtl.config import Config
from rtl.counters import Counters, Timer
from rtl.csr_access import CsrAccess
from rtl.csr_registers import COUNTERS, home, present, registers
from rtl.csr_rules import conditions, fixed_masks, legal_mpp
from rtl.interrupts import BITS, Interrupts
from rtl.legality import Legality
from rtl.pmp import PmpCsr
from rtl.tree import any_of
from rtl.types import CsrOp, CsrRequest, MmuContext, Mode, SysOp, TrapInfo

# A write of these may change how the next instruction is fetched, translated, judged or interrupted.
REFETCH = frozenset((
    "mstatus", "sstatus", "vsstatus", "hstatus", "satp", "vsatp", "hgatp",
    "mie", "sie", "hie", "vsie", "mip", "sip", "hip", "vsip", "hvip", "mideleg", "hideleg",
    "stimecmp", "vstimecmp", "htimedelta", "menvcfg", "henvcfg",
))


class CsrFile(wiring.Component):
    """All CSRs, the privilege mode, trap entry and return, and the choice of interrupts."""

    def __init__(self, config: Config):
        self._config = config
        super().__init__({
            # A CSR instruction. Outputs answer in the same cycle; `commit` writes at its end.
            "request":       In(CsrRequest),
            "request_valid": In(1),
            "commit":        In(1),
            "rdata":         Out(64),
            "wvalue":        Out(64),       # what a read of the same address would return after the write
            "illegal":       Out(1),
            "virtual":       Out(1),
            "refetch":       Out(1),        # younger instructions must be fetched again after this write
            # Another SYSTEM instruction.
            "sys_op":        In(SysOp),
            "sys_illegal":   Out(1),
            "sys_virtual":   Out(1),
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
            # Interrupts and counters.
            "retire":        In(1),         # an instruction retires in this cycle
            "interrupt":     Out(1),        # this interrupt is allowed in this cycle
            "interrupt_cause": Out(6),      # as in mip
            "wakeup":        Out(1),        # WFI may end
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
            "pmp":           Out(PmpCsr()),
            "log_append":    In(1),         # an entry joins the page-modification log: the index moves on
            # What happened in this cycle, for the hpm counters (isa/events.py).
            "event_tlb_miss":       In(1),
            "event_tlb_miss_g":     In(1),
            "event_walk_reference": In(1),
            "event_fetch_miss":     In(1),
            "event_data_miss":      In(1),
            "event_branch_miss":    In(1),
        })

    def elaborate(self, platform):
        m = Module()
        profile, has_h = self._config.profile, self._config.has_h
        rows = present(profile)
        r = registers(rows)
        request, mode = self.request, self.mode

        # Units
        m.submodules.access = access = CsrAccess(self._config)
        m.submodules.legality = legality = Legality()
        m.submodules.counters = counters = Counters()
        m.submodules.timer = timer = Timer()
        m.submodules.interrupts = interrupts = Interrupts()
        m.submodules.target = target = trap.TrapTarget()
        select = dict(zip(access.names, access.select, strict=True))

        # Pending interrupts, in this cycle and in the next: the lines pass two registers, as time does.
        next_lines = Signal(BITS)
        pending, next_pending = Signal(BITS), Signal(BITS)
        m.d.sync += [
            Cat(next_lines[causes.IRQ[name]] for name in ("MSI", "MTI", "SEI", "MEI")).eq(
                Cat(self.irq_msip, self.irq_mtip, self.irq_seip, self.irq_meip)),
            self.seen_irq.eq(next_lines),
        ]
        m.d.comb += [
            pending.eq(self._pending(r, self.seen_irq, timer.pending_s, timer.pending_vs)),
            next_pending.eq(self._pending(r, next_lines, timer.next_pending_s, timer.next_pending_vs)),
        ]

        # Read
        values = self._values(rows, r, counters, timer, pending)
        old, new, written, mask = (Signal(64, name=name) for name in ("old", "new", "written", "mask"))
        line = C(1 << causes.IRQ["SEI"], 64) & select["mip"].replicate(64)
        m.d.comb += [
            self.rdata.eq(any_of(value & select[name].replicate(64) for name, value in values.items())
                          | Mux(self.pmp.select, self.pmp.value, 0)),
            # CSRRS and CSRRC do not turn the line of the interrupt controller into the software's SEIP.
            old.eq(Mux(line.any() & ~r.mip.seip, self.rdata & ~line, self.rdata)),
        ]
        with m.Switch(request.op):
            with m.Case(CsrOp.WRITE):
                m.d.comb += new.eq(request.operand)
            with m.Case(CsrOp.SET):
                m.d.comb += new.eq(old | request.operand)
            with m.Case(CsrOp.CLEAR):
                m.d.comb += new.eq(old & ~request.operand)

        # Write
        fixed = fixed_masks(profile)
        rules = conditions(r, new, mode, has_h=has_h)
        masks = {}
        for name, csr in rows.items():
            for field in csr.fields if csr.ext != "Smpmp" else ():
                place = home(rows, csr, field)
                bits = field.mask & fixed.get(name, -1)
                if place and bits:
                    condition = rules.get(name, {}).get(field.name, C(1, 1))
                    masks[name] = masks.get(name, 0) | (C(bits, 64) & condition.replicate(64))
                    where, shift = place
                    if where not in COUNTERS:
                        stored = getattr(r, where).as_value()[field.lsb + shift:field.msb + shift + 1]
                        with m.If(self.commit & request.write & select[name] & condition):
                            m.d.sync += stored.eq(written[field.lsb:field.msb + 1])
        m.d.comb += [
            mask.eq(any_of(value & select[name].replicate(64) for name, value in masks.items())),
            written.eq((legal_mpp(new, select["mstatus"]) & mask) | (old & ~mask)),
            self.pmp.select.eq(self.request_valid
                               & Cat(select[name] for name, csr in rows.items() if csr.ext == "Smpmp").any()),
            self.pmp.number.eq(request.addr),
            self.pmp.write.eq(self.commit & request.write),
            self.pmp.new.eq(new),
            self.wvalue.eq(Mux(self.pmp.select, self.pmp.written,
                               Mux(self.seen_irq[causes.IRQ["SEI"]], written | line, written))),
            self.refetch.eq(self.request_valid & request.write
                            & Cat(bit for name, bit in select.items() if name in REFETCH).any()),
            counters.retire.eq(self.retire),
            counters.inhibit_cycle.eq(r.mcountinhibit.cy),
            counters.inhibit_instret.eq(r.mcountinhibit.ir),
            counters.write_cycle.eq(self.commit & request.write & select["mcycle"]),
            counters.write_instret.eq(self.commit & request.write & select["minstret"]),
            counters.value.eq(written),
        ]

        # Who may
        m.d.comb += [
            access.addr.eq(request.addr),
            access.write.eq(request.write),
            access.mode.eq(mode),
            access.tvm.eq(r.mstatus.tvm),
            access.stce.eq(r.menvcfg.stce),
            access.mcounteren.eq(Cat(r.mcounteren.cy, r.mcounteren.tm, r.mcounteren.ir)),
            access.scounteren.eq(Cat(r.scounteren.cy, r.scounteren.tm, r.scounteren.ir)),
            self.illegal.eq(self.request_valid & access.illegal),
            self.virtual.eq(self.request_valid & access.virtual),
            legality.op.eq(self.sys_op),
            legality.mode.eq(mode),
            legality.tvm.eq(r.mstatus.tvm),
            legality.tw.eq(r.mstatus.tw),
            legality.tsr.eq(r.mstatus.tsr),
            self.sys_illegal.eq(legality.illegal),
            self.sys_virtual.eq(legality.virtual),
        ]
        if has_h:
            m.d.comb += [
                access.vtvm.eq(r.hstatus.vtvm),
                access.vstce.eq(r.henvcfg.stce),
                access.hcounteren.eq(Cat(r.hcounteren.cy, r.hcounteren.tm, r.hcounteren.ir)),
                legality.vtvm.eq(r.hstatus.vtvm),
                legality.vtw.eq(r.hstatus.vtw),
                legality.vtsr.eq(r.hstatus.vtsr),
                legality.hu.eq(r.hstatus.hu),
            ]

        # Time
        m.d.comb += [
            timer.now.eq(self.time),
            timer.stimecmp.eq(r.stimecmp),
            self.seen_time.eq(timer.time),
            self.seen_cycle.eq(counters.cycle),
            self.clock.eq(counters.clock),
        ]
        if has_h:
            m.d.comb += [timer.vstimecmp.eq(r.vstimecmp), timer.htimedelta.eq(r.htimedelta)]

        # Interrupts
        m.d.comb += [
            interrupts.pending_next.eq(next_pending),
            interrupts.enabled.eq(r.mie.as_value()),
            interrupts.mideleg.eq(r.mideleg.as_value()),
            interrupts.mode.eq(mode),
            interrupts.m_enable.eq(r.mstatus.mie),
            interrupts.s_enable.eq(r.mstatus.sie),
            interrupts.changed.eq(self.trap_enter | self.ret_enter | (self.commit & self.refetch)),
            self.interrupt.eq(interrupts.interrupt),
            self.interrupt_cause.eq(interrupts.cause),
            self.wakeup.eq((pending & r.mie.as_value()).any()),
        ]
        if has_h:
            m.d.comb += [interrupts.hideleg.eq(r.hideleg.as_value()), interrupts.vs_enable.eq(r.vsstatus.sie)]

        # Traps and returns
        ret_pc, ret_mode = trap.return_target(r, self.sys_op, mode, has_h=has_h)
        m.d.comb += [
            target.trap.eq(self.trap),
            target.mode.eq(mode),
            target.medeleg.eq(r.medeleg.as_value()),
            target.mideleg.eq(r.mideleg.as_value()),
            target.mtvec.eq(r.mtvec.as_value()),
            target.stvec.eq(r.stvec.as_value()),
            self.trap_vector.eq(target.vector),
            self.trap_mode.eq(target.to_mode),
            self.trap_cause.eq(target.cause),
            self.trap_gva.eq(target.gva),
            self.trap_to_vs.eq(target.arm == trap.Arm.VS),
            self.ret_pc.eq(ret_pc),
            self.ret_mode.eq(ret_mode),
        ]
        if has_h:
            m.d.comb += [
                target.hedeleg.eq(r.hedeleg.as_value()),
                target.hideleg.eq(r.hideleg.as_value()),
                target.vstvec.eq(r.vstvec.as_value()),
            ]
        with m.If(self.trap_enter):
            m.d.sync += mode.eq(target.to_mode)
            trap.enter(m, r, target, has_h=has_h)
        with m.Elif(self.ret_enter):
            m.d.sync += mode.eq(ret_mode)
            trap.leave(m, r, self.sys_op, mode, has_h=has_h)

        # Effective modes and translation
        context, mstatus = self.context, r.mstatus
        mpv = mstatus.mpv & (mstatus.mpp != Mode.M) if has_h else C(0, 1)
        m.d.comb += [
            self.data_mode.eq(Mux(mstatus.mprv, Cat(mstatus.mpp, mpv), mode)),
            context.satp_mode.eq(r.satp.mode.any()),
            context.satp_asid.eq(r.satp.asid),
            context.satp_ppn.eq(r.satp.ppn),
            context.sum.eq(mstatus.sum),
            context.mxr.eq(mstatus.mxr),
        ]
        if has_h:
            m.d.comb += [
                self.hlsv_mode.eq(Cat(r.hstatus.spvp, C(0b10, 2))),
                context.vsatp_mode.eq(r.vsatp.mode.any()),
                context.vsatp_asid.eq(r.vsatp.asid),
                context.vsatp_ppn.eq(r.vsatp.ppn),
                context.hgatp_mode.eq(r.hgatp.mode.any()),
                context.hgatp_vmid.eq(r.hgatp.vmid),
                context.hgatp_ppn.eq(r.hgatp.ppn),
                context.vs_sum.eq(r.vsstatus.sum),
                context.vs_mxr.eq(r.vsstatus.mxr),
            ]
        if profile.has("Svadu"):
            m.d.comb += context.adue.eq(r.menvcfg.adue)
            if has_h:
                m.d.comb += context.vs_adue.eq(r.henvcfg.adue & r.menvcfg.adue)
        if profile.has("Xdoppel"):
            with m.If(self.log_append):
                m.d.sync += r.hpmli.index.eq(r.hpmli.index + 1)
            m.d.comb += [
                context.log_enable.eq(r.hpmla.enable),
                context.log_page.eq(r.hpmla.page),
                context.log_index.eq(r.hpmli.index),
                context.io_bitmap.eq(r.hioba.base),
                context.io_enable.eq(r.hiobg.enable),
                context.io_base.eq(r.hiobg.base),
                context.io_last.eq(r.hiobg.last),
                context.io_port.eq(r.hiobh.base),
            ]
        return m

    def _pending(self, r, lines, timer_s, timer_vs):
        """mip as 12 bits, from the interrupt lines and the comparisons of Sstc."""
        bits = [lines[i] for i in range(BITS)]
        stce = r.menvcfg.stce
        bits[causes.IRQ["SSI"]] = r.mip.ssip
        bits[causes.IRQ["STI"]] = Mux(stce, timer_s, r.mip.stip)
        bits[causes.IRQ["SEI"]] = lines[causes.IRQ["SEI"]] | r.mip.seip
        if self._config.has_h:
            bits[causes.IRQ["VSSI"]] = r.hvip.vssip
            bits[causes.IRQ["VSTI"]] = r.hvip.vstip | (stce & r.henvcfg.stce & timer_vs)
            bits[causes.IRQ["VSEI"]] = r.hvip.vseip
        return Cat(bits)

    def _values(self, rows, r, counters, timer, pending):
        """What a read of each CSR returns, by name; CSRs that read as zero are left out."""
        sources = {
            "mip":      pending,
            "mie":      r.mie.as_value(),
            "mstatus":  r.mstatus.as_value(),
            "mcycle":   counters.cycle,
            "minstret": counters.instret,
        }
        letters = sum(1 << ord(name) - ord("A") for name in self._config.profile.letters)
        values = sources | {
            "time":   timer.time,
            "misa":   C(rows["misa"]["mxl"].reset << 62 | letters, 64),
            "mimpid": C(csrs.MIMPID, 64),
        }
        visible = {"sip": r.mideleg.as_value(), "sie": r.mideleg.as_value()}
        if self._config.has_h:
            values["time"] = Mux(self.mode[2], timer.guest_time, timer.time)
            stce = rows["henvcfg"]["stce"].mask
            values["henvcfg"] = Mux(r.menvcfg.stce, r.henvcfg.as_value(), r.henvcfg.as_value() & ~stce)
            visible |= {"vsip": r.hideleg.as_value(), "vsie": r.hideleg.as_value()}
        for name, csr in rows.items():
            if name in values:
                continue
            if view := next((f for f in csr.fields if f.kind == "VIEW"), None):
                shown = sources[view.of] & visible[name] if name in visible else sources[view.of]
                values[name] = (shown >> view.shift) & csr.bits("VIEW") | csr.reset
            elif hasattr(r, name):
                values[name] = getattr(r, name).as_value()
        return values
