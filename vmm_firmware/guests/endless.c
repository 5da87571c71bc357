/* A queue that feeds itself: its requests to the disk write its own indices, so that one doorbell would never be answered. Only copying
   is needed, and a table. Each step of four requests, with n taken so far,

   1. copies the index of the device area, which is n, to the disk,
   2. and from there into the low half of the address that request 3 reads from: a table of successors,
   3. copies n + AHEAD out of that table to the disk,
   4. and from there into the index of the driver area. */
#include "peers.h"

#define AHEAD   12              /* more than a step, less than the queue */
#define SIZE    16

static struct {
    struct virtq_descriptor descriptors[SIZE];
    struct { uint16_t flags, index, ring[SIZE]; } driver;
    struct { uint16_t flags, index; struct virtq_used ring[SIZE]; } device __attribute__((aligned(4)));
} queue __attribute__((aligned(16)));

static uint16_t successors[0x10000 / 2] __attribute__((aligned(0x10000)));
static struct virtio_block_request in = { .type = VIRTIO_BLOCK_IN }, out = { .type = VIRTIO_BLOCK_OUT };
static uint8_t padding[SECTOR_SIZE - 2], status;

/* From descriptor 2 * number on: a sector, of which only the first two bytes are somebody's, and the rest that its kind shares. */
static void request(unsigned number, bool reads, void *bytes)
{
    unsigned rest = 8 + (reads ? 2 : 0);
    uint16_t writes = reads ? VIRTQ_WRITE : 0;

    queue.descriptors[2 * number] = (struct virtq_descriptor) { (uint64_t)(reads ? &in : &out), sizeof in, VIRTQ_NEXT,
                                                                (uint16_t)(2 * number + 1) };
    queue.descriptors[2 * number + 1] = (struct virtq_descriptor) { (uint64_t)bytes, 2, VIRTQ_NEXT | writes, (uint16_t)rest };
    queue.descriptors[rest] = (struct virtq_descriptor) { (uint64_t)padding, sizeof padding, VIRTQ_NEXT | writes, (uint16_t)(rest + 1) };
    queue.descriptors[rest + 1] = (struct virtq_descriptor) { (uint64_t)&status, 1, VIRTQ_WRITE, 0 };
}

bool guest_main(void)
{
    for (unsigned n = 0; n < 0x10000; n += 4)
        successors[n / 2] = (uint16_t)(n + AHEAD);
    request(0, false, &queue.device.index);
    request(1, true, &queue.descriptors[5].address);
    request(2, false, successors);
    request(3, true, &queue.driver.index);
    for (unsigned i = 0; i < SIZE; i++)
        queue.driver.ring[i] = (uint16_t)(i % 4 * 2);
    queue.driver.index = AHEAD;
    virtio_begin(BLOCK_BASE, VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1);
    virtio_place(BLOCK_BASE, 0, SIZE, (uint64_t)queue.descriptors, (uint64_t)&queue.driver, (uint64_t)&queue.device);
    virtio_go(BLOCK_BASE);
    __asm__ volatile("fence rw, iorw" : : : "memory");
    virtio_set(BLOCK_BASE, VIRTIO_QUEUE_NOTIFY, 0);

    uint16_t done = *(volatile uint16_t *)&queue.device.index, waiting = *(volatile uint16_t *)&queue.driver.index - done;

    print_figure("done", done);
    print_figure("waiting", waiting);
    return done == SIZE && waiting == AHEAD - 4 && status == VIRTIO_BLOCK_OK;
}
