/* SBI remote fence extension. The harts of a machine share one real hart, so a fence is local here. One that does not run
   needs no fence of its own: it gets a full one when it comes in after another hart of its machine (vmid.c). */
#include "sbi.h"
#include "shadow.h"

enum { FENCE_I, SFENCE_VMA, SFENCE_VMA_ASID };

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    uint64_t start = SBI_ARG(vcpu, 2), size = SBI_ARG(vcpu, 3), harts;

    if (SBI_FID(vcpu) > SFENCE_VMA_ASID)    /* the rest is for guests that have guests */
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    if (!sbi_harts(SBI_ARG(vcpu, 0), SBI_ARG(vcpu, 1), &harts))
        return sbi_error(result, SBI_ERR_INVALID_PARAM);
    if (SBI_FID(vcpu) == FENCE_I) {
        __asm__ volatile("fence.i");
        return STEP;
    }
    if (size != 0 && size != UINT64_MAX && start + (size - 1) < start)     /* UINT64_MAX is everything */
        return sbi_error(result, SBI_ERR_INVALID_ADDRESS);
    if (SHADOW || harts >> vcpu->hart & 1)      /* shadow page tables belong to the whole machine */
        guest_fence(vcpu, 0, SBI_FID(vcpu) == SFENCE_VMA_ASID ? &SBI_ARG(vcpu, 4) : 0);
    return STEP;
}

SBI_EXTENSION(remote_fence, 0x52464e43, 0x52464e43, handle);
