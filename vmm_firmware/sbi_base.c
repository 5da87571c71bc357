/* SBI base extension: versions, and what else there is. */
#include "policy.h"
#include "sbi.h"

enum { GET_SPEC_VERSION, GET_IMPL_ID, GET_IMPL_VERSION, PROBE, GET_MVENDORID, GET_MARCHID, GET_MIMPID };

HOT static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    switch (SBI_FID(vcpu)) {
    case GET_SPEC_VERSION:
        result->value = POLICY_SBI_SPEC;
        return STEP;
    case GET_IMPL_ID:
        result->value = POLICY_SBI_IMPL;
        return STEP;
    case GET_IMPL_VERSION:
        result->value = POLICY_SBI_IMPL_VERSION;
        return STEP;
    case PROBE:
        result->value = sbi_find(SBI_ARG(vcpu, 0)) != 0;
        return STEP;
    case GET_MVENDORID:
        result->value = POLICY_MVENDORID;
        return STEP;
    case GET_MARCHID:
        result->value = POLICY_MARCHID;
        return STEP;
    case GET_MIMPID:
        result->value = POLICY_MIMPID;
        return STEP;
    default:
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    }
}

SBI_EXTENSION(base, 0x10, 0x10, handle);
