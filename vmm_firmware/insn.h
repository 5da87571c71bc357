/* Instructions of a guest, as words. */
#ifndef INSN_H
#define INSN_H

#include "exit.h"

#define INSN_RD(insn)       ((insn) >> 7 & 31)
#define INSN_RS1(insn)      ((insn) >> 15 & 31)
#define INSN_RS2(insn)      ((insn) >> 20 & 31)
#define INSN_CSR(insn)      ((insn) >> 20 & 0xfff)
#define INSN_FUNCT3(insn)   ((insn) >> 12 & 7)

struct fetched {
    uint64_t fault;         /* 0, or the cause of the exception that reading the code raised */
    uint32_t insn;
    unsigned length;        /* 2 or 4 bytes */
};

/* Reads the instruction at a guest-virtual address of the current guest. */
struct fetched insn_fetch(uint64_t pc);

/* What to do about a fetch that faulted, although the hart has just fetched from the same address. */
enum outcome insn_fetch_fault(struct vcpu *vcpu, uint64_t fault);

/* The load or store that a compressed one stands for, its offset left 0: who needs the address has it from the trap.
   Any other compressed instruction gives 0. */
uint32_t insn_expand_transfer(uint16_t insn);

#endif
