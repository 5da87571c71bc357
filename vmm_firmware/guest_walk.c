/* The translation that a guest has set up ("Virtual Address Translation Process"), Sv39. A hart that raises a page fault where
   A, or D for a store, is clear (Svade) is what guests see. */
#include "guest_walk.h"

#include "csr.h"

static struct walked faulted(uint64_t cause)
{
    return (struct walked) { .fault = cause };
}

/* The access fault of an access whose page fault this is. */
static uint64_t access_fault(uint64_t cause)
{
    return cause == EXC_INSTRUCTION_PAGE_FAULT ? EXC_INSTRUCTION_ACCESS_FAULT :
           cause == EXC_LOAD_PAGE_FAULT ? EXC_LOAD_ACCESS_FAULT : EXC_STORE_ACCESS_FAULT;
}

/* Step 3: V=0, W without R, and what is reserved: A, D and U in a pointer among it. */
static bool is_invalid(uint64_t pte)
{
    if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W || pte & PTE_RESERVED)
        return true;
    return !(pte & (PTE_R | PTE_X)) && pte & (PTE_U | PTE_A | PTE_D);
}

/* Steps 5 and 7. */
static bool allows(uint64_t pte, uint64_t cause)
{
    uint64_t status = csr_read(CSR_VSSTATUS);
    bool supervisor = csr_read(CSR_SSTATUS) & SSTATUS_SPP, user_page = pte & PTE_U;

    if (supervisor && user_page && (cause == EXC_INSTRUCTION_PAGE_FAULT || !(status & SSTATUS_SUM)))
        return false;
    if ((!supervisor && !user_page) || !(pte & PTE_A))
        return false;
    if (cause == EXC_INSTRUCTION_PAGE_FAULT)
        return pte & PTE_X;
    if (cause == EXC_LOAD_PAGE_FAULT)
        return pte & (status & SSTATUS_MXR ? PTE_R | PTE_X : PTE_R);
    return pte & PTE_W && pte & PTE_D;
}

struct walked guest_walk(const struct vcpu *vcpu, uint64_t va, uint64_t cause)
{
    uint64_t table = (vcpu->satp & SATP_PPN) << PAGE_SHIFT;

    if ((uint64_t)((int64_t)(va << 25) >> 25) != va)        /* Sv39: bits above 38 are equal to it */
        return faulted(cause);
    for (int level = PAGE_LEVELS - 1; level >= 0; level--) {
        unsigned shift = PAGE_SHIFT + VPN_BITS * (unsigned)level;
        const volatile uint64_t *entry = vm_memory(vcpu->vm, table + (va >> shift) % (1 << VPN_BITS) * PTE_SIZE, PTE_SIZE);

        if (!entry)
            return faulted(access_fault(cause));

        uint64_t pte = *entry, address = (pte & PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT, size = 1ull << shift;

        if (is_invalid(pte))
            return faulted(cause);
        if (pte & (PTE_R | PTE_X)) {
            if (address % size || !allows(pte, cause))
                return faulted(cause);
            return (struct walked) { .pte = pte, .level = level, .gpa = address | va % size };
        }
        table = address;
    }
    return faulted(cause);
}
