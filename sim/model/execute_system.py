"""System instructions: calls, returns, WFI, SFENCE.VMA and Zicsr (privileged manual, "Machine-Mode Privileged
Instructions", "Supervisor Instructions", "Trap Return"; unprivileged manual, "Zicsr")."""

from mypy_extensions import i64

from isa.causes import EXC, VS, VU, M, S, U
from sim.model import counters, csr_access
from sim.model.bits import field, shl
from sim.model.hart import ABSENT, Hart, V
from sim.model.insn import Insn
from sim.model.masks import (
    MIE,
    MPIE,
    MPP,
    MPP_LSB,
    MPRV,
    MPV,
    SIE,
    SPIE,
    SPP,
    SPV,
    TSR,
    TVM,
    TW,
    VTSR,
    VTVM,
    VTW,
)
from sim.model.trap import Trap, illegal, virtual

CALLS = {U: EXC["ECALL_U"], VU: EXC["ECALL_U"], S: EXC["ECALL_S"], VS: EXC["ECALL_VS"], M: EXC["ECALL_M"]}


class ecall(Insn):
    def run(self, h: Hart) -> None:
        raise Trap(CALLS[h.mode])


class ebreak(Insn):
    def run(self, h: Hart) -> None:
        raise Trap(EXC["BREAKPOINT"], h.pc, gva=bool(h.mode & V))


class mret(Insn):
    def run(self, h: Hart) -> None:
        if h.mode != M:
            raise illegal(self)
        mode = field(h.mstatus, MPP_LSB + 1, MPP_LSB)
        if mode != M and h.mstatus & MPV:
            mode |= V
        status = h.mstatus & ~(MPV | MPP | MIE) | MPIE | shl(h.lowest, MPP_LSB)
        if h.mstatus & MPIE:
            status |= MIE
        h.mstatus = leave(status, mode)
        h.npc = h.mepc
        h.reservation = ABSENT
        counters.settle(h, mode, 1)
        h.set_mode(mode)


class sret(Insn):
    def run(self, h: Hart) -> None:
        if h.mode == U or (h.mode == S and h.mstatus & TSR):
            raise illegal(self)
        if h.mode == VU or (h.mode == VS and h.hstatus & VTSR):
            raise virtual(self)
        if h.mode & V:
            mode = V | (S if h.vsstatus & SPP else U)
            h.vsstatus = pop(h.vsstatus)
            h.npc = h.vsepc
        else:
            mode = (V if h.hstatus & SPV else 0) | (S if h.mstatus & SPP else U)
            h.hstatus &= ~SPV
            h.mstatus = leave(pop(h.mstatus), mode)
            h.npc = h.sepc
        h.reservation = ABSENT
        counters.settle(h, mode, 1)
        h.set_mode(mode)


def pop(status: i64) -> i64:
    """sstatus or vsstatus after SRET: SPP := U, SIE := SPIE, SPIE := 1."""
    return status & ~(SPP | SIE) | SPIE | (SIE if status & SPIE else 0)


def leave(status: i64, mode: i64) -> i64:
    """mstatus after a return to `mode`: MPRV is cleared on the way out of M-mode."""
    return status if mode == M else status & ~MPRV


class wfi(Insn):
    def run(self, h: Hart) -> None:
        if h.mode == U or (h.mode != M and h.mstatus & TW):
            raise illegal(self)
        if h.mode == VU or (h.mode == VS and h.hstatus & VTW):
            raise virtual(self)
        h.waiting = True
        h.attention = True


class sfence_vma(Insn):
    def run(self, h: Hart) -> None:
        if h.mode == U or (h.mode == S and h.mstatus & TVM):
            raise illegal(self)
        if h.mode == VU or (h.mode == VS and h.hstatus & VTVM):
            raise virtual(self)
        h.flush()


class sinval_vma(sfence_vma):
    pass


class sfence_w_inval(Insn):
    """Orders stores before the invalidations that follow: all are in order already. Not for U and VU."""

    def run(self, h: Hart) -> None:
        if h.mode == U:
            raise illegal(self)
        if h.mode == VU:
            raise virtual(self)


class sfence_inval_ir(sfence_w_inval):
    """Orders the invalidations before what follows."""


class CsrInsn(Insn):
    """A CSR instruction. It always reads, unless it is a csrrw to x0; `writes` says whether it writes."""

    def writes_csr(self) -> bool:
        """CSRRS and CSRRC with x0 or 0 do not write: rs1 and zimm are the same field."""
        return self.rs1 != 0

    def source(self, h: Hart) -> i64:
        """The operand: x[rs1]."""
        return h.x[self.rs1]

    def value(self, old: i64, source: i64) -> i64:
        """What to write."""
        raise NotImplementedError(f"{type(self).__name__} writes nothing")

    def run(self, h: Hart) -> None:
        h.refresh_time()
        register = csr_access.require(h, self, self.writes_csr())
        old = register.read(h)
        if self.writes_csr():
            register.write(h, self.value(register.read_for_write(h), self.source(h)))
            h.attention = True
        h.w(self.rd, old)


class csrrw(CsrInsn):
    def writes_csr(self) -> bool:
        return True

    def value(self, old: i64, source: i64) -> i64:
        return source


class csrrs(CsrInsn):
    def value(self, old: i64, source: i64) -> i64:
        return old | source


class csrrc(CsrInsn):
    def value(self, old: i64, source: i64) -> i64:
        return old & ~source


class csrrwi(csrrw):
    def source(self, h: Hart) -> i64:
        return self.imm


class csrrsi(csrrs):
    def source(self, h: Hart) -> i64:
        return self.imm


class csrrci(csrrc):
    def source(self, h: Hart) -> i64:
        return self.imm
