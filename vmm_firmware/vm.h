/* A virtual machine: its harts, memory and devices. */
#ifndef VM_H
#define VM_H

#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "layout.h"
#include "vcpu.h"
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
    struct guest_line line;
    bool passed;
};

extern struct vm vms[GUESTS_MAX];
extern unsigned vm_count;

/* Makes a machine with fresh memory mapping from an image of `size` bytes; panics if there are too many or too large. */
void vm_create(const char *name, const void *image, uint64_t size);

/* Host pointer to `size` bytes of the guest's RAM, or NULL if any of them lies outside. */
void *vm_memory(struct vm *vm, uint64_t gpa, uint64_t size);

/* Host-physical address of the page of this level around `gpa`; 0 unless all of it is RAM of the guest, aligned in the host, too,
   and pages are to be so large. */
uint64_t vm_host_page(struct vm *vm, uint64_t gpa, int level);

#endif
