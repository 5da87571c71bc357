/* Our own SBI extension, in the vendor range: function 0 does nothing, function 1 is the multicall, function 2 returns the
   number of the machine, 16 and 17 give and take pages. Alone, function 0 never comes here: switch.S answers it. */
#include "balloon.h"
#include "policy.h"
#include "sbi_multicall.h"

enum { NULL_CALL, MULTICALL = SBI_FID_MULTICALL, MACHINE_NUMBER };

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    switch (SBI_FID(vcpu)) {
    case NULL_CALL:
        return STEP;
    case MULTICALL:
        return sbi_multicall(vcpu, result);
    case MACHINE_NUMBER:
        result->value = vcpu->vm->index;
        return STEP;
    case SBI_FID_GIVE_PAGE:
    case SBI_FID_TAKE_PAGE:
        return balloon(vcpu, result);
    default:
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    }
}

SBI_EXTENSION(doppelhart, SBI_EID_DOPPELHART, SBI_EID_DOPPELHART, handle);
