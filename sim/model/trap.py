"""Traps: the exception that instructions raise, and trap entry (privileged manual, "Hypervisor: Trap Entry").

Entry is three arms, VS, HS and M, with the same lines in the same order: status, cause and address registers,
vector, mode.
"""

from mypy_extensions import i64

from isa.causes import EXC, VS, M, S
from sim.model import counters
from sim.model.bits import bit, wrap
from sim.model.hart import ABSENT, Hart, V
from sim.model.insn import Insn
from sim.model.masks import (
    HSTATUS_GVA,
    MIE,
    MPIE,
    MPP,
    MPP_LSB,
    MPV,
    MSTATUS_GVA,
    SIE,
    SPIE,
    SPP,
    SPV,
    SPVP,
)

INTERRUPT = bit(63)                     # of xcause
TRANSFORMED = -1                        # `tinst` of a trap that writes the transformed trapping instruction


class Trap(Exception):
    """A synchronous exception. `gva`: tval is a guest virtual address; `tval2`: guest physical address >> 2.

    `tinst` TRANSFORMED asks for the transformed trapping instruction.
    """

    def __init__(self, cause: i64, tval: i64 = 0, gva: bool = False, tval2: i64 = 0, tinst: i64 = 0) -> None:
        super().__init__(cause)
        self.cause, self.tval, self.gva, self.tval2, self.tinst = cause, tval, gva, tval2, tinst


class Taken:
    """What trap entry wrote, for the record; zero where the mode entered has no such register."""

    def __init__(self, cause: i64, interrupt: bool, tval: i64, gva: bool, tval2: i64, tinst: i64) -> None:
        self.cause, self.interrupt, self.tval = cause, interrupt, tval
        self.gva, self.tval2, self.tinst = gva, tval2, tinst


def illegal(insn: Insn) -> Trap:
    """Illegal instruction; tval is the instruction as fetched."""
    return Trap(EXC["ILLEGAL_INSTRUCTION"], insn.word)


def virtual(insn: Insn) -> Trap:
    """Virtual instruction; tval is the instruction as fetched."""
    return Trap(EXC["VIRTUAL_INSTRUCTION"], insn.word)


def take_exception(h: Hart, trap: Trap, insn: Insn | None) -> Taken:
    """Enter the handler of an exception of `insn` (None when it could not be fetched)."""
    tinst = trap.tinst
    if tinst == TRANSFORMED:
        tinst = transformed(insn) if insn and h.hypervisor and not h.profile.tinst_zero else 0
    delegated = bit(trap.cause) & h.medeleg != 0
    to_vs = bit(trap.cause) & h.hedeleg != 0
    return _enter(h, delegated, to_vs, Taken(trap.cause, False, trap.tval, trap.gva, trap.tval2, tinst))


def take_interrupt(h: Hart, code: i64) -> Taken:
    """Enter the handler of interrupt `code`."""
    delegated = bit(code) & h.mideleg != 0
    to_vs = bit(code) & h.hideleg != 0
    return _enter(h, delegated, to_vs, Taken(code, True, 0, False, 0, 0))


def transformed(insn: Insn) -> i64:
    """The instruction without rs1 (the address offset, 0 here), immediates, and bit 1 if compressed."""
    word = insn.word32 & ~0x000F_8000
    if word & 0x7F == 0x03:
        word &= ~0xFFF0_0000
    elif word & 0x7F == 0x23:
        word &= ~0xFE00_0F80
    return word & ~2 if insn.length == 2 else word


def _enter(h: Hart, delegated: bool, delegated_on: bool, t: Taken) -> Taken:
    h.reservation = ABSENT
    h.traps += 1
    if h.mode != M and delegated and delegated_on and h.mode & V:
        # VS-level interrupts appear to the guest as the S-level ones, one code lower.
        t.cause -= t.interrupt
        t.gva, t.tval2, t.tinst = False, 0, 0
        h.vsstatus = _push_s(h.vsstatus, h.mode)
        h.vsepc = h.pc
        h.vscause = _xcause(t)
        h.vstval = t.tval
        h.pc = _vector(h.vstvec, t)
        _enter_mode(h, VS, t)
    elif h.mode != M and delegated:
        h.mstatus = _push_s(h.mstatus, h.mode)
        if h.hypervisor:
            h.hstatus = _push_h(h.hstatus, h.mode, t.gva)
            h.htval, h.htinst = t.tval2, t.tinst
        h.sepc = h.pc
        h.scause = _xcause(t)
        h.stval = t.tval
        h.pc = _vector(h.stvec, t)
        h.pause_last = ABSENT
        _enter_mode(h, S, t)
    else:
        h.mstatus = _push_m(h.mstatus, h.mode, t.gva)
        h.mtval2, h.mtinst = t.tval2, t.tinst
        h.mepc = h.pc
        h.mcause = _xcause(t)
        h.mtval = t.tval
        h.pc = _vector(h.mtvec, t)
        h.pause_last = ABSENT
        _enter_mode(h, M, t)
    return t


def _enter_mode(h: Hart, mode: i64, t: Taken) -> None:
    if h.mode & V and not mode & V:
        counters.count_exit(h, t.cause, t.interrupt)
    counters.settle(h, mode, 0)
    h.set_mode(mode)


def _push_s(status: i64, mode: i64) -> i64:
    """sstatus or vsstatus: SPP := nominal privilege, SPIE := SIE, SIE := 0."""
    pushed = status & ~(SPP | SPIE | SIE)
    pushed |= SPP if mode & S else 0
    return pushed | (SPIE if status & SIE else 0)


def _push_h(hstatus: i64, mode: i64, gva: bool) -> i64:
    """hstatus: SPV := V, SPVP := nominal privilege if V was 1, GVA."""
    pushed = hstatus & ~(SPV | HSTATUS_GVA)
    if mode & V:
        pushed = pushed & ~SPVP | SPV | (SPVP if mode & S else 0)
    return pushed | (HSTATUS_GVA if gva else 0)


def _push_m(status: i64, mode: i64, gva: bool) -> i64:
    """mstatus: MPV and MPP := mode, MPIE := MIE, MIE := 0, GVA."""
    pushed = status & ~(MPV | MPP | MPIE | MIE | MSTATUS_GVA)
    pushed |= (mode & M) * (1 << MPP_LSB) | (MPV if mode & V else 0)
    return pushed | (MPIE if status & MIE else 0) | (MSTATUS_GVA if gva else 0)


def _xcause(t: Taken) -> i64:
    return t.cause | INTERRUPT if t.interrupt else t.cause


def _vector(tvec: i64, t: Taken) -> i64:
    """xtvec: BASE, plus four bytes per cause when MODE is Vectored and the trap is an interrupt."""
    base = tvec & -4
    return wrap(base + 4 * t.cause) if tvec & 1 and t.interrupt else base

