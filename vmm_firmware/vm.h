/* A virtual machine: its harts, memory and devices. */
#ifndef VM_H
#define VM_H

#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "layout.h"
#include "vblock.h"
#include "vcpu.h"
#include "vnet.h"
#include "vplic.h"
#include "vprobe.h"
#include "vuart.h"

struct device;

struct vm {
    struct vcpu *vcpus;         /* HARTS of them */
    struct vcpu *last;          /* the one that ran last */
    unsigned index;
    const char *name;
    uint64_t ram;               /* host-physical address of guest-physical GUEST_RAM_BASE */
    uint64_t gstage_root;
    uint64_t vmid, vmid_generation;
    const struct device *devices[DEVICES];  /* by page from DEVICES_BASE; NULL: nothing answers */
    struct vuart uart;
    struct vprobe probe;
    struct vplic plic;
    struct vblock disk;
    struct virtio port;         /* of the network */
    uint8_t *ports;             /* which I/O ports are denied */
    struct guest_line line;
    uint64_t given;             /* pages of RAM that it has given back */
    bool passed;
};

extern struct vm vms[GUESTS_MAX];
extern unsigned vm_count;

/* Makes a machine with fresh memory mapping from an image of `size` bytes; panics if there are too many or too large. */
void vm_create(const char *name, const void *image, uint64_t size);

/* Are these bytes of its RAM still its own? */
bool vm_has(const struct vm *vm, uint64_t offset, uint64_t size);

/* Host pointer to `size` bytes of the guest's RAM, or NULL if any of them lies outside or on a page that it has given back. */
static inline void *vm_memory(const struct vm *vm, uint64_t gpa, uint64_t size)
{
    uint64_t offset = gpa - GUEST_RAM_BASE;

    if (offset > GUEST_RAM_SIZE || size > GUEST_RAM_SIZE - offset || (vm->given && !vm_has(vm, offset, size)))
        return 0;
    return (void *)(vm->ram + offset);
}

/* Maps RAM of the guest in the G-stage; it must be the guest's. */
void vm_map(struct vm *vm, uint64_t gpa, uint64_t size);

#endif
