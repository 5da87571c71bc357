/* Split virtqueues, seen from the device. Nothing that a guest writes there is believed: each index, address and length is checked
   once and used as it was then. A device answers a doorbell with no more requests than the queue has descriptors: more cannot wait,
   but a request may write into the queue itself, and have itself repeated for ever. */
#ifndef VIRTQUEUE_H
#define VIRTQUEUE_H

#include "virtio.h"

/* The buffers of one request: first those that the device reads, then those that it writes. */
struct chain {
    const struct vm *vm;
    uint16_t head;
    unsigned readable, count;
    struct {
        uint8_t *data;
        uint64_t length;
    } buffers[VIRTIO_QUEUE_MOST];
    uint64_t read, written;             /* bytes that have been moved */
};

/* Looks at where a queue is said to be; false if it cannot be there. */
bool virtqueue_start(struct vm *vm, struct virtqueue *queue);

/* Takes the next request, if there is one. If it is not as it must be, the device needs a reset and there is none. */
bool virtqueue_take(struct virtio *device, struct vcpu *current, unsigned queue, struct chain *chain);

/* Gives it back: the device has written so many bytes from the start of what it may write. */
void virtqueue_give(struct virtio *device, struct vcpu *current, unsigned queue, const struct chain *chain, uint64_t written);

/* Bytes that are left to read, and to write. */
uint64_t chain_to_read(const struct chain *chain);
uint64_t chain_to_write(const struct chain *chain);

/* Moves the next `size` bytes, of which so many are left. */
void chain_read(struct chain *chain, void *to, uint64_t size);
void chain_write(struct chain *chain, const void *from, uint64_t size);

/* Moves on over so many that are left to write. */
void chain_skip(struct chain *chain, uint64_t size);

#endif
