"""Hypervisors that are wrong on purpose, most of them in a way in which a real one has been: what `forgery` must find.

Each is a change of the firmware's source before it is built.
"""

from dataclasses import dataclass

from sim.firmware import Edit


@dataclass(frozen=True)
class Flaw:
    """What is wrong, the class of instructions in which a guest notices, the changes, and a profile of harts that show it."""

    says: str
    shown_by: str
    edits: tuple[Edit, ...]
    config: str = "full"


def _flaw(says: str, shown_by: str, file: str, old: str, new: str, config: str = "full") -> Flaw:
    return Flaw(says, shown_by, (Edit(file, old, new),), config)


# With the profile `spike` htinst is 0 for explicit accesses, so that the hypervisor reads the guest's code.
FLAWS = {
    "zero-extends": _flaw("loads from devices are not sign-extended", "load",
                          "mmio.h", "(uint64_t)((int64_t)(value << unused) >> unused)", "value << unused >> unused"),
    "doubleword-hangs": _flaw("an access of 8 bytes is carried out and never over", "store",
                              "mmio.h", "return insn & 2 ? STEP : STEP_SHORT",
                              "return mmio_bytes(insn) == 8 ? RESUME : insn & 2 ? STEP : STEP_SHORT"),
    "stack-store-refused": _flaw("a compressed store to the stack at offset 0 is not known", "compressed",
                                 "insn.c", "if ((insn & row->mask) == row->match)",
                                 "if ((insn & row->mask) == row->match && (!row->store || row->prime || insn >> 7 & 31))",
                                 "spike"),
    "x0-kept": _flaw("what x0 is loaded with is there for the next instruction", "csr",
                     "vcpu.h", "    vcpu->regs[0] = 0;\n", ""),
    "compressed-words": _flaw("compressed loads are of words", "compressed",
                              "insn.c", "MATCH_C_LD,   MATCH_LD", "MATCH_C_LD,   MATCH_LW", "spike"),
    "walk-is-load": _flaw("a page table in a device is taken for a load from it", "load",
                          "mmio.c", "if (htinst != 0 && htinst >> 32 == 0)", "if (htinst == 1)"),
    "atomic-hangs": _flaw("an atomic access to a device is tried for ever", "atomic",
                          "mmio.c", "if (OPCODE(insn) == ATOMICS)", "if (OPCODE(insn) == 1)", "spike"),
    "cache-block-hangs": _flaw("a cache-block operation on a device is tried for ever", "cache_block",
                               "mmio.c", "if (OPCODE(insn) == CACHE_BLOCKS)", "if (OPCODE(insn) == 1)", "spike"),
    "immediate": _flaw("the immediate of a CSR instruction is taken for a register", "csr",
                       "csr_emulation.c", "bool immediate = INSN_FUNCT3(insn) & 4", "bool immediate = false"),
    "any-satp": _flaw("satp takes whatever MODE is written", "csr",
                      "csr_emulation.c", "csr == CSR_SATP && (mode == SATP_MODE_BARE || mode == SATP_MODE_SV39)",
                      "csr == CSR_SATP && mode != 1"),
    "counters-for-all": _flaw("user mode reads counters that scounteren hides", "csr",
                              "csr_emulation.c", "csr_read(CSR_SCOUNTEREN) >> (csr - CSR_CYCLE) & 1", "true"),
    "no-event-counters": _flaw("event counters do not exist", "csr",
                               "csr_emulation.c", "return csr >= CSR_HPMCOUNTER3 && csr <= CSR_HPMCOUNTER31", "return false"),
    "no-sinval": _flaw("SINVAL.VMA is not known", "privileged",
                       "virtual.c", "    { MASK_SINVAL_VMA,  MATCH_SINVAL_VMA,   sfence_vma },\n", ""),
    "sret-stays": _flaw("SRET does not leave the privilege of its trap", "privileged",
                        "virtual.c", "if (!(old & SSTATUS_SPP))", "if (old == 1)"),
    "virtual": _flaw("a guest gets virtual-instruction exceptions, of which it knows nothing", "hypervisor",
                     "virtual.c", "reflect(vcpu, EXC_ILLEGAL_INSTRUCTION, ", "reflect(vcpu, EXC_VIRTUAL_INSTRUCTION, "),
    "no-stval": _flaw("stval of an illegal instruction is 0", "hypervisor",
                      "virtual.c", "EXC_ILLEGAL_INSTRUCTION, insn)", "EXC_ILLEGAL_INSTRUCTION, insn & 0)"),
    "length": _flaw("every instruction has 4 bytes", "compressed",
                    "mmio.h", "return insn & 2 ? STEP : STEP_SHORT", "return insn & 2 ? STEP : STEP"),
    "store-is-load": _flaw("a store that nothing answers is a load access fault", "store",
                           "mmio.c", "OPCODE(insn) == LOADS ? EXC", "OPCODE(insn) != 0 ? EXC"),
    "privilege-lost": _flaw("an exception of supervisor mode comes as one of user mode", "load",
                            "vcpu.c", "        new |= SSTATUS_SPP;\n", "        new |= 0;\n"),
    "fetch-page-fault": _flaw("a jump to nowhere is a page fault", "jump",
                              "traps.c", "reflect(vcpu, EXC_INSTRUCTION_ACCESS_FAULT, csr_read(CSR_STVAL))",
                              "reflect(vcpu, EXC_INSTRUCTION_PAGE_FAULT, csr_read(CSR_STVAL))"),
}
