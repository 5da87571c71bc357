/* Split virtqueues ("Split Virtqueues"): descriptor table, driver area (available ring), device area (used ring). */
#include "virtqueue.h"

#include "flaw.h"
#include "owner.h"
#include "vm.h"

enum { DESCRIPTORS, DRIVER, DEVICE };

static inline void fence(void)
{
    __asm__ volatile("fence rw, rw" : : : "memory");
}

static void assert_own(const struct vm *vm, const volatile void *host, uint64_t size)
{
    if (FLAW != FLAW_UNCHECKED_RING)
        owner_assert((uint64_t)host, size, OWNER_GUEST + vm->index);
}

static void *area(const struct vm *vm, uint64_t address, uint64_t size, uint64_t alignment)
{
    void *host = address % alignment == 0 ? vm_memory(vm, address, size) : 0;

    if (host)
        assert_own(vm, host, size);
    return host;
}

/* Where the queue is in host memory; false if the guest has not all of it, or has given a page of it back. */
static bool locate(const struct vm *vm, struct virtqueue *queue)
{
    uint64_t n = queue->size;

    queue->descriptors = area(vm, queue->address[DESCRIPTORS], n * sizeof *queue->descriptors, 16);
    queue->driver = area(vm, queue->address[DRIVER], sizeof *queue->driver + n * sizeof queue->driver->ring[0], 2);
    queue->device = area(vm, queue->address[DEVICE], sizeof *queue->device + n * sizeof queue->device->ring[0], 4);
    return queue->descriptors && queue->driver && queue->device;
}

bool virtqueue_start(struct vm *vm, struct virtqueue *queue)
{
    uint64_t n = queue->size;

    queue->taken = queue->given = 0;
    queue->ready = n && n <= VIRTIO_QUEUE_MOST && !(n & (n - 1)) && locate(vm, queue);
    return queue->ready;
}

/* Memory of the device's owner, and of nobody else. */
static uint8_t *buffer(struct vm *vm, uint64_t address, uint64_t length)
{
    if (FLAW == FLAW_UNCHECKED_RING)
        return (uint8_t *)(vm->ram + (address - GUEST_RAM_BASE));
    return vm_memory(vm, address, length);
}

/* False: a loop, an index behind the table, an address outside the RAM, an order or a flag that must not be. */
static bool collect(struct vm *vm, const struct virtqueue *queue, struct chain *chain)
{
    unsigned index = chain->head;

    for (;;) {
        if (index >= queue->size || chain->count == queue->size)
            return false;

        const volatile struct virtq_descriptor *descriptor = &queue->descriptors[index];
        uint64_t length = descriptor->length;
        uint8_t *data = buffer(vm, descriptor->address, length);
        uint16_t flags = descriptor->flags;

        if (!data || flags & ~(VIRTQ_NEXT | VIRTQ_WRITE))
            return false;
        if (!(flags & VIRTQ_WRITE) && chain->readable++ != chain->count)
            return false;
        chain->buffers[chain->count].data = data;
        chain->buffers[chain->count++].length = length;
        if (!(flags & VIRTQ_NEXT))
            return true;
        index = descriptor->next;
    }
}

bool virtqueue_take(struct virtio *device, struct vcpu *current, unsigned number, struct chain *chain)
{
    struct virtqueue *queue = &device->queues[number];
    uint16_t waiting = 0;

    if (locate(device->vm, queue)) {
        waiting = (uint16_t)(queue->driver->index - queue->taken);
        if (waiting == 0)
            return false;
        fence();
        chain->vm = device->vm;
        chain->head = queue->driver->ring[queue->taken % queue->size];
        chain->readable = chain->count = 0;
        chain->read = chain->written = 0;
    }
    if (waiting == 0 || waiting > queue->size || !collect(device->vm, queue, chain)) {
        virtio_needs_reset(device, current);
        return false;
    }
    queue->taken++;
    return true;
}

void virtqueue_give(struct virtio *device, struct vcpu *current, unsigned number, const struct chain *chain, uint64_t written)
{
    struct virtqueue *queue = &device->queues[number];
    volatile struct virtq_used *used = &queue->device->ring[queue->given % queue->size];

    used->id = chain->head;
    used->length = (uint32_t)written;
    fence();
    queue->device->index = ++queue->given;
    fence();
    if (!(queue->driver->flags & VIRTQ_NO_INTERRUPT))
        virtio_interrupt(device, current, VIRTIO_INTERRUPT_USED);
}

static uint64_t length(const struct chain *chain, unsigned first, unsigned last)
{
    uint64_t sum = 0;

    for (unsigned i = first; i < last; i++)
        sum += chain->buffers[i].length;
    return sum;
}

uint64_t chain_to_read(const struct chain *chain)
{
    return length(chain, 0, chain->readable) - chain->read;
}

uint64_t chain_to_write(const struct chain *chain)
{
    return length(chain, chain->readable, chain->count) - chain->written;
}

/* Moves `size` bytes from or to what lies `skip` bytes behind the start of a buffer: `to` or `from` is NULL. */
static void move(const struct chain *chain, unsigned first, uint64_t skip, uint8_t *to, const uint8_t *from, uint64_t size)
{
    for (unsigned i = first; size > 0; i++) {
        uint64_t here = chain->buffers[i].length;

        if (skip >= here) {
            skip -= here;
            continue;
        }

        uint64_t part = here - skip < size ? here - skip : size;

        assert_own(chain->vm, chain->buffers[i].data + skip, part);
        if (to) {
            __builtin_memcpy(to, chain->buffers[i].data + skip, part);
            to += part;
        } else {
            __builtin_memcpy(chain->buffers[i].data + skip, from, part);
            from += part;
        }
        size -= part;
        skip = 0;
    }
}

void chain_read(struct chain *chain, void *to, uint64_t size)
{
    move(chain, 0, chain->read, to, 0, size);
    chain->read += size;
}

void chain_write(struct chain *chain, const void *from, uint64_t size)
{
    move(chain, chain->readable, chain->written, 0, from, size);
    chain->written += size;
}

void chain_skip(struct chain *chain, uint64_t size)
{
    chain->written += size;
}
