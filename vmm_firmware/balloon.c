/* Pages that a guest gives back, one by one: functions 16 and 17 of our own SBI extension. a0 is the guest-physical address of a
   page of RAM. A page that is given is no RAM any more: accesses fault, and calls that name it are refused. One that is taken
   again holds zeros. Large pages of the G-stage are split as needed. */
#include "balloon.h"

#include "gstage.h"
#include "guarded.h"
#include "owner.h"
#include "shadow_table.h"

static void forget_translations(struct vm *vm)
{
    fence_gstage();
    if (SHADOW) {
        shadow_forget(vm, 0, 0);
        fence_guest();
    }
}

static int64_t give(struct vm *vm, uint64_t page)
{
    uint64_t host = (uint64_t)vm_memory(vm, page, PAGE_SIZE);
    int level;

    if (!host)
        return SBI_ERR_INVALID_ADDRESS;
    if (gstage_find(vm->gstage_root, page, &level))     /* RAM on demand may not be there yet */
        gstage_unmap(vm->gstage_root, page);
    owner_change(host, PAGE_SIZE, OWNER_GUEST + vm->index, OWNER_NONE);
    vm->given++;
    forget_translations(vm);
    return SBI_SUCCESS;
}

static int64_t take(struct vm *vm, uint64_t page)
{
    uint64_t host = vm->ram + (page - GUEST_RAM_BASE);

    if (page - GUEST_RAM_BASE >= GUEST_RAM_SIZE)
        return SBI_ERR_INVALID_ADDRESS;
    if (vm_memory(vm, page, PAGE_SIZE))
        return SBI_ERR_ALREADY_AVAILABLE;
    owner_change(host, PAGE_SIZE, OWNER_NONE, OWNER_GUEST + vm->index);
    vm->given--;
    __builtin_memset((void *)host, 0, PAGE_SIZE);
    vm_map(vm, page, PAGE_SIZE);
    return SBI_SUCCESS;
}

enum outcome balloon(struct vcpu *vcpu, struct sbi_result *result)
{
    uint64_t page = SBI_ARG(vcpu, 0);

    if (page % PAGE_SIZE)
        return sbi_error(result, SBI_ERR_INVALID_PARAM);
    return sbi_error(result, SBI_FID(vcpu) == SBI_FID_GIVE_PAGE ? give(vcpu->vm, page) : take(vcpu->vm, page));
}
