/* RAM that a guest gets page by page: a guest-page fault in RAM maps its page. */
#include "demand.h"

#include "csr.h"
#include "gstage.h"
#include "guarded.h"

bool demand_map(struct vcpu *vcpu)
{
    if (!RAM_ON_DEMAND)
        return false;

    struct vm *vm = vcpu->vm;
    uint64_t page = csr_read(CSR_HTVAL) << 2 & -(uint64_t)PAGE_SIZE;
    int level;

    if (!vm_memory(vm, page, PAGE_SIZE))
        return false;

    /* A hart may go on faulting on a page that is mapped by now, until it is told. */
    if (gstage_find(vm->gstage_root, page, &level))
        fence_gstage();
    else
        vm_map(vm, page, PAGE_SIZE);
    return true;
}
