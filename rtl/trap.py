"""Trap entry and return (privileged manual, "Machine Status", "Hypervisor: Trap Entry", "Trap Return").

Everything comes in three arms with the same lines in the same order: VS, HS, M.
"""

from amaranth.hdl import *
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out

from isa import causes
from rtl.types import Mode, SysOp, TrapInfo


class Arm(enum.Enum, shape=2):
    """The mode that handles a trap."""

    VS = 0
    HS = 1
    M = 2


class TrapTarget(wiring.Component):
    """Where a trap goes and what is reported there; combinational."""

    trap:    In(TrapInfo)
    mode:    In(Mode)
    medeleg: In(64)
    mideleg: In(64)
    hedeleg: In(64)
    hideleg: In(64)
    mtvec:   In(64)
    stvec:   In(64)
    vstvec:  In(64)
    arm:     Out(Arm)
    to_mode: Out(Mode)
    vector:  Out(64)
    cause:   Out(6)     # as written to xcause: in VS, a VS-level interrupt has the code of its S-level kin
    gva:     Out(1)     # as written to xstatus.GVA; VS has none

    def elaborate(self, platform):
        m = Module()
        trap = self.trap
        to_s = Mux(trap.interrupt, self.mideleg, self.medeleg).bit_select(trap.cause, 1)
        to_vs = Mux(trap.interrupt, self.hideleg, self.hedeleg).bit_select(trap.cause, 1)
        shifted = trap.cause - (trap.interrupt & (C(causes.VS_INTERRUPTS, 64).bit_select(trap.cause, 1)))

        def enter(arm, mode, tvec, cause, gva):
            base = tvec & ~3
            m.d.comb += [
                self.arm.eq(arm),
                self.to_mode.eq(mode),
                self.vector.eq(Mux(trap.interrupt & tvec[0], base + (cause << 2), base)),
                self.cause.eq(cause),
                self.gva.eq(gva),
            ]

        with m.If(self.mode[2] & to_s & to_vs):
            enter(Arm.VS, Mode.VS, self.vstvec, shifted, 0)
        with m.Elif((self.mode != Mode.M) & to_s):
            enter(Arm.HS, Mode.S, self.stvec, trap.cause, trap.virtual)
        with m.Else():
            enter(Arm.M, Mode.M, self.mtvec, trap.cause, trap.virtual)
        return m


def enter(m, regs, target, *, has_h):
    """Statements that take the trap of this `TrapTarget`: the CSRs that trap entry writes."""
    trap, mode = target.trap, target.mode
    previous_v, previous_s = mode[2], mode[0]
    pc = trap.pc & ~1
    r = regs
    with m.Switch(target.arm):
        if has_h:
            with m.Case(Arm.VS):
                m.d.sync += [
                    r.vsstatus.spp.eq(previous_s),
                    r.vsstatus.spie.eq(r.vsstatus.sie),
                    r.vsstatus.sie.eq(0),
                    r.vsepc.eq(pc),
                    r.vscause.code.eq(target.cause),
                    r.vscause.interrupt.eq(trap.interrupt),
                    r.vstval.eq(trap.tval),
                ]
        with m.Case(Arm.HS):
            m.d.sync += [
                r.mstatus.spp.eq(previous_s),
                r.mstatus.spie.eq(r.mstatus.sie),
                r.mstatus.sie.eq(0),
                r.sepc.eq(pc),
                r.scause.code.eq(target.cause),
                r.scause.interrupt.eq(trap.interrupt),
                r.stval.eq(trap.tval),
            ]
            if has_h:
                m.d.sync += [
                    r.hstatus.spv.eq(previous_v),
                    r.hstatus.gva.eq(target.gva),
                    r.htval.eq(trap.tval2),
                    r.htinst.eq(trap.tinst),
                ]
                with m.If(previous_v):      # unchanged by a trap from U or HS
                    m.d.sync += r.hstatus.spvp.eq(previous_s)
        with m.Case(Arm.M):
            m.d.sync += [
                r.mstatus.mpp.eq(mode[:2]),
                r.mstatus.mpie.eq(r.mstatus.mie),
                r.mstatus.mie.eq(0),
                r.mepc.eq(pc),
                r.mcause.code.eq(target.cause),
                r.mcause.interrupt.eq(trap.interrupt),
                r.mtval.eq(trap.tval),
            ]
            if has_h:
                m.d.sync += [
                    r.mstatus.mpv.eq(previous_v),
                    r.mstatus.gva.eq(target.gva),
                    r.mtval2.eq(trap.tval2),
                    r.mtinst.eq(trap.tinst),
                ]


def return_target(regs, op, mode, *, has_h):
    """The pc and the mode that MRET or SRET, executed in `mode`, returns to."""
    r = regs
    machine = r.mstatus.mpp == Mode.M
    mpv, spv = (r.mstatus.mpv & ~machine, r.hstatus.spv) if has_h else (C(0, 1), C(0, 1))
    to_m = (r.mepc, Cat(r.mstatus.mpp, mpv))
    to_s = (r.sepc, Cat(r.mstatus.spp, C(0, 1), spv))
    to_vs = (r.vsepc, Cat(r.vsstatus.spp, C(0b10, 2))) if has_h else to_s
    return tuple(Mux(op == SysOp.MRET, by_m, Mux(mode[2], by_vs, by_s))
                 for by_m, by_vs, by_s in zip(to_m, to_vs, to_s, strict=True))


def leave(m, regs, op, mode, *, has_h):
    """Statements of MRET and SRET, executed in `mode`: the status bits that they write."""
    r = regs

    def pop_s(status):
        return [status.spp.eq(0), status.sie.eq(status.spie), status.spie.eq(1)]

    with m.If(op == SysOp.MRET):
        m.d.sync += [
            r.mstatus.mpp.eq(Mode.U),
            r.mstatus.mie.eq(r.mstatus.mpie),
            r.mstatus.mpie.eq(1),
        ]
        if has_h:
            m.d.sync += r.mstatus.mpv.eq(0)
        with m.If(r.mstatus.mpp != Mode.M):
            m.d.sync += r.mstatus.mprv.eq(0)
    with m.Elif(mode[2]):
        if has_h:
            m.d.sync += pop_s(r.vsstatus)
    with m.Else():
        m.d.sync += pop_s(r.mstatus)
        m.d.sync += r.mstatus.mprv.eq(0)
        if has_h:
            m.d.sync += r.hstatus.spv.eq(0)
