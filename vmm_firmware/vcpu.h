/* A virtual hart: what the hart has of a guest while it runs, and keeps while it does not. */
#ifndef VCPU_H
#define VCPU_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

#define EXCEPTIONS      26      /* exception codes 0-25 can occur; 24 and 25 are Xdoppel's */

#ifndef VTVM
#define VTVM (SHADOW ? HSTATUS_VTVM : 0)    /* satp, SFENCE.VMA and SINVAL.VMA trap as well */
#endif
#ifndef VTSR
#define VTSR 0                  /* HSTATUS_VTSR: SRET traps as well */
#endif
#define HSTATUS_GUESTS  (HSTATUS_VTW | VTVM | VTSR)    /* WFI comes to the hypervisor, so that others can run meanwhile */

struct vm;

enum vcpu_state {
    VCPU_READY,                 /* runs or could run */
    VCPU_WAITING,               /* in WFI or suspended, no interrupt pending */
    VCPU_STOPPED,               /* until another hart of the machine starts it */
    VCPU_ENDED,
};

/* CSRs that belong to the guest and are in the hart only while it is the current one. Those without a VS-level twin
   (scounteren, senvcfg) are shared with HS-mode, which uses neither. */
struct vs_csrs {
    uint64_t status, ie, tvec, scratch, epc, cause, tval, atp, timecmp, hvip;
    uint64_t counteren, envcfg;
};

/* Registers that every exit saves: ra, sp, t0, t1, a0-a7, and x0, which is always as it should be. */
#define ALWAYS_SAVED    (7u | 3u << 5 | 0xffu << 10)
#define ALL_SAVED       UINT32_MAX

struct vcpu {
    uint64_t regs[32];          /* regs[0] is always 0, so that x0 needs no test as a source */
    uint32_t saved;             /* which of regs hold what the guest has, and take effect when written */
    void *stack;                /* the hypervisor's while it handles an exit of this guest; vm_exit uses the first 16 bytes */
    uint64_t null_calls;        /* hypercalls that vm_exit answered by itself */
    uint64_t exits[EXCEPTIONS], timer_exits;

    /* While the guest is the current one these are in CSRs instead. sstatus.SPP is the privilege to return to. */
    uint64_t pc, hstatus, sstatus;
    struct vs_csrs vs;
    uint64_t satp;              /* with shadow page tables: what the guest has written; vsatp is the shadow's */
    struct vm *vm;
    unsigned hart;              /* its number in the machine */
    enum vcpu_state state;
    const char *end_reason;     /* of the outcome END */
    bool suspended;             /* it waits because of an SBI call */
    bool spins;                 /* its last turn ended in a loop of pauses */
    uint64_t slices;            /* time slices used up */
    unsigned stuck;             /* slices that ended at the guest's trap vector, entered from there */
};

extern struct vcpu vcpus[VCPUS_MAX];     /* those of one machine side by side */
extern unsigned vcpu_count;

/* A hart of a machine, stopped. */
struct vcpu *vcpu_create(struct vm *vm, unsigned hart);

/* The hart begins as from reset, in VS-mode, with its number in a0. */
void vcpu_start(struct vcpu *vcpu, uint64_t pc, uint64_t a1);

/* Raises or clears an interrupt (bits of hvip) of `vcpu`, while `current` is the one in the hart. */
void vcpu_raise(struct vcpu *vcpu, const struct vcpu *current, uint64_t interrupts);
void vcpu_clear(struct vcpu *vcpu, const struct vcpu *current, uint64_t interrupts);

/* May regs[reg] be read and written? If not, the handler returns AGAIN before it has done anything. */
static inline bool vcpu_has(const struct vcpu *vcpu, unsigned reg)
{
    return vcpu->saved >> reg & 1;
}

/* Writes a register of the guest, which may be x0. */
static inline void vcpu_set(struct vcpu *vcpu, unsigned rd, uint64_t value)
{
    vcpu->regs[rd] = value;
    vcpu->regs[0] = 0;
}

/* Puts the guest's CSRs into the hart, or takes them out. */
void vcpu_load(struct vcpu *vcpu);
void vcpu_save(struct vcpu *vcpu);

#endif
