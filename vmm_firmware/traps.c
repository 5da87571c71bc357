/* Exits from a guest, by cause ("Hypervisor: Trap Cause Codes"). */
#include <stddef.h>

#include "csr.h"
#include "exit.h"
#include "mmio.h"
#include "sbi.h"
#include "sched.h"
#include "virtual.h"

/* Nothing is mapped where the guest jumped to, or where its page table is. */
static enum outcome fetch_fault(struct vcpu *vcpu, struct exit *exit)
{
    (void)vcpu;
    return reflect(exit, EXC_INSTRUCTION_ACCESS_FAULT, exit->tval);
}

/* An access that both stages allow and that the machine itself refuses. */
static enum outcome pass_on(struct vcpu *vcpu, struct exit *exit)
{
    (void)vcpu;
    return reflect(exit, exit->cause, exit->tval);
}

/* The exceptions that hedeleg leaves here. */
static exit_handler *const handlers[EXCEPTIONS] = {
    [EXC_INSTRUCTION_ACCESS_FAULT] = pass_on,
    [EXC_LOAD_ACCESS_FAULT] = pass_on,
    [EXC_STORE_ACCESS_FAULT] = pass_on,
    [EXC_ECALL_VS] = sbi_call,
    [EXC_INSTRUCTION_GUEST_PAGE_FAULT] = fetch_fault,
    [EXC_LOAD_GUEST_PAGE_FAULT] = mmio_access,
    [EXC_VIRTUAL_INSTRUCTION] = virtual_instruction,
    [EXC_STORE_GUEST_PAGE_FAULT] = mmio_access,
};

static enum outcome handle(struct vcpu *vcpu, struct exit *exit)
{
    if (exit->cause & SCAUSE_INTERRUPT) {
        vcpu->vm->timer_exits++;
        return sched_slice_over(vcpu, exit);
    }
    if (exit->cause >= EXCEPTIONS || !handlers[exit->cause])
        return end(exit, "an exception that has no handler");
    vcpu->vm->exits[exit->cause]++;
    return handlers[exit->cause](vcpu, exit);
}

struct vcpu *handle_exit(struct vcpu *vcpu)
{
    struct exit exit = { .cause = csr_read(CSR_SCAUSE), .tval = csr_read(CSR_STVAL), .length = 4 };

    switch (handle(vcpu, &exit)) {
    case RESUME:
        return vcpu;
    case STEP:
        vcpu->pc += exit.length;
        return vcpu;
    case REFLECT:
        if (vcpu_inject(vcpu, exit.cause, exit.tval))
            return vcpu;
        exit.reason = "its trap handler traps at its first instruction";
        break;
    case YIELD:
        return sched_next(vcpu);
    case END:
        break;
    }
    return sched_end(vcpu, &exit);
}
