"""Lockstep finds faults in the real SoC: each of these, switched on in one build, makes its program diverge or hang."""

import pytest

from sim.bench.job import Job, Verdict
from sim.bench.mutate import Mutation, build_soc_mutants
from sim.bench.session import Session
from sim.programs import SOURCES, build_program

TRAP, CSR, WALKER, LSU = "rtl/trap.py", "rtl/csr.py", "rtl/mmu/walker.py", "rtl/lsu.py"
# What is wrong, where, the source, the source with the fault, and a program that shows it.
FAULTS = (
    ("VS-level interrupts keep their code in vscause", TRAP, "shifted, 0)", "Mux(FAULT, trap.cause, shifted), 0)",
     "h_interrupts"),
    ("SRET leaves hstatus.SPV", TRAP, "r.hstatus.spv.eq(0)", "r.hstatus.spv.eq(r.hstatus.spv & FAULT)", "h_modes"),
    ("MRET leaves mstatus.MPRV", TRAP, "with m.If(r.mstatus.mpp != Mode.M):",
     "with m.If((r.mstatus.mpp != Mode.M) & ~FAULT):", "traps"),
    ("HLV ignores hstatus.SPVP", CSR, "Cat(r.hstatus.spvp, C(0b10, 2))", "Cat(r.hstatus.spvp & ~FAULT, C(0b10, 2))",
     "h_hlv"),
    ("vstimecmp works without henvcfg.STCE", CSR, "stce & r.henvcfg.stce & timer_vs",
     "stce & (r.henvcfg.stce | FAULT) & timer_vs", "h_sstc"),
    ("SUM lets S fetch from pages of U", WALKER, "(sum_ & (access != Access.FETCH))",
     "(sum_ & ((access != Access.FETCH) | FAULT))", "sv39_access"),
    ("a small guest page is taken for the VS-stage's large one", WALKER, "Mux(level < guest_level, level, guest_level)",
     "Mux((level < guest_level) ^ FAULT, level, guest_level)", "h_two_stage"),
    ("a fault on a VS-stage page table is not implicit", WALKER, "implicit=~final", "implicit=~final & ~FAULT",
     "h_guest_faults"),
    ("htval is only the page", WALKER, "tval2=address[2:]", "tval2=Mux(FAULT, address[12:] << 10, address[2:])",
     "h_guest_faults"),
    ("VS-stage page tables are read with the rights of the access", WALKER, "Mux(final, access, Access.LOAD)",
     "Mux(final | FAULT, access, Access.LOAD)", "h_guest_faults"),
    ("a store leaves the reservation", LSU, "sc | response.write & same_block", "sc | response.write & same_block & ~FAULT",
     "reservation"),
)
FOUND = (Verdict.DIVERGED, Verdict.QUIET)       # the walker and the TLB of one of these never agree: the core hangs
MUTATIONS = tuple(Mutation(*fault[:4]) for fault in FAULTS)


@pytest.fixture(scope="module")
def mutants():
    """A simulation process of the SoC with all faults."""
    with Session(build_soc_mutants(MUTATIONS)) as session:
        yield session


def run(session, program, number):
    return session.run(Job(elf=str(build_program(SOURCES / f"{program}.S")), mutant=number, max_records=20_000,
                           quiet_limit=20_000))


@pytest.mark.parametrize("program", sorted({fault[4] for fault in FAULTS}))
def test_without_a_fault_nothing_differs(mutants, program):
    assert run(mutants, program, 0).verdict is Verdict.PASS


@pytest.mark.parametrize("number", range(1, len(FAULTS) + 1), ids=lambda number: FAULTS[number - 1][0])
def test_a_fault_is_found(mutants, number):
    assert run(mutants, FAULTS[number - 1][4], number).verdict in FOUND
