/* Virtual machines: creation and memory. */
#include "vm.h"

#include "demand.h"
#include "flaw.h"
#include "gstage.h"
#include "owner.h"
#include "panic.h"
#include "ports.h"

struct vm vms[GUESTS_MAX];
unsigned vm_count;

extern const char tree_start[];             /* guests.S */
extern const uint64_t tree_size;

void vm_create(const char *name, const void *image, uint64_t size)
{
    if (vm_count == GUESTS_MAX)
        panic("more than %u guests\n", (uint64_t)GUESTS_MAX);

    uint64_t tree = GUEST_TREE(tree_size);

    if (tree < GUEST_RAM_BASE || size > tree - GUEST_RAM_BASE)
        panic("the image of %s has %u bytes, more than its RAM\n", name, size);

    struct vm *vm = &vms[vm_count];

    vm->index = vm_count;
    vm->name = name;
    vm->ram = GUEST_HOST_BASE + (uint64_t)vm_count * GUEST_RAM_SIZE;
    if (FLAW == FLAW_SHARES_RAM)
        vm->ram = GUEST_HOST_BASE;
    owner_change(vm->ram, GUEST_RAM_SIZE, OWNER_NONE, OWNER_GUEST + vm->index);
    __builtin_memcpy((void *)vm->ram, image, size);
    __builtin_memcpy((void *)(vm->ram + (tree - GUEST_RAM_BASE)), tree_start, tree_size);
    vm->gstage_root = gstage_create();
    if (!RAM_ON_DEMAND)
        vm_map(vm, GUEST_RAM_BASE, GUEST_RAM_SIZE);
    vm->devices[DEVICE_NUMBER(UART_BASE)] = &vuart;
    if (VPROBE)
        vm->devices[DEVICE_NUMBER(PROBE_BASE)] = &vprobe;
    if (DISK_SIZE) {
        vm->devices[DEVICE_NUMBER(BLOCK_BASE)] = &vblock;
        vblock_create(&vm->disk, vm);
    }
    if (NETWORK) {
        vm->devices[DEVICE_NUMBER(NETWORK_BASE)] = &vnet;
        vnet_create(&vm->port, vm, vm->index);
    }
    ports_create(vm, vm->index);
    vm->vcpus = vcpu_create(vm, 0);
    for (unsigned hart = 1; hart < HARTS; hart++)
        vcpu_create(vm, hart);
    vcpu_start(vm->vcpus, GUEST_RAM_BASE, tree);
    vm_count++;
}

bool vm_has(const struct vm *vm, uint64_t offset, uint64_t size)
{
    return owner_is(vm->ram + offset, size, OWNER_GUEST + vm->index);
}

void vm_map(struct vm *vm, uint64_t gpa, uint64_t size)
{
    uint64_t host = vm->ram + (gpa - GUEST_RAM_BASE);

    owner_assert(host, size, OWNER_GUEST + vm->index);
    gstage_map(vm->gstage_root, gpa, host, size);
}
