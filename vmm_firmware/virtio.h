/* Virtio devices over MMIO, version 2: the registers that all of them have, and their virtqueues. */
#ifndef VIRTIO_H
#define VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "virtio_registers.h"

#define VIRTIO_QUEUES       2
#define VIRTIO_QUEUE_MOST   16          /* descriptors of a queue */
#define VIRTIO_CONFIG_SIZE  8
#define VIRTIO_SIZE         0x200       /* of the registers */

struct vm;
struct vcpu;
struct virtio;

/* What the devices of one kind have in common. */
struct virtio_kind {
    uint32_t id, queues;
    unsigned source;                    /* of the guest's PLIC */
    uint64_t features;
    void (*notified)(struct virtio *device, struct vcpu *current, unsigned queue);
};

struct virtqueue {
    uint32_t size;
    bool ready;
    uint64_t address[3];                /* guest-physical: descriptors, driver area, device area */
    const volatile struct virtq_descriptor *descriptors;    /* in host memory, while it is ready */
    const volatile struct virtq_driver *driver;
    volatile struct virtq_device *device;
    uint16_t taken, given;              /* free-running, as the indices in memory */
};

struct virtio {
    const struct virtio_kind *kind;
    struct vm *vm;                      /* its owner, and nobody else's memory is touched for it */
    uint32_t status, interrupts;
    uint32_t device_features_sel, driver_features_sel, queue_sel;
    uint64_t driver_features;
    uint8_t config[VIRTIO_CONFIG_SIZE];
    struct virtqueue queues[VIRTIO_QUEUES];
};

/* A device as after power-on. */
void virtio_create(struct virtio *device, const struct virtio_kind *kind, struct vm *vm);

/* Is the driver at work on this queue, and the device in order? */
bool virtio_runs(const struct virtio *device, unsigned queue);

/* The driver has done what it must not: the device stops until it is reset ("Device Status Field"). */
void virtio_needs_reset(struct virtio *device, struct vcpu *current);

/* Notes an event and interrupts the guest. */
void virtio_interrupt(struct virtio *device, struct vcpu *current, uint32_t event);

#endif
