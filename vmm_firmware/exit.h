/* Exits from a guest: what a handler may decide, and the way in and out. */
#ifndef EXIT_H
#define EXIT_H

#include "vm.h"

/* What the commonest exits run lies together (link.ld), so that it does not drive itself out of a small cache. */
#define HOT __attribute__((section(".text.hot")))

enum outcome {
    RESUME = 0,     /* the guest goes on where it is */
    STEP_SHORT = 2, /* the same, past a compressed instruction, which has been carried out; the value is its length */
    STEP = 4,       /* the same, past one of 4 bytes */
    AGAIN = -3,     /* nothing is done yet: the handler needs a register that is not saved */
    YIELD = -2,     /* the guest goes on where it is, but others have their turn first */
    END = -1,       /* the guest has ended, for the reason that end() has noted */
};

/* Carries out what one exit asks for. The guest's pc is in sepc; scause, stval, htval and htinst are those of the exit. */
typedef enum outcome exit_handler(struct vcpu *vcpu);

/* traps.c; for vm_exit: the handlers by cause, and what comes after a negative outcome, when all registers are saved; it
   returns the virtual hart to enter. */
extern exit_handler *const exit_handlers[EXCEPTIONS];
struct vcpu *finish_exit(struct vcpu *vcpu, enum outcome outcome);

/* switch.S; leaves the hypervisor for a guest whose CSRs vcpu_load() has put in place. */
_Noreturn void vm_enter(struct vcpu *vcpu);
void vm_exit(void);

/* The guest takes the exception, as its hart would ("Trap Entry"). It ends if it could never get past its trap handler's
   first instruction, because that is the one that has trapped. */
enum outcome reflect(struct vcpu *vcpu, uint64_t cause, uint64_t tval);

/* The guest goes on behind its instruction of 4 bytes when an interrupt is pending for it, enabled or not in sstatus. */
enum outcome vcpu_wait(struct vcpu *vcpu, bool suspended);

static inline enum outcome end(struct vcpu *vcpu, const char *reason)
{
    vcpu->end_reason = reason;
    return END;
}

#endif
