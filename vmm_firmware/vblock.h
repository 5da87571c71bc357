/* The disk of a guest: a virtio block device on memory of the hypervisor. */
#ifndef VBLOCK_H
#define VBLOCK_H

#include "virtio.h"

#ifndef DISK_SIZE
#define DISK_SIZE 0             /* bytes, a power of two from PAGE_SIZE on; 0: machines have none */
#endif

struct device;

struct vblock {
    struct virtio virtio;
    uint8_t *data;
};

extern const struct device vblock;

/* An empty disk. */
void vblock_create(struct vblock *disk, struct vm *vm);

#endif
