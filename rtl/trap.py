"""Trap entry and return (privileged manual, "Machine Status", "Hypervisor: Trap Entry", "Trap Return").

Everything comes in three arms with the same lines in the same order: VS, HS, M. The wide registers of an arm are in
`rtl/csr_words.py`; what is here looks after the status bits.
"""

from amaranth.hdl import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from isa import causes
from rtl.types import Arm, Mode, SysOp, TrapInfo


class TrapTarget(wiring.Component):
    """Which mode handles a trap and what is reported there; combinational."""

    trap:    In(TrapInfo)
    mode:    In(Mode)
    medeleg: In(64)
    mideleg: In(64)
    hedeleg: In(64)
    hideleg: In(64)
    arm:     Out(Arm)
    to_mode: Out(Mode)
    cause:   Out(6)     # as written to xcause: in VS, a VS-level interrupt has the code of its S-level kin
    gva:     Out(1)     # as written to xstatus.GVA; VS has none

    def elaborate(self, platform):
        m = Module()
        trap = self.trap
        to_s = Mux(trap.interrupt, self.mideleg, self.medeleg).bit_select(trap.cause, 1)
        to_vs = Mux(trap.interrupt, self.hideleg, self.hedeleg).bit_select(trap.cause, 1)
        shifted = trap.cause - (trap.interrupt & (C(causes.VS_INTERRUPTS, 64).bit_select(trap.cause, 1)))

        def enter(arm, mode, cause, gva):
            m.d.comb += [self.arm.eq(arm), self.to_mode.eq(mode), self.cause.eq(cause), self.gva.eq(gva)]

        with m.If(self.mode[2] & to_s & to_vs):
            enter(Arm.VS, Mode.VS, shifted, 0)
        with m.Elif((self.mode != Mode.M) & to_s):
            enter(Arm.HS, Mode.S, trap.cause, trap.virtual)
        with m.Else():
            enter(Arm.M, Mode.M, trap.cause, trap.virtual)
        return m


def enter(m, regs, target, *, has_h):
    """Statements that take the trap of this `TrapTarget`: the status bits that trap entry writes."""
    mode = target.mode
    previous_v, previous_s = mode[2], mode[0]
    r = regs
    with m.Switch(target.arm):
        if has_h:
            with m.Case(Arm.VS):
                m.d.sync += [
                    r.vsstatus.spp.eq(previous_s),
                    r.vsstatus.spie.eq(r.vsstatus.sie),
                    r.vsstatus.sie.eq(0),
                ]
        with m.Case(Arm.HS):
            m.d.sync += [
                r.mstatus.spp.eq(previous_s),
                r.mstatus.spie.eq(r.mstatus.sie),
                r.mstatus.sie.eq(0),
            ]
            if has_h:
                m.d.sync += [
                    r.hstatus.spv.eq(previous_v),
                    r.hstatus.gva.eq(target.gva),
                ]
                with m.If(previous_v):      # unchanged by a trap from U or HS
                    m.d.sync += r.hstatus.spvp.eq(previous_s)
        with m.Case(Arm.M):
            m.d.sync += [
                r.mstatus.mpp.eq(mode[:2]),
                r.mstatus.mpie.eq(r.mstatus.mie),
                r.mstatus.mie.eq(0),
            ]
            if has_h:
                m.d.sync += [
                    r.mstatus.mpv.eq(previous_v),
                    r.mstatus.gva.eq(target.gva),
                ]


def return_arm(op, mode):
    """The arm whose xepc and xstatus MRET or SRET, executed in `mode`, uses."""
    return Mux(op == SysOp.MRET, Arm.M, Mux(mode[2], Arm.VS, Arm.HS))


def return_mode(regs, op, mode, *, has_h):
    """The mode that MRET or SRET, executed in `mode`, returns to."""
    r = regs
    machine = r.mstatus.mpp == Mode.M
    mpv, spv = (r.mstatus.mpv & ~machine, r.hstatus.spv) if has_h else (C(0, 1), C(0, 1))
    to_m = Cat(r.mstatus.mpp, mpv)
    to_s = Cat(r.mstatus.spp, C(0, 1), spv)
    to_vs = Cat(r.vsstatus.spp, C(0b10, 2)) if has_h else to_s
    return Mux(op == SysOp.MRET, to_m, Mux(mode[2], to_vs, to_s))


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
