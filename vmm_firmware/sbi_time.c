/* SBI timer extension. The guest's own stimecmp does the same without an exit. */
#include "csr.h"
#include "sbi.h"

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    if (SBI_FID(vcpu) != 0)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    csr_write(CSR_VSTIMECMP, SBI_ARG(vcpu, 0));
    return STEP;
}

SBI_EXTENSION(time, 0x54494d45, 0x54494d45, handle);
