/* A driver of virtio devices over MMIO, small and without excuses: one queue of DRIVER_QUEUE descriptors at a time, all of it open to
   a guest that wants to write what it must not. */
#ifndef VIRTIO_DRIVER_H
#define VIRTIO_DRIVER_H

#include "guest.h"
#include "layout.h"
#include "virtio_registers.h"

#define DRIVER_QUEUE    8

struct queue {
    struct virtq_descriptor descriptors[DRIVER_QUEUE];
    struct { uint16_t flags, index, ring[DRIVER_QUEUE]; } driver;
    struct { uint16_t flags, index; struct virtq_used ring[DRIVER_QUEUE]; } device __attribute__((aligned(4)));
    uint16_t seen;              /* of device.index */
} __attribute__((aligned(16)));

static inline volatile uint32_t *virtio_register(uint64_t base, uint64_t offset)
{
    return (volatile uint32_t *)(base + offset);
}

static inline void virtio_set(uint64_t base, uint64_t offset, uint64_t value)
{
    *virtio_register(base, offset) = (uint32_t)value;
}

static inline uint32_t virtio_get(uint64_t base, uint64_t offset)
{
    return *virtio_register(base, offset);
}

/* Resets the device and agrees on features with it; false if it is not this device or does not agree. */
static inline bool virtio_begin(uint64_t base, uint32_t id, uint64_t features)
{
    virtio_set(base, VIRTIO_STATUS, 0);
    if (virtio_get(base, VIRTIO_MAGIC_VALUE) != VIRTIO_MAGIC || virtio_get(base, VIRTIO_VERSION) != 2 ||
        virtio_get(base, VIRTIO_DEVICE_ID) != id || virtio_get(base, VIRTIO_STATUS) != 0)
        return false;
    virtio_set(base, VIRTIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER);
    for (unsigned i = 0; i < 2; i++) {
        virtio_set(base, VIRTIO_DRIVER_FEATURES_SEL, i);
        virtio_set(base, VIRTIO_DRIVER_FEATURES, features >> 32 * i);
    }
    virtio_set(base, VIRTIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
    return virtio_get(base, VIRTIO_STATUS) & VIRTIO_FEATURES_OK;
}

/* Says where a queue is: three addresses, which need not be right. */
static inline void virtio_place(uint64_t base, unsigned number, uint64_t size, uint64_t descriptors, uint64_t driver, uint64_t device)
{
    const uint64_t areas[] = { descriptors, driver, device };

    virtio_set(base, VIRTIO_QUEUE_SEL, number);
    virtio_set(base, VIRTIO_QUEUE_NUM, size);
    for (unsigned i = 0; i < 3; i++) {
        virtio_set(base, VIRTIO_QUEUE_DESC + 0x10 * i, areas[i]);
        virtio_set(base, VIRTIO_QUEUE_DESC + 0x10 * i + 4, areas[i] >> 32);
    }
    virtio_set(base, VIRTIO_QUEUE_READY, 1);
}

static inline void virtio_queue_at(uint64_t base, unsigned number, const struct queue *queue)
{
    virtio_place(base, number, DRIVER_QUEUE, (uint64_t)queue->descriptors, (uint64_t)&queue->driver, (uint64_t)&queue->device);
}

/* The same, empty. */
static inline void virtio_queue(uint64_t base, unsigned number, struct queue *queue)
{
    /* volatile, or the compiler would call a memset that guests have not. */
    for (volatile uint64_t *word = (volatile uint64_t *)queue; word < (volatile uint64_t *)(queue + 1); word++)
        *word = 0;
    virtio_queue_at(base, number, queue);
}

static inline void virtio_go(uint64_t base)
{
    virtio_set(base, VIRTIO_STATUS, VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK);
}

static inline void queue_set(struct queue *queue, unsigned index, const volatile void *data, uint32_t length, uint16_t flags, uint16_t next)
{
    queue->descriptors[index] = (struct virtq_descriptor) { (uint64_t)data, length, flags, next };
}

/* Makes the chain from this descriptor on available, and says so. */
static inline void queue_submit(uint64_t base, unsigned number, struct queue *queue, uint16_t head)
{
    queue->driver.ring[queue->driver.index % DRIVER_QUEUE] = head;
    __asm__ volatile("fence rw, rw" : : : "memory");
    queue->driver.index++;
    __asm__ volatile("fence rw, iorw" : : : "memory");
    virtio_set(base, VIRTIO_QUEUE_NOTIFY, number);
}

/* Has the device given something back that has not been taken? */
static inline bool queue_used(const struct queue *queue)
{
    return *(const volatile uint16_t *)&queue->device.index != queue->seen;
}

static inline struct virtq_used queue_take(struct queue *queue)
{
    __asm__ volatile("fence rw, rw" : : : "memory");
    return queue->device.ring[queue->seen++ % DRIVER_QUEUE];
}

/* One request to the disk and its answer, without interrupts. The data is `size` bytes at a guest-physical address. */
static inline uint8_t disk_request(struct queue *queue, uint32_t type, uint64_t sector, volatile void *data, uint32_t size)
{
    static volatile uint8_t status;
    static struct virtio_block_request request;

    request = (struct virtio_block_request) { .type = type, .sector = sector };
    status = 0xff;
    queue_set(queue, 0, &request, sizeof request, VIRTQ_NEXT, 1);
    queue_set(queue, 1, data, size, VIRTQ_NEXT | (type == VIRTIO_BLOCK_IN ? VIRTQ_WRITE : 0), 2);
    queue_set(queue, 2, &status, 1, VIRTQ_WRITE, 0);
    queue_submit(BLOCK_BASE, 0, queue, 0);
    if (queue_used(queue))
        queue_take(queue);
    return status;
}

#endif
