/* SBI base extension: versions, and what else there is. */
#include "sbi.h"

enum { GET_SPEC_VERSION, GET_IMPL_ID, GET_IMPL_VERSION, PROBE, GET_MVENDORID, GET_MARCHID, GET_MIMPID };

#define SPEC_VERSION    (2 << 24 | 0)       /* 2.0 */
#define IMPL_ID         0x446f7070          /* not registered; "Dopp" */
#define IMPL_VERSION    1

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    switch (SBI_FID(vcpu)) {
    case GET_SPEC_VERSION:
        result->value = SPEC_VERSION;
        return STEP;
    case GET_IMPL_ID:
        result->value = IMPL_ID;
        return STEP;
    case GET_IMPL_VERSION:
        result->value = IMPL_VERSION;
        return STEP;
    case PROBE:
        result->value = sbi_find(SBI_ARG(vcpu, 0)) != 0;
        return STEP;
    case GET_MVENDORID:     /* always legal as 0, and the same on every host */
    case GET_MARCHID:
    case GET_MIMPID:
        return STEP;
    default:
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    }
}

SBI_EXTENSION(base, 0x10, 0x10, handle);
