/* What hostile.c and hostile_trap.S share. */
#ifndef HOSTILE_H
#define HOSTILE_H

#define HOSTILE_CODE_SIZE   128     /* bytes */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Random code, and behind it one that ends it; how often its traps go on behind the instruction. */
extern uint32_t code[];
extern uint64_t resumes;

uint64_t random_bits(void);

/* Addresses of devices, of RAM and of nothing, numbers of SBI extensions, and anything. */
uint64_t random_value(void);

/* Something at random that is not code: on rings of virtio devices, returning how many doorbells it rang; SBI calls; I/O ports. */
unsigned hostile_rings(void);
void hostile_calls(void);
void hostile_ports(void);

/* Loads all registers and returns to sepc; comes back from the last trap. */
void hostile_run(const uint64_t regs[32]);
#endif
#endif
