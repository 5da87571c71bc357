/* Queues of virtio devices, as no driver would have them: torn, looped, overlapping, too long, nowhere; doorbells by the dozen, resets
   between them. Much is right by chance, so that devices do go on and trust what comes next. */
#include "hostile.h"

#include "peers.h"

#define BUFFER_SIZE 1024

/* On a page of their own, which is given back now and then. */
static union {
    struct {
        struct queue queues[2];
        union {
            uint8_t bytes[BUFFER_SIZE];
            struct virtio_block_request request;
            struct frame frame;
        } buffer;
    };
    uint8_t page[PAGE_SIZE];
} own __attribute__((aligned(PAGE_SIZE)));

static bool one_in(unsigned n)
{
    return random_bits() % n == 0;
}

/* Mostly of the own.buffer; else of the queues themselves, around the ends of RAM, in devices, anywhere. */
static uint64_t random_place(void)
{
    const uint64_t places[] = { (uint64_t)own.queues, (uint64_t)&own.queues[0].driver, (uint64_t)&own.queues[0].device, RAM_BASE,
                                RAM_BASE + GUEST_RAM, RAM_BASE + 2 * GUEST_RAM, BLOCK_BASE, PORTS_BASE };

    switch (random_bits() & 7) {
    case 0:
        return places[random_bits() % (sizeof places / sizeof places[0])] + (random_bits() & 0xff) - 0x80;
    case 1:
        return one_in(2) ? random_bits() : RAM_BASE - GUEST_RAM + random_bits() % (3 * GUEST_RAM);
    default:
        return (uint64_t)own.buffer.bytes + (one_in(4) ? random_bits() % BUFFER_SIZE : 0);
    }
}

static uint32_t random_length(void)
{
    static const uint32_t lengths[] = { 0, 1, 12, 16, 17, 26, 255, 511, 512, 513, 1024, 4096, 1514, UINT16_MAX, 1u << 31, UINT32_MAX };

    return one_in(8) ? (uint32_t)random_bits() : lengths[random_bits() % (one_in(4) ? 16 : 11)];
}

/* A request to a disk, or a frame: to somebody, in somebody's name. */
static void random_content(uint64_t base)
{
    if (base == BLOCK_BASE) {
        own.buffer.request = (struct virtio_block_request) { .type = (uint32_t)random_bits() & (one_in(8) ? 15 : 1),
                                                             .sector = random_bits() % SECTORS };
        if (one_in(4))
            own.buffer.request.sector = random_bits() >> random_bits() % 64;
    } else {
        set_address(own.buffer.frame.to, one_in(4) ? EVERYBODY : random_bits() % 8);
        set_address(own.buffer.frame.from, random_bits() % 8);
        own.buffer.frame.round = (uint8_t)random_bits();
    }
}

/* A chain as a driver would make it: a frame; or request, data, status. */
static void right_chain(uint64_t base, struct queue *queue)
{
    uint16_t writes = one_in(2) ? VIRTQ_WRITE : 0;

    if (base == NETWORK_BASE) {
        queue_set(queue, 0, &own.buffer, sizeof own.buffer.frame, 0, 0);
        return;
    }
    queue_set(queue, 0, &own.buffer, sizeof own.buffer.request, VIRTQ_NEXT, 1);
    queue_set(queue, 1, &own.buffer, SECTOR_SIZE, VIRTQ_NEXT | writes, 2);
    queue_set(queue, 2, own.buffer.bytes + BUFFER_SIZE - 1, 1, VIRTQ_WRITE, 0);
    /* The data is the disk's last word on the queue itself. */
    if (one_in(4))
        queue->descriptors[1].address = (uint64_t)queue;
}

static void random_queue(uint64_t base, struct queue *queue)
{
    for (unsigned i = 0; i < DRIVER_QUEUE; i++) {
        uint16_t flags = (uint16_t)(one_in(16) ? random_bits() : random_bits() & (VIRTQ_NEXT | VIRTQ_WRITE));

        queue_set(queue, i, (void *)random_place(), random_length(), flags,
                  (uint16_t)(one_in(16) ? random_bits() : random_bits() % DRIVER_QUEUE));
        queue->driver.ring[i] = (uint16_t)(one_in(16) ? random_bits() : random_bits() % DRIVER_QUEUE);
    }
    if (one_in(2)) {
        right_chain(base, queue);
        for (unsigned i = 0; i < DRIVER_QUEUE; i += 2)
            queue->driver.ring[i] = 0;
    }
    queue->driver.flags = (uint16_t)random_bits();
    queue->driver.index = (uint16_t)(one_in(8) ? random_bits() : queue->device.index + random_bits() % (DRIVER_QUEUE + 2));
}

/* Where a queue is said to be: mostly where it is. */
static void place(uint64_t base, unsigned number, struct queue *queue)
{
    uint64_t areas[] = { (uint64_t)queue->descriptors, (uint64_t)&queue->driver, (uint64_t)&queue->device };
    uint64_t size = one_in(8) ? random_bits() % (one_in(2) ? 64 : UINT32_MAX) : DRIVER_QUEUE;

    if (one_in(8))
        areas[random_bits() % 3] = one_in(2) ? areas[random_bits() % 3] : random_place() & -16ull;
    virtio_place(base, number, size, areas[0], areas[1], areas[2]);
}

/* Any register, any value, any width. */
static void disturb(uint64_t base)
{
    uint64_t address = base + random_bits() % (VIRTIO_CONFIG + 16);

    if (one_in(4))
        virtio_set(base, VIRTIO_STATUS, one_in(2) ? 0 : random_bits() & 0xff);
    else if (one_in(3))
        virtio_set(base, VIRTIO_QUEUE_READY, random_bits() & 1);
    else if (one_in(2))
        virtio_set(base, (address - base) & ~3ull, random_bits());
    else if (one_in(2))
        *(volatile uint64_t *)(address & ~7ull) = random_bits();
    else
        (void)*(volatile uint8_t *)address;
}

unsigned hostile_rings(void)
{
    uint64_t base = one_in(2) ? BLOCK_BASE : NETWORK_BASE;
    unsigned bells = one_in(16) ? 64 : 1 + random_bits() % 4;

    sbi_call(SBI_DOPPELHART, SBI_TAKE_PAGE, (uint64_t)&own, 0, 0);
    virtio_begin(base, base == BLOCK_BASE ? VIRTIO_ID_BLOCK : VIRTIO_ID_NETWORK, VIRTIO_F_VERSION_1);
    for (unsigned number = 0; number < 2; number++) {
        place(base, number, &own.queues[number]);
        own.queues[number].device.index = 0;
        random_queue(base, &own.queues[number]);
    }
    virtio_go(base);
    for (unsigned i = 0; i < bells; i++) {
        random_content(base);
        __asm__ volatile("fence rw, iorw" : : : "memory");
        virtio_set(base, VIRTIO_QUEUE_NOTIFY, one_in(16) ? random_bits() : random_bits() & 1);
        if (one_in(4))
            disturb(base);
        if (one_in(2))
            random_queue(base, &own.queues[random_bits() & 1]);
    }
    if (one_in(8)) {
        sbi_call(SBI_DOPPELHART, SBI_GIVE_PAGE, (uint64_t)&own, 0, 0);
        virtio_set(base, VIRTIO_QUEUE_NOTIFY, random_bits() & 1);
    }
    return bells;
}
