/* Virtual machine identifiers ("Hypervisor: hgatp"). When they run out, a new generation starts with a full fence and
   every machine gets a new one at its next entry. VMID 0 stays unused, so that a fresh machine has none. */
#include "vmid.h"

#include "csr.h"
#include "exit.h"
#include "flaw.h"
#include "guarded.h"
#include "panic.h"

static uint64_t vmid_max;           /* 0 on a hart without VMIDs: each entry starts a generation */
static uint64_t vmid_last;
static uint64_t generation = 1;

static uint64_t hgatp(uint64_t root, uint64_t vmid)
{
    return HGATP_MODE_SV39X4 | vmid << HGATP_VMID_SHIFT | root >> PAGE_SHIFT;
}

void vmid_init(void)
{
    /* A refused mode is kept as it was, and the guest would run on host-physical addresses. */
    csr_write_checked(CSR_HGATP, hgatp(0, HGATP_VMID >> HGATP_VMID_SHIFT), HGATP_MODE);
    vmid_max = (csr_read(CSR_HGATP) & HGATP_VMID) >> HGATP_VMID_SHIFT;
    csr_write(CSR_HGATP, HGATP_MODE_BARE);
    fence_gstage();
}

void vmid_bare(void)
{
    csr_write(CSR_HGATP, HGATP_MODE_BARE);
    if (vmid_max == 0) {        /* else VMID 0 is never that of two stages */
        fence_gstage();
        fence_guest();
    }
}

uint64_t vmid_rollovers(void)
{
    return generation - 1;
}

HOT void vmid_enter(struct vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;
    bool fresh = vm->vmid_generation != generation || vmid_max == 0;

    if (fresh) {
        if (vmid_last == vmid_max) {
            generation++;
            vmid_last = 0;
            if (FLAW != FLAW_STALE_VMID)
                fence_gstage();
        }
        vm->vmid = vmid_max == 0 ? 0 : ++vmid_last;
        vm->vmid_generation = generation;
    }
    csr_write(CSR_HGATP, hgatp(vm->gstage_root, vm->vmid));

    /* The fence of a new generation covers G-stage translations only; the guest-virtual ones of an earlier owner of
       this VMID can be reached while hgatp holds it. Another hart of the same machine has address spaces of its own, too. */
    if (fresh || vm->last != vcpu)
        fence_guest();
    vm->last = vcpu;
}
