/* The Supervisor Binary Interface: finding the extension and returning its result. */
#include "sbi.h"

#include <stddef.h>

#include "panic.h"

extern const struct sbi_extension *const sbi_extensions_start[], *const sbi_extensions_end[];   /* link.ld */

void sbi_init(void)
{
    for (const struct sbi_extension *const *a = sbi_extensions_start; a < sbi_extensions_end; a++)
        for (const struct sbi_extension *const *b = a + 1; b < sbi_extensions_end; b++)
            if ((*a)->first <= (*b)->last && (*b)->first <= (*a)->last)
                panic("two SBI extensions claim numbers from %x and from %x\n", (*a)->first, (*b)->first);
}

const struct sbi_extension *sbi_find(uint64_t eid)
{
    for (const struct sbi_extension *const *e = sbi_extensions_start; e < sbi_extensions_end; e++)
        if (eid - (*e)->first <= (*e)->last - (*e)->first)
            return *e;
    return NULL;
}

enum outcome sbi_call(struct vcpu *vcpu)
{
    struct sbi_result result = { .error = SBI_SUCCESS };
    const struct sbi_extension *extension = sbi_find(SBI_EID(vcpu));
    enum outcome outcome = STEP;

    if (extension)
        outcome = extension->handle(vcpu, &result);
    else
        result.error = SBI_ERR_NOT_SUPPORTED;
    SBI_ARG(vcpu, 0) = (uint64_t)result.error;
    if (!result.legacy)
        SBI_ARG(vcpu, 1) = result.value;
    return outcome;
}
