"""A extension: LR/SC and AMOs (unprivileged manual, "A Extension for Atomic Instructions").

Everything is sequentially consistent here, so aq and rl need nothing. The choices on LR/SC are those of the
profile: SC succeeds only at the physical address of the last LR, and any SC, trap, xRET or other store to the
block ends the reservation.
"""

from mypy_extensions import i64

from sim.model import insn
from sim.model.access import atomic, read_data, write_data
from sim.model.bits import sx, ult, wrap
from sim.model.hart import ABSENT, Hart
from sim.model.insn import Insn
from sim.model.translate import LOAD, STORE


class LoadReserved(Insn):
    """Load and reserve the address."""

    memory: i64 = insn.LOAD

    def run(self, h: Hart) -> None:
        pa = atomic(h, LOAD, h.x[self.rs1], self.log2)
        h.mem_rdata = read_data(h, pa, self.log2)
        h.reservation = pa
        h.w(self.rd, h.mem_rdata)


class StoreConditional(Insn):
    """Store if the reservation holds; rd is 0 then, else 1. All checks of a store come first either way."""

    memory: i64 = insn.SC

    def run(self, h: Hart) -> None:
        pa = atomic(h, STORE, h.x[self.rs1], self.log2)
        h.sc_success = h.reservation == pa and not h.in_sc_spurious
        h.reservation = ABSENT
        if h.sc_success:
            h.mem_wdata = h.x[self.rs2]
            write_data(h, pa, self.log2, h.mem_wdata)
        h.w(self.rd, 0 if h.sc_success else 1)


class Amo(Insn):
    """rd := old value; memory := combine(old, rs2)."""

    memory: i64 = insn.AMO

    def run(self, h: Hart) -> None:
        pa = atomic(h, STORE, h.x[self.rs1], self.log2)
        h.mem_rdata = read_data(h, pa, self.log2)
        h.mem_wdata = self.combine(h.mem_rdata, sx(h.x[self.rs2], 8 << self.log2))
        write_data(h, pa, self.log2, h.mem_wdata)
        h.w(self.rd, h.mem_rdata)

    def combine(self, old: i64, operand: i64) -> i64:
        """New memory value; operands are sign-extended from the access size, the result truncated to it."""
        raise NotImplementedError(f"{type(self).__name__} has no operation")


class AmoSwap(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return operand


class AmoAdd(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return wrap(old + operand)


class AmoXor(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return old ^ operand


class AmoAnd(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return old & operand


class AmoOr(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return old | operand


class AmoMin(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return min(old, operand)


class AmoMax(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return max(old, operand)


class AmoMinu(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return old if ult(old, operand) else operand


class AmoMaxu(Amo):
    def combine(self, old: i64, operand: i64) -> i64:
        return operand if ult(old, operand) else old


class lr_w(LoadReserved):
    log2: i64 = 2


class sc_w(StoreConditional):
    log2: i64 = 2


class amoswap_w(AmoSwap):
    log2: i64 = 2


class amoadd_w(AmoAdd):
    log2: i64 = 2


class amoxor_w(AmoXor):
    log2: i64 = 2


class amoand_w(AmoAnd):
    log2: i64 = 2


class amoor_w(AmoOr):
    log2: i64 = 2


class amomin_w(AmoMin):
    log2: i64 = 2


class amomax_w(AmoMax):
    log2: i64 = 2


class amominu_w(AmoMinu):
    log2: i64 = 2


class amomaxu_w(AmoMaxu):
    log2: i64 = 2


class lr_d(LoadReserved):
    log2: i64 = 3


class sc_d(StoreConditional):
    log2: i64 = 3


class amoswap_d(AmoSwap):
    log2: i64 = 3


class amoadd_d(AmoAdd):
    log2: i64 = 3


class amoxor_d(AmoXor):
    log2: i64 = 3


class amoand_d(AmoAnd):
    log2: i64 = 3


class amoor_d(AmoOr):
    log2: i64 = 3


class amomin_d(AmoMin):
    log2: i64 = 3


class amomax_d(AmoMax):
    log2: i64 = 3


class amominu_d(AmoMinu):
    log2: i64 = 3


class amomaxu_d(AmoMaxu):
    log2: i64 = 3
