/* SBI inter-processor interrupt extension: a software interrupt for harts of the machine, the caller itself among them. */
#include "sbi.h"

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    uint64_t harts;

    if (SBI_FID(vcpu) != 0)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    if (!sbi_harts(SBI_ARG(vcpu, 0), SBI_ARG(vcpu, 1), &harts))
        return sbi_error(result, SBI_ERR_INVALID_PARAM);
    for (unsigned hart = 0; hart < HARTS; hart++)
        if (harts >> hart & 1)
            vcpu_raise(&vcpu->vm->vcpus[hart], vcpu, HVIP_VSSIP);
    return STEP;
}

SBI_EXTENSION(ipi, 0x735049, 0x735049, handle);
