/* What hostile.c and hostile_trap.S share. */
#ifndef HOSTILE_H
#define HOSTILE_H

#define HOSTILE_CODE_SIZE   128     /* bytes */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Random code, and behind it one that ends it; how often its traps go on behind the instruction. */
extern uint32_t code[];
extern uint64_t resumes;

/* Loads all registers and returns to sepc; comes back from the last trap. */
void hostile_run(const uint64_t regs[32]);
#endif
#endif
