/* SBI system reset extension: the only way for a guest to say that it has passed. */
#include "sbi.h"

enum { SHUTDOWN, COLD_REBOOT, WARM_REBOOT };
enum { NO_REASON, SYSTEM_FAILURE };

static enum outcome handle(struct vcpu *vcpu, struct sbi_result *result)
{
    uint32_t type = (uint32_t)SBI_ARG(vcpu, 0), reason = (uint32_t)SBI_ARG(vcpu, 1);

    if (SBI_FID(vcpu) != 0)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    if (type > WARM_REBOOT || reason > SYSTEM_FAILURE)
        return sbi_error(result, SBI_ERR_INVALID_PARAM);
    if (type != SHUTDOWN)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    vcpu->vm->passed = reason == NO_REASON;
    return end(vcpu, "reports a system failure");
}

SBI_EXTENSION(system_reset, 0x53525354, 0x53525354, handle);
