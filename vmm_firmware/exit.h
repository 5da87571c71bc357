/* Exits from a guest: what a handler may decide, and the way in and out. */
#ifndef EXIT_H
#define EXIT_H

#include "vm.h"

enum outcome {
    RESUME = 0,     /* the guest goes on at vcpu->pc */
    STEP_SHORT = 2, /* the same, past a compressed instruction, which has been carried out; the value is its length */
    STEP = 4,       /* the same, past one of 4 bytes */
    REFLECT,        /* the guest takes the exception that reflect() has noted */
    YIELD,          /* the guest goes on at vcpu->pc, but others have their turn first */
    END,            /* the guest has ended, for the reason that end() has noted */
};

/* Carries out what one exit asks for. scause, stval, htval and htinst are still those of the exit. */
typedef enum outcome exit_handler(struct vcpu *vcpu);

/* traps.c; called by vm_exit, returns the virtual hart to enter. */
struct vcpu *handle_exit(struct vcpu *vcpu);

/* switch.S; leaves the hypervisor for a guest whose CSRs vcpu_load() has put in place. */
_Noreturn void vm_enter(struct vcpu *vcpu);
void vm_exit(void);

static inline enum outcome reflect(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    vcpu->reflected.cause = cause;
    vcpu->reflected.tval = tval;
    return REFLECT;
}

static inline enum outcome end(struct vcpu *vcpu, const char *reason)
{
    vcpu->end_reason = reason;
    return END;
}

#endif
