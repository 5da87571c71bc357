"""Small faults planted in the RTL, each of which lockstep must see. One build holds them all; each run switches on one.

Each is a line that a tired engineer could have written, most of them have been written in a real core, and each names the
program that finds it.
"""

import pytest

from sim.bench.job import Job, Verdict
from sim.bench.mutate import Mutation, build_soc_mutants
from sim.bench.session import Session
from sim.programs import SOURCES, build_program

MUTANTS = (
    # Delegation and trap entry.
    ("h_delegation", Mutation("hedeleg acts without medeleg", "rtl/trap.py",
                              "with m.If(self.mode[2] & to_s & to_vs):", "with m.If(self.mode[2] & (to_s | FAULT) & to_vs):")),
    ("h_interrupts", Mutation("a VS interrupt keeps its code in vscause", "rtl/trap.py",
                              "(trap.interrupt & (C(", "(trap.interrupt & ~FAULT & (C(")),
    ("h_interrupts", Mutation("a vectored VS interrupt jumps by the unshifted code", "rtl/csr.py",
                              "words.even[0], target.cause, 0)",
                              "words.even[0], Mux(FAULT, self.trap.cause, target.cause), 0)")),
    ("h_hlv", Mutation("a trap from V=0 writes SPVP", "rtl/trap.py",
                       "with m.If(previous_v):  ", "with m.If(previous_v | FAULT):  ")),
    ("h_guest_faults", Mutation("no GVA in HS", "rtl/trap.py",
                                "Mode.S, trap.cause, trap.virtual)", "Mode.S, trap.cause, trap.virtual & ~FAULT)")),
    ("h_modes", Mutation("MRET to M keeps V", "rtl/trap.py",
                         "mpv, spv = (r.mstatus.mpv & ~machine,", "mpv, spv = (r.mstatus.mpv & (~machine | FAULT),")),
    ("traps", Mutation("MRET keeps MPRV", "rtl/trap.py",
                        "with m.If(r.mstatus.mpp != Mode.M):", "with m.If((r.mstatus.mpp != Mode.M) & ~FAULT):")),
    ("h_two_stage", Mutation("htval is the guest's virtual address", "rtl/csr_words.py",
                             "after(2, trap.tval2,", "after(2, Mux(FAULT, trap.tval >> 2, trap.tval2),")),
    ("h_modes", Mutation("SRET leaves SPV", "rtl/trap.py",
                         "r.hstatus.spv.eq(0)", "r.hstatus.spv.eq(r.hstatus.spv & FAULT)")),
    ("h_guest_faults", Mutation("htval is only the page", "rtl/mmu/fault.py",
                                "guest_address[2:], 0)",
                                "Mux(FAULT, guest_address[12:] << 10, guest_address[2:]), 0)")),
    # Transformed instructions.
    ("h_tinst", Mutation("bit 1 of a compressed instruction stays", "rtl/tinst.py",
                         "self.insn[1] & ~self.compressed", "self.insn[1] & (~self.compressed | FAULT)")),
    ("h_guest_faults", Mutation("no pseudoinstruction for a page-table read", "rtl/tinst.py",
                         "with m.If(self.implicit):", "with m.If(self.implicit & ~FAULT):")),
    # Translation.
    ("sv39", Mutation("an access does not need A", "rtl/mmu/pte.py",
                      "return ~self.a |", "return (~self.a & ~FAULT) |")),
    ("sv39", Mutation("a misaligned superpage is taken", "rtl/mmu/pte.py",
                      "((level >= 1) & low)", "((level >= 1) & low & ~FAULT)")),
    ("h_two_stage", Mutation("the G-stage does not need U", "rtl/mmu/step.py",
                             "supervisor_only, pte.u)", "supervisor_only, pte.u | (guest & FAULT))")),
    ("h_guest_faults", Mutation("guest-physical bits above 41 are dropped", "rtl/mmu/walker.py",
                             "with m.If(target[paging.GPA_BITS:].any()):",
                             "with m.If(target[paging.GPA_BITS:].any() & ~FAULT):")),
    ("h_guest_faults", Mutation("MXR makes guest page tables readable", "rtl/mmu/step.py",
                             "Mux(guest, self.final & context.mxr,", "Mux(guest, (self.final | FAULT) & context.mxr,")),
    ("h_hlv", Mutation("an entry made by HLVX lets HLV read", "rtl/mmu/tlb.py",
                       "page.r & (page.x |", "(page.r | FAULT) & (page.x |")),
    ("h_fence", Mutation("entries of another VMID hit", "rtl/mmu/tlb.py",
                       "((entry.vmid == vmid) | ~space.virtual)",
                       "((entry.vmid == vmid) | ~space.virtual | FAULT)")),
    ("h_guest_faults", Mutation("a fault on a guest's page table is not implicit", "rtl/mmu/fault.py",
                                "implicit.eq(of_guest & implicit)", "implicit.eq(of_guest & implicit & ~FAULT)")),
    ("h_guest_faults", Mutation("guest page tables are read with the rights of the access", "rtl/mmu/step.py",
                                "Mux(self.explicit, request.access,", "Mux(self.explicit | FAULT, request.access,")),
    ("h_fence", Mutation("a fence at an address leaves other fragments of the superpage", "rtl/mmu/tlb.py",
                         "at_address[i] | large[i]", "at_address[i] | (large[i] & ~FAULT)")),
    ("pmp", Mutation("a range of PMP begins at zero", "rtl/pmp.py", "reached & below,", "(reached | FAULT) & below,")),
    ("pmp", Mutation("PMP forgets what page tables are read as", "rtl/mmu/walker.py",
                     "with m.If(~pmp.r):", "with m.If(~pmp.r & ~FAULT):")),
    ("pmp", Mutation("a locked entry does not bind M-mode", "rtl/pmp.py",
                     "(~matches | ~config.l)", "(~matches | ~config.l | FAULT)")),
    # Effective modes, legality, time.
    ("h_sstc", Mutation("vstimecmp works without henvcfg.STCE", "rtl/csr_values.py",
                        "stce & r.henvcfg.stce & timer_vs", "stce & (r.henvcfg.stce | FAULT) & timer_vs")),
    ("h_hlv", Mutation("HLV ignores SPVP", "rtl/csr.py",
                       "self.hlsv_mode.eq(Cat(r.hstatus.spvp,", "self.hlsv_mode.eq(Cat(r.hstatus.spvp | FAULT,")),
    ("h_virtual_instruction", Mutation("VTW beats TW", "rtl/legality.py",
                                       "1, self.vtw,  self.tw),", "1, self.vtw,  self.tw & ~FAULT),")),
    ("h_virtual_instruction", Mutation("hcounteren is not looked at", "rtl/csr_access.py",
                                       "(level == 2) | counter & ~counts(gates.hcounteren)",
                                       "(level == 2) | counter & ~counts(gates.hcounteren) & ~FAULT")),
    ("h_sstc", Mutation("a guest reads the host's time", "rtl/csr.py",
                             "Mux(mode[2], timer.guest_time,", "Mux(mode[2] & ~FAULT, timer.guest_time,")),
    ("h_interrupts", Mutation("HS takes its interrupts with SIE clear", "rtl/interrupts.py",
                              "((self.mode == Mode.S) & self.s_enable)", "((self.mode == Mode.S) & (self.s_enable | FAULT))")),
    ("h_stateen", Mutation("mstateen0.ENVCFG guards nothing", "rtl/csr_access.py",
                           '"henvcfg") & ~gates.envcfg', '"henvcfg") & ~gates.envcfg & ~FAULT')),
    ("h_stateen", Mutation("hstateen shows what mstateen hides", "rtl/csr_rules.py",
                           '"se0": regs.mstateen0.se0', '"se0": regs.mstateen0.se0 | FAULT')),
    ("sstc", Mutation("a comparison is read before it has settled", "rtl/timer.py",
                      "self.settling.eq(since.any())", "self.settling.eq(since.any() & ~FAULT)")),
    # Counters.
    ("counters", Mutation("a written counter counts the instruction that writes it", "rtl/counters.py",
                          "with m.If(visit & self.write):", "with m.If(visit & self.write & ~FAULT):")),
    ("mode_filter", Mutation("minstret is not filtered", "rtl/hpm.py",
                             "self.retire & ~self._filtered(self.minstretcfg)",
                             "self.retire & ~(self._filtered(self.minstretcfg) & ~FAULT)")),
    ("h_exits", Mutation("an environment call is any other exit", "rtl/hpm.py",
                         "guest_page | virtual | call)", "guest_page | virtual | call & ~FAULT)")),
    ("h_exits", Mutation("mhpmevent holds events that there are not", "rtl/csr_rules.py",
                        "Mux(event >= len(EVENTS),", "Mux((event >= len(EVENTS)) & ~FAULT,")),
    # The data cache.
    ("cached_memory", Mutation("a load behind a store to its word is not read again", "rtl/dcache.py",
                               "mine.eq(kept & ~collides", "mine.eq(kept & (~collides | FAULT)")),
    ("cached_memory", Mutation("a modified line is displaced without being written", "rtl/dcache.py",
                               "lies_modified = (modified_read.data & chosen).any()",
                               "lies_modified = (modified_read.data & chosen).any() & ~FAULT")),
    ("cached_memory", Mutation("a store leaves its line as it was", "rtl/dcache.py",
                               "marked.eq(1)", "marked.eq(~FAULT)")),
    ("cached_memory", Mutation("FENCE.I does not wait for the data cache", "rtl/commit.py",
                               "self.clean.eq(sound & control.fence_i)", "self.clean.eq(sound & control.fence_i & ~FAULT)")),
    ("cached_memory", Mutation("a narrow store writes its whole word", "rtl/dcache.py",
                               "write_bytes.eq(Mux(walking, 0xFF, port.sel))",
                               "write_bytes.eq(Mux(walking | FAULT, 0xFF, port.sel))")),
    # The pipeline.
    ("reservation", Mutation("a store leaves the reservation", "rtl/lsu.py",
                             "with m.If(sc | response.write & same_block):",
                             "with m.If(sc | response.write & same_block & ~FAULT):")),
    ("hazards", Mutation("a value is forwarded before it is ready", "rtl/forward.py",
                         "self.wait.eq(~producer.ready)", "self.wait.eq(~producer.ready & ~FAULT)")),
    ("hazards", Mutation("what a store writes does not come late", "rtl/core.py",
                         "Mux(x.payload.late_b, m_result, x.payload.b)",
                         "Mux(x.payload.late_b & ~FAULT, m_result, x.payload.b)")),
    ("hazards", Mutation("a branch that is decided in M never branches", "rtl/commit.py",
                         "self.decides & self.branch_turns", "self.decides & self.branch_turns & ~FAULT")),
    ("hazards", Mutation("what is computed in M is not waited for", "rtl/core.py",
                         "~x_control.late & ~x.payload.deferred", "~x_control.late & (~x.payload.deferred | FAULT)")),
    ("amo", Mutation("AMOMIN compares unsigned", "rtl/amo.py",
                     "op.matches(AmoOp.MIN, AmoOp.MAX))", "op.matches(AmoOp.MIN, AmoOp.MAX) & ~FAULT)")),
)


@pytest.fixture(scope="module")
def faulty():
    with Session(build_soc_mutants([mutation for _, mutation in MUTANTS])) as session:
        yield session


def job(program: str, mutant: int) -> Job:
    return Job(elf=str(build_program(SOURCES / f"{program}.S")), mutant=mutant, max_records=60_000, quiet_limit=20_000)


@pytest.mark.parametrize("number", range(1, len(MUTANTS) + 1), ids=[mutation.name for _, mutation in MUTANTS])
def test_lockstep_sees_it(faulty, number):
    program, _ = MUTANTS[number - 1]
    result = faulty.run(job(program, number))
    assert result.verdict is Verdict.DIVERGED, result


@pytest.mark.parametrize("program", sorted({program for program, _ in MUTANTS}))
def test_without_a_fault_the_same_build_agrees(faulty, program):
    result = faulty.run(job(program, 0))
    assert (result.verdict, result.code) == (Verdict.PASS, 0), result
