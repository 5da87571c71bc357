/* Virtual machines: creation and memory. */
#include "vm.h"

#include "demand.h"
#include "gstage.h"
#include "panic.h"

struct vm vms[GUESTS_MAX];
unsigned vm_count;

void vm_create(const char *name, const void *image, uint64_t size)
{
    if (vm_count == GUESTS_MAX)
        panic("more than %u guests\n", (uint64_t)GUESTS_MAX);
    if (size > GUEST_RAM_SIZE)
        panic("the image of %s has %u bytes, more than its RAM\n", name, size);

    struct vm *vm = &vms[vm_count];

    vm->index = vm_count;
    vm->name = name;
    vm->ram = GUEST_HOST_BASE + (uint64_t)vm_count * GUEST_RAM_SIZE;
    __builtin_memcpy((void *)vm->ram, image, size);
    vm->gstage_root = gstage_create();
    if (!RAM_ON_DEMAND)
        gstage_map(vm->gstage_root, GUEST_RAM_BASE, vm->ram, GUEST_RAM_SIZE);
    vm->devices[0] = &vuart;
    if (VPROBE)
        vm->devices[1] = &vprobe;
    vm->vcpus = vcpu_create(vm, 0);
    for (unsigned hart = 1; hart < HARTS; hart++)
        vcpu_create(vm, hart);
    vcpu_start(vm->vcpus, GUEST_RAM_BASE, 0);
    vm_count++;
}

void *vm_memory(struct vm *vm, uint64_t gpa, uint64_t size)
{
    uint64_t offset = gpa - GUEST_RAM_BASE;

    if (offset > GUEST_RAM_SIZE || size > GUEST_RAM_SIZE - offset)
        return 0;
    return (void *)(vm->ram + offset);
}

uint64_t vm_host_page(struct vm *vm, uint64_t gpa, int level)
{
    uint64_t size = 1ull << (PAGE_SHIFT + VPN_BITS * level), host = (uint64_t)vm_memory(vm, gpa & -size, size);

    return level > GSTAGE_LEAF_LEVEL || host % size ? 0 : host;
}
