/* SBI hart state management extension: harts of a machine start and stop each other and themselves. */
#include "sbi.h"

enum { START, STOP, GET_STATUS };
enum { STARTED, STOPPED };

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    if (SBI_FID(vcpu) == STOP) {
        vcpu->state = VCPU_STOPPED;
        return YIELD;
    }
    if (SBI_FID(vcpu) > GET_STATUS)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    if (SBI_ARG(vcpu, 0) >= HARTS)
        return sbi_error(result, SBI_ERR_INVALID_PARAM);

    struct vcpu *target = &vcpu->vm->vcpus[SBI_ARG(vcpu, 0)];

    if (SBI_FID(vcpu) == GET_STATUS) {
        result->value = target->state == VCPU_STOPPED ? STOPPED : STARTED;
        return STEP;
    }
    if (target->state != VCPU_STOPPED)
        return sbi_error(result, SBI_ERR_ALREADY_AVAILABLE);
    if (!vm_memory(vcpu->vm, SBI_ARG(vcpu, 1), 2))
        return sbi_error(result, SBI_ERR_INVALID_ADDRESS);
    vcpu_start(target, SBI_ARG(vcpu, 1), SBI_ARG(vcpu, 2));
    return STEP;
}

SBI_EXTENSION(hart_state, 0x48534d, 0x48534d, handle);
