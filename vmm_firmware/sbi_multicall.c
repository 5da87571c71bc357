/* Many calls in one exit: function 1 of our own SBI extension (sbi_doppelhart.c).

   a0 is the guest-physical address of an array, a1 the number of its entries. The calls are made in order; each leaves its
   error and value in its entry. The call returns in a1 how many are done, and in a0

   - success, if these are all, or if the time slice is over: the guest makes the call again for the rest;
   - invalid address, if the next entry is not in RAM.

   At least one is done by each call, unless it is at an invalid address, so that a guest gets on however short its slices are.
   An entry whose call fails is done all the same. A batch inside a batch is not supported. */
#include "sbi_multicall.h"

#include "csr.h"
#include "flaw.h"

struct entry {
    uint64_t args[6], fid, eid;         /* as in a0-a7 */
    int64_t error;
    uint64_t value;
};

#define REGISTERS 8

/* Into the registers, where the extensions find them. */
static inline void read_arguments(struct vcpu *vcpu, const volatile uint64_t *entry)
{
    for (unsigned i = 0; i < REGISTERS; i++)
        SBI_ARG(vcpu, i) = entry[i];
}

/* The arguments are read once: another hart of the guest may write to its RAM meanwhile. */
static enum outcome call(struct vcpu *vcpu, struct entry *entry, struct sbi_result *result)
{
    read_arguments(vcpu, (uint64_t *)entry);
    if (SBI_EID(vcpu) == SBI_EID_DOPPELHART && SBI_FID(vcpu) == SBI_FID_MULTICALL)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    if (FLAW == FLAW_READS_TWICE)
        read_arguments(vcpu, (uint64_t *)entry);
    return sbi_dispatch(vcpu, result);
}

enum outcome sbi_multicall(struct vcpu *vcpu, struct sbi_result *result)
{
    uint64_t address = SBI_ARG(vcpu, 0), count = SBI_ARG(vcpu, 1), saved[REGISTERS];
    uint64_t done = 0;
    struct entry *entry = address % sizeof(uint64_t) ? 0 : vm_memory(vcpu->vm, address, 0);
    struct entry *last = vm_memory(vcpu->vm, GUEST_RAM_BASE + GUEST_RAM_SIZE - sizeof *entry, sizeof *entry);
    enum outcome outcome = STEP;

    if (!entry)
        entry = last + 1;       /* no entry lies there */
    for (unsigned i = 0; i < REGISTERS; i++)
        saved[i] = SBI_ARG(vcpu, i);
    while (done < count && entry <= last && outcome == STEP && !(done && csr_read(CSR_SIP) & SIP_STIP)) {
        struct sbi_result one = { .error = SBI_SUCCESS };

        outcome = call(vcpu, entry, &one);
        entry->error = one.error;
        entry->value = one.value;
        entry++;
        done++;
    }
    for (unsigned i = 0; i < REGISTERS; i++)
        SBI_ARG(vcpu, i) = saved[i];
    if (done < count && entry > last)
        result->error = SBI_ERR_INVALID_ADDRESS;
    result->value = FLAW == FLAW_FORGETS_REST ? count : done;
    return outcome;
}
