/* What a handler is given about an exit from the guest, and what it may decide. */
#ifndef EXIT_H
#define EXIT_H

#include "vm.h"

enum outcome {
    RESUME,         /* the guest goes on at vcpu->pc */
    STEP,           /* the same, past the instruction, which has been carried out: exit->length bytes */
    REFLECT,        /* the guest takes the exception exit->cause with exit->tval */
    YIELD,          /* the guest goes on at vcpu->pc, but others have their turn first */
    END,            /* the guest has ended; exit->reason says why */
};

struct exit {
    uint64_t cause, tval;       /* scause and stval; what REFLECT injects */
    unsigned length;            /* of the instruction, in bytes: 4 unless a handler knows better */
    const char *reason;
};

typedef enum outcome exit_handler(struct vcpu *vcpu, struct exit *exit);

/* traps.c; called by vm_exit, returns the virtual hart to enter. */
struct vcpu *handle_exit(struct vcpu *vcpu);

/* switch.S; leaves the hypervisor for a guest whose CSRs vcpu_load() has put in place. */
_Noreturn void vm_enter(struct vcpu *vcpu);
void vm_exit(void);

static inline enum outcome reflect(struct exit *exit, uint64_t cause, uint64_t tval)
{
    exit->cause = cause;
    exit->tval = tval;
    return REFLECT;
}

static inline enum outcome end(struct exit *exit, const char *reason)
{
    exit->reason = reason;
    return END;
}

#endif
