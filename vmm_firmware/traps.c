/* Exits from a guest, by cause ("Hypervisor: Trap Cause Codes"). */
#include "csr.h"
#include "demand.h"
#include "exit.h"
#include "mmio.h"
#include "pause_loop.h"
#include "sbi.h"
#include "sched.h"
#include "shadow.h"
#include "virtual.h"

/* Nothing is mapped where the guest jumped to, or where its page table is. */
static enum outcome fetch_fault(struct vcpu *vcpu)
{
    return demand_map(vcpu) ? RESUME : reflect(vcpu, EXC_INSTRUCTION_ACCESS_FAULT, csr_read(CSR_STVAL));
}

/* An access that both stages allow and that the machine itself refuses. */
static enum outcome pass_on(struct vcpu *vcpu)
{
    return reflect(vcpu, csr_read(CSR_SCAUSE), csr_read(CSR_STVAL));
}

/* What hedeleg gives to the guest, or no hart raises. */
static enum outcome unexpected(struct vcpu *vcpu)
{
    return end(vcpu, "an exception that has no handler");
}

exit_handler *const exit_handlers[EXCEPTIONS] = {
    [EXC_INSTRUCTION_MISALIGNED] = unexpected,
    [EXC_INSTRUCTION_ACCESS_FAULT] = pass_on,
    [EXC_ILLEGAL_INSTRUCTION] = unexpected,
    [EXC_BREAKPOINT] = unexpected,
    [EXC_LOAD_MISALIGNED] = unexpected,
    [EXC_LOAD_ACCESS_FAULT] = pass_on,
    [EXC_STORE_MISALIGNED] = unexpected,
    [EXC_STORE_ACCESS_FAULT] = pass_on,
    [EXC_ECALL_U] = unexpected,
    [EXC_ECALL_S] = unexpected,
    [EXC_ECALL_VS] = sbi_call,
    [EXC_ECALL_M] = unexpected,
    [EXC_INSTRUCTION_PAGE_FAULT] = SHADOW ? shadow_page_fault : unexpected,
    [EXC_LOAD_PAGE_FAULT] = SHADOW ? shadow_page_fault : unexpected,
    [14] = unexpected,
    [EXC_STORE_PAGE_FAULT] = SHADOW ? shadow_page_fault : unexpected,
    [16] = unexpected,
    [17] = unexpected,
    [EXC_SOFTWARE_CHECK] = unexpected,
    [EXC_HARDWARE_ERROR] = unexpected,
    [EXC_INSTRUCTION_GUEST_PAGE_FAULT] = fetch_fault,
    [EXC_LOAD_GUEST_PAGE_FAULT] = mmio_load,
    [EXC_VIRTUAL_INSTRUCTION] = virtual_instruction,
    [EXC_STORE_GUEST_PAGE_FAULT] = mmio_store,
    [EXC_PAUSE_LOOP] = pause_loop,
    [EXC_PAGE_LOG_FULL] = unexpected,
};

HOT struct vcpu *finish_exit(struct vcpu *vcpu, enum outcome outcome)
{
    if (outcome == AGAIN) {
        vcpu->saved = ALL_SAVED;
        outcome = exit_handlers[csr_read(CSR_SCAUSE)](vcpu);
        vcpu->saved = ALWAYS_SAVED;
    }
    if (outcome >= RESUME) {
        csr_write(CSR_SEPC, csr_read(CSR_SEPC) + (uint64_t)outcome);
        return vcpu;
    }
    return outcome == YIELD ? sched_next(vcpu) : sched_end(vcpu);
}
