/* Our own SBI extension, in the vendor range. Function 0 does nothing and never comes here: switch.S answers it. */
#include "sbi.h"

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    (void)vcpu;
    return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
}

SBI_EXTENSION(doppelhart, SBI_EID_DOPPELHART, SBI_EID_DOPPELHART, handle);
