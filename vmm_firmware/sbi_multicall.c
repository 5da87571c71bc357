/* Many calls in one exit: function 1 of our own SBI extension (sbi_doppelhart.c).

   a0 is the guest-physical address of an array, a1 the number of its entries. The calls are made in order; each leaves its
   error and value in its entry. The call returns in a1 how many are done, and in a0

   - success, if these are all, or if the time slice is over: the guest makes the call again for the rest;
   - invalid address, if the next entry is not in RAM.

   At least one is done by each call, unless it is at an invalid address, so that a guest gets on however short its slices are.
   An entry whose call fails is done all the same. A batch inside a batch is not supported. */
#include "sbi_multicall.h"

#include "csr.h"

struct entry {
    uint64_t args[6], fid, eid;         /* as in a0-a7 */
    int64_t error;
    uint64_t value;
};

#define REGISTERS 8

/* The arguments are read once, into the registers where the extension finds them: the guest may write to its RAM meanwhile. */
static enum outcome call(struct vcpu *vcpu, struct entry *entry, struct sbi_result *result)
{
    for (unsigned i = 0; i < REGISTERS; i++)
        SBI_ARG(vcpu, i) = ((volatile uint64_t *)entry)[i];
    if (SBI_EID(vcpu) == SBI_EID_DOPPELHART && SBI_FID(vcpu) == SBI_FID_MULTICALL)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    return sbi_dispatch(vcpu, result);
}

/* Entries that lie in RAM, `count` or fewer. */
static uint64_t entries_in_ram(struct vm *vm, uint64_t address, uint64_t count)
{
    if (address % sizeof(uint64_t) || !vm_memory(vm, address, 0))
        return 0;

    uint64_t room = (GUEST_RAM_BASE + GUEST_RAM_SIZE - address) / sizeof(struct entry);

    return count < room ? count : room;
}

enum outcome sbi_multicall(struct vcpu *vcpu, struct sbi_result *result)
{
    uint64_t address = SBI_ARG(vcpu, 0), count = SBI_ARG(vcpu, 1), saved[REGISTERS];
    uint64_t present = entries_in_ram(vcpu->vm, address, count), done = 0;
    struct entry *entry = vm_memory(vcpu->vm, address, 0);
    enum outcome outcome = STEP;

    for (unsigned i = 0; i < REGISTERS; i++)
        saved[i] = SBI_ARG(vcpu, i);
    while (done < present && outcome == STEP && !(done && csr_read(CSR_SIP) & SIP_STIP)) {
        struct sbi_result one = { .error = SBI_SUCCESS };

        outcome = call(vcpu, entry, &one);
        entry->error = one.error;
        entry->value = one.value;
        entry++;
        done++;
    }
    for (unsigned i = 0; i < REGISTERS; i++)
        SBI_ARG(vcpu, i) = saved[i];
    if (done == present && present < count)
        result->error = SBI_ERR_INVALID_ADDRESS;
    result->value = done;
    return outcome;
}
