/* SBI hart state management extension: harts of a machine start and stop each other and themselves, and wait. */
#include "csr.h"
#include "sbi.h"

enum { START, STOP, GET_STATUS, SUSPEND };
enum { STARTED, STOPPED, SUSPENDED = 4 };

#define RETENTIVE       0x00000000u     /* the two suspend types that are neither reserved nor of a platform */
#define NON_RETENTIVE   0x80000000u

static int64_t start(struct vcpu *vcpu, struct vcpu *target)
{
    uint64_t pc = SBI_ARG(vcpu, 1);

    if (target->state != VCPU_STOPPED)
        return SBI_ERR_ALREADY_AVAILABLE;
    if (pc & 1 || !vm_memory(vcpu->vm, pc, 2))
        return SBI_ERR_INVALID_ADDRESS;
    vcpu_start(target, pc, SBI_ARG(vcpu, 2));
    return SBI_SUCCESS;
}

static uint64_t status(const struct vcpu *vcpu)
{
    if (vcpu->state == VCPU_STOPPED)
        return STOPPED;
    return vcpu->state == VCPU_WAITING && vcpu->suspended ? SUSPENDED : STARTED;
}

/* A retentive suspend is WFI by another name; nothing is kept for the other kind. */
static enum outcome suspend(struct vcpu *vcpu, struct sbi_result *result)
{
    uint32_t type = (uint32_t)SBI_ARG(vcpu, 0);

    if (type != RETENTIVE)
        return sbi_error(result, type == NON_RETENTIVE ? SBI_ERR_NOT_SUPPORTED : SBI_ERR_INVALID_PARAM);
    return vcpu_wait(vcpu, true);
}

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    uint64_t function = SBI_FID(vcpu);

    if (function == STOP) {
        vcpu->state = VCPU_STOPPED;
        return YIELD;
    }
    if (function == SUSPEND)
        return suspend(vcpu, result);
    if (function > SUSPEND)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    if (SBI_ARG(vcpu, 0) >= HARTS)
        return sbi_error(result, SBI_ERR_INVALID_PARAM);

    struct vcpu *target = &vcpu->vm->vcpus[SBI_ARG(vcpu, 0)];

    if (function == START)
        return sbi_error(result, start(vcpu, target));
    result->value = status(target);
    return STEP;
}

SBI_EXTENSION(hart_state, 0x48534d, 0x48534d, handle);
