/* The state in which an instruction is tried (forgery.c, forgery_trial.S). */
#ifndef FORGERY_H
#define FORGERY_H

#define STATE_PC        256
#define STATE_STATUS    264
#define STATE_CAUSE     272
#define STATE_TVAL      280

#ifndef __ASSEMBLER__
#include "guest.h"
#include "layout.h"
#include "vprobe.h"

struct state {
    uint64_t regs[32];          /* regs[0] is not used */
    uint64_t pc, status, cause, tval;
    uint64_t satp;              /* 0: no translation, else forgery_paging.c's tables */
};

void trial_run(struct state *state);

/* A pseudo-random number, the same sequence wherever the guest runs. */
uint64_t random_bits(void);

/* One of the registers. */
static inline unsigned random_reg(void)
{
    return random_bits() & 31;
}

/* 64 bytes of RAM for whoever wants to change some. */
extern uint64_t scratch[8];

/* Makers of instructions, one for each class: the encoding, after what it needs of the state is set. The first two go through
   all combinations of CSR, operation and source register in as many states as there are, `index` by `index`. */
typedef uint32_t maker(struct state *state, uint64_t index);

maker forge_csr, forge_any_csr, forge_privileged, forge_system, forge_hypervisor, forge_computing, forge_load, forge_store, forge_compressed,
      forge_atomic, forge_cache_block, forge_jump;

/* The counter that a CSR instruction reads, or 0. */
unsigned forge_counter(uint32_t insn);

/* satp of the page tables, which are made at the first call (forgery_paging.c). */
uint64_t paging_satp(void);

/* A virtual address of what is at an address below 4 GiB: its own, a user's, or one that says no in one of many ways. */
uint64_t paging_alias(uint64_t address, bool user);

/* The address at which user mode can fetch what is in RAM at an address. */
uint64_t paging_user(uint64_t address);

#endif
#endif
