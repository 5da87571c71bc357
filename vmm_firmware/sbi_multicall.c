/* Many calls in one exit: function 1 of our own SBI extension (sbi_doppelhart.c).

   a0 is the guest-physical address of an array, a1 the number of its entries. The calls are made in order; each leaves its
   error and value in its entry. The call returns in a1 how many are done, and in a0

   - success, if these are all, or if it took long: the guest makes the call again for the rest;
   - invalid address, if the next entry is not in RAM.

   At least one is done by each call, unless it is at an invalid address, so that a guest gets on however short its slices are.
   An entry whose call fails is done all the same. Of our own extension nothing but the null call is supported inside a batch:
   neither a batch, nor giving away the pages that it is on. */
#include "sbi_multicall.h"

#include "csr.h"
#include "flaw.h"
#include "policy.h"

struct entry {
    uint64_t args[6], fid, eid;         /* as in a0-a7 */
    int64_t error;
    uint64_t value;
};

#define REGISTERS   8
#define LOOKED_FOR  64

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
    if (SBI_EID(vcpu) == SBI_EID_DOPPELHART && SBI_FID(vcpu) >= SBI_FID_MULTICALL)
        return sbi_error(result, SBI_ERR_NOT_SUPPORTED);
    if (FLAW == FLAW_READS_TWICE)
        read_arguments(vcpu, (uint64_t *)entry);
    return sbi_dispatch(vcpu, result);
}

static bool is_there(const struct vm *vm, uint64_t address)
{
    return address % sizeof(uint64_t) == 0 && vm_memory(vm, address, sizeof(struct entry));
}

/* Entries from this address on that the guest has, `count` or fewer; fewer, too, where each must be looked for. */
static uint64_t entries_there(const struct vm *vm, uint64_t address, uint64_t count)
{
    uint64_t there = 0, room = (GUEST_RAM_BASE + GUEST_RAM_SIZE - address) / sizeof(struct entry);

    if (!is_there(vm, address))
        return 0;
    if (room > count)
        room = count;
    if (!vm->given)
        return room;
    while (there < room && there < LOOKED_FOR && is_there(vm, address + there * sizeof(struct entry)))
        there++;
    return there;
}

HOT enum outcome sbi_multicall(struct vcpu *vcpu, struct sbi_result *result)
{
    uint64_t address = SBI_ARG(vcpu, 0), count = SBI_ARG(vcpu, 1), done = 0, saved[REGISTERS];
    uint64_t there = entries_there(vcpu->vm, address, count);
    struct entry *entry = vm_memory(vcpu->vm, address, 0);
    enum outcome outcome = STEP;

    for (unsigned i = 0; i < REGISTERS; i++)
        saved[i] = SBI_ARG(vcpu, i);
    while (done < there && outcome == STEP && !(done && csr_read(CSR_SIP) & SIP_STIP)) {
        struct sbi_result one = { .error = SBI_SUCCESS };

        outcome = call(vcpu, entry, &one);
        entry->error = one.error;
        entry->value = one.value;
        entry++;
        done++;
    }
    for (unsigned i = 0; i < REGISTERS; i++)
        SBI_ARG(vcpu, i) = saved[i];
    if (done < count && done == there && !is_there(vcpu->vm, address + done * sizeof *entry))
        result->error = SBI_ERR_INVALID_ADDRESS;
    result->value = FLAW == FLAW_FORGETS_REST ? count : done;
    return outcome;
}
