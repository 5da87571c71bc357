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

static inline bool has(const struct sbi_extension *extension, uint64_t eid)
{
    return eid - extension->first <= extension->last - extension->first;
}

const struct sbi_extension *sbi_find(uint64_t eid)
{
    for (const struct sbi_extension *const *e = sbi_extensions_start; e < sbi_extensions_end; e++)
        if (has(*e, eid))
            return *e;
    return NULL;
}

bool sbi_harts(uint64_t mask, uint64_t base, uint64_t *harts)
{
    const uint64_t all = HARTS == 64 ? UINT64_MAX : (1ull << HARTS) - 1;

    if (base == UINT64_MAX)
        *harts = all;
    else if (base >= HARTS || mask & ~(all >> base))
        return false;
    else
        *harts = mask << base;
    return true;
}

HOT enum outcome sbi_dispatch(struct vcpu *vcpu, struct sbi_result *result)
{
    /* Calls come in runs of one extension. */
    static const struct sbi_extension *last;
    const struct sbi_extension *extension = last && has(last, SBI_EID(vcpu)) ? last : sbi_find(SBI_EID(vcpu));

    if (extension)
        last = extension;
    return extension ? extension->handle(vcpu, result) : sbi_error(result, SBI_ERR_NOT_SUPPORTED);
}

HOT enum outcome sbi_call(struct vcpu *vcpu)
{
    struct sbi_result result = { .error = SBI_SUCCESS };
    enum outcome outcome = sbi_dispatch(vcpu, &result);

    SBI_ARG(vcpu, 0) = (uint64_t)result.error;
    if (!result.legacy)
        SBI_ARG(vcpu, 1) = result.value;
    return outcome;
}
