"""hstatus: what trap entry, SRET and software do to its fields ("Hypervisor Status")."""

from isa.causes import VS, S
from tests.rules.mutants import mutant
from tests.sim.model.bare import Bare, asm


@mutant("trap.py", "pushed & ~SPVP | SPV", "pushed & ~SPVP & ~SPV")
def test_a_trap_from_v_1_sets_spv():
    b = Bare()
    b.csr(medeleg=1 << 10)
    b.do(asm("ecall"), VS)
    assert b.h.mode == S and b.h.hstatus & 1 << 7
