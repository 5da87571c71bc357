/* Exits from a guest, by cause ("Hypervisor: Trap Cause Codes"). */
#include "csr.h"
#include "exit.h"
#include "mmio.h"
#include "sbi.h"
#include "sched.h"
#include "virtual.h"

/* Nothing is mapped where the guest jumped to, or where its page table is. */
static enum outcome fetch_fault(struct vcpu *vcpu)
{
    return reflect(vcpu, EXC_INSTRUCTION_ACCESS_FAULT, csr_read(CSR_STVAL));
}

/* An access that both stages allow and that the machine itself refuses. */
static enum outcome pass_on(struct vcpu *vcpu)
{
    return reflect(vcpu, csr_read(CSR_SCAUSE), csr_read(CSR_STVAL));
}

/* The exceptions that hedeleg leaves here. */
static exit_handler *const handlers[EXCEPTIONS] = {
    [EXC_INSTRUCTION_ACCESS_FAULT] = pass_on,
    [EXC_LOAD_ACCESS_FAULT] = pass_on,
    [EXC_STORE_ACCESS_FAULT] = pass_on,
    [EXC_ECALL_VS] = sbi_call,
    [EXC_INSTRUCTION_GUEST_PAGE_FAULT] = fetch_fault,
    [EXC_LOAD_GUEST_PAGE_FAULT] = mmio_load,
    [EXC_VIRTUAL_INSTRUCTION] = virtual_instruction,
    [EXC_STORE_GUEST_PAGE_FAULT] = mmio_store,
};

static enum outcome handle(struct vcpu *vcpu)
{
    uint64_t cause = csr_read(CSR_SCAUSE);

    if (cause & SCAUSE_INTERRUPT)
        return sched_slice_over(vcpu);
    if (cause >= EXCEPTIONS || !handlers[cause])
        return end(vcpu, "an exception that has no handler");
    vcpu->exits[cause]++;
    return handlers[cause](vcpu);
}

struct vcpu *handle_exit(struct vcpu *vcpu)
{
    enum outcome outcome = handle(vcpu);

    if (outcome <= STEP) {
        vcpu->pc += outcome;
        return vcpu;
    }
    if (outcome == REFLECT) {
        if (vcpu_inject(vcpu, vcpu->reflected.cause, vcpu->reflected.tval))
            return vcpu;
        vcpu->end_reason = "its trap handler traps at its first instruction";
    }
    return outcome == YIELD ? sched_next(vcpu) : sched_end(vcpu);
}
