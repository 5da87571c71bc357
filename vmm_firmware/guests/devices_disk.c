/* The disk, by interrupts. */
#include "devices.h"

static struct queue queue;
static struct virtio_block_request request;
static uint8_t buffer[SECTOR_SIZE];
static volatile uint8_t status;

bool disk_begin(void)
{
    if (!virtio_begin(BLOCK_BASE, VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1) || virtio_get(BLOCK_BASE, VIRTIO_CONFIG) != SECTORS)
        return false;
    virtio_queue(BLOCK_BASE, 0, &queue);
    virtio_go(BLOCK_BASE);
    return virtio_get(BLOCK_BASE, VIRTIO_QUEUE_READY) == 1;
}

/* The data in two buffers, as a driver is free to do. */
static bool transfer(uint32_t type, uint64_t sector)
{
    unsigned before = interrupts_of(BLOCK_IRQ);
    uint16_t direction = type == VIRTIO_BLOCK_IN ? VIRTQ_WRITE : 0;

    request = (struct virtio_block_request) { .type = type, .sector = sector };
    status = 0xff;
    queue_set(&queue, 0, &request, sizeof request, VIRTQ_NEXT, 3);
    queue_set(&queue, 3, buffer, 100, VIRTQ_NEXT | direction, 5);
    queue_set(&queue, 5, buffer + 100, SECTOR_SIZE - 100, VIRTQ_NEXT | direction, 1);
    queue_set(&queue, 1, &status, 1, VIRTQ_WRITE, 0);
    queue_submit(BLOCK_BASE, 0, &queue, 0);
    wait_for(BLOCK_IRQ, before + 1);
    if (!queue_used(&queue))
        return false;

    struct virtq_used used = queue_take(&queue);

    return used.id == 0 && used.length == (direction ? SECTOR_SIZE + 1 : 1) && status == VIRTIO_BLOCK_OK;
}

bool disk_fill(unsigned number)
{
    bool right = true;

    for (unsigned sector = 0; sector < SECTORS; sector++) {
        for (unsigned i = 0; i < SECTOR_SIZE; i++)
            buffer[i] = pattern(number, sector, i);
        right &= transfer(VIRTIO_BLOCK_OUT, sector);
    }
    return right;
}

bool disk_check(unsigned number)
{
    bool right = true;

    for (unsigned sector = 0; sector < SECTORS; sector++) {
        right &= transfer(VIRTIO_BLOCK_IN, sector);
        for (unsigned i = 0; i < SECTOR_SIZE; i++)
            right &= buffer[i] == pattern(number, sector, i);
    }
    return right;
}
