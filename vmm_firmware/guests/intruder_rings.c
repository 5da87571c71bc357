/* Requests that no device may carry out: it must stop, say so in its status, and work again after a reset. */
#include "intruder.h"

static struct queue queue;
static union {
    struct queue queue;
    uint8_t bytes[PAGE_SIZE];
} page __attribute__((aligned(PAGE_SIZE)));
static struct virtio_block_request request;
static uint8_t buffer[SECTOR_SIZE];
static volatile uint8_t status;

/* Three descriptors, the first of which is good; which is the head of the chain, and how far the driver's index moves. */
struct attack {
    const char *name;
    struct virtq_descriptor second, third;
    uint16_t flags, head, ahead;
};

#define STATUS  { (uint64_t)&status, 1, VIRTQ_WRITE, 0 }
#define BUFFER  (uint64_t)buffer

static const struct attack attacks[] = {
    { "buffer behind the RAM", { RAM_END, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "buffer before the RAM", { RAM_BASE - PAGE_SIZE, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "buffer to write before the RAM", { RAM_BASE - PAGE_SIZE, 512, VIRTQ_NEXT | VIRTQ_WRITE, 2 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "buffer across the end", { RAM_END - 256, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "address that wraps", { -256ull, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "length that goes too far", { BUFFER, UINT32_MAX, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "buffer in a device", { UART_BASE, 8, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "loop", { BUFFER, 512, VIRTQ_NEXT, 0 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "loop of one", { BUFFER, 512, VIRTQ_NEXT, 1 }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "next behind the table", { BUFFER, 512, VIRTQ_NEXT, DRIVER_QUEUE }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "next far away", { BUFFER, 512, VIRTQ_NEXT, UINT16_MAX }, STATUS, VIRTQ_NEXT, 0, 1 },
    { "head behind the table", { BUFFER, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, DRIVER_QUEUE, 1 },
    { "to read behind to write", { BUFFER, 512, VIRTQ_NEXT | VIRTQ_WRITE, 2 }, { BUFFER, 1, 0, 0 }, VIRTQ_NEXT, 0, 1 },
    { "indirect", { BUFFER, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_INDIRECT, 0, 1 },
    { "index that jumps", { BUFFER, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, DRIVER_QUEUE + 1 },
    { "index that goes back", { BUFFER, 512, VIRTQ_NEXT, 2 }, STATUS, VIRTQ_NEXT, 0, UINT16_MAX },
};

/* Sizes and places of a queue that cannot be. */
static const struct {
    const char *name;
    uint64_t size, descriptors, driver, device;
} places[] = {
    { "no descriptors", 0, BUFFER, BUFFER, BUFFER },
    { "three descriptors", 3, BUFFER, BUFFER, BUFFER },
    { "too many descriptors", 32, BUFFER, BUFFER, BUFFER },
    { "table behind the RAM", 8, RAM_END, BUFFER, BUFFER },
    { "table across the end", 8, RAM_END - 64, BUFFER, BUFFER },
    { "table that wraps", 8, -16ull, BUFFER, BUFFER },
    { "table misaligned", 8, RAM_BASE + 8, BUFFER, BUFFER },
    { "driver area behind the RAM", 8, RAM_BASE, RAM_END, BUFFER },
    { "driver area across the end", 8, RAM_BASE, RAM_END - 8, BUFFER },
    { "driver area misaligned", 8, RAM_BASE, RAM_BASE + 1, BUFFER },
    { "device area behind the RAM", 8, RAM_BASE, RAM_BASE, RAM_END },
    { "device area across the end", 8, RAM_BASE, RAM_BASE, RAM_END - 8 },
    { "device area in a device", 8, RAM_BASE, RAM_BASE, UART_BASE },
    { "device area misaligned", 8, RAM_BASE, RAM_BASE, RAM_BASE + 2 },
};

static void begin(uint64_t base, unsigned number)
{
    virtio_begin(base, base == BLOCK_BASE ? VIRTIO_ID_BLOCK : VIRTIO_ID_NETWORK, VIRTIO_F_VERSION_1);
    virtio_queue(base, number, &queue);
    virtio_go(base);
}

static bool stopped(uint64_t base)
{
    return virtio_get(base, VIRTIO_STATUS) & VIRTIO_NEEDS_RESET && !queue_used(&queue);
}

static void attack(uint64_t base, unsigned number, const struct attack *attack)
{
    begin(base, number);
    request = (struct virtio_block_request) { .type = attack->second.flags & VIRTQ_WRITE ? VIRTIO_BLOCK_IN : VIRTIO_BLOCK_OUT };
    queue.descriptors[0] = (struct virtq_descriptor) { (uint64_t)&request, sizeof request, attack->flags, 1 };
    queue.descriptors[1] = attack->second;
    queue.descriptors[2] = attack->third;
    queue.driver.ring[0] = attack->head;
    queue.driver.index = attack->ahead;
    __asm__ volatile("fence rw, iorw" : : : "memory");
    virtio_set(base, VIRTIO_QUEUE_NOTIFY, number);
    expect(attack->name, stopped(base) && virtio_get(base, VIRTIO_INTERRUPT_STATUS) == VIRTIO_INTERRUPT_CONFIG);

    /* It does nothing more, however often it is told to. */
    queue.descriptors[1] = (struct virtq_descriptor) { BUFFER, 512, VIRTQ_NEXT, 2 };
    queue.driver.index = 1;
    virtio_set(base, VIRTIO_QUEUE_NOTIFY, number);
    expect("a device that has stopped", stopped(base));
}

/* A queue whose page is given back while the device knows it: not a byte of the page may change, whoever has it next. */
static void given_page(void)
{
    virtio_begin(BLOCK_BASE, VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1);
    virtio_queue(BLOCK_BASE, 0, &page.queue);
    virtio_go(BLOCK_BASE);
    expect("a queue on a page of its own", disk_request(&page.queue, VIRTIO_BLOCK_IN, 0, buffer, 512) == VIRTIO_BLOCK_OK);
    expect("the page is given", sbi_call(SBI_DOPPELHART, SBI_GIVE_PAGE, (uint64_t)&page, 0, 0).error == 0);
    virtio_set(BLOCK_BASE, VIRTIO_QUEUE_NOTIFY, 0);
    expect("a queue that is gone", virtio_get(BLOCK_BASE, VIRTIO_STATUS) & VIRTIO_NEEDS_RESET);
    virtio_begin(BLOCK_BASE, VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1);
    virtio_queue_at(BLOCK_BASE, 0, &page.queue);
    expect("a queue on a page that is gone", virtio_get(BLOCK_BASE, VIRTIO_STATUS) & VIRTIO_NEEDS_RESET);
    expect("the page is taken", sbi_call(SBI_DOPPELHART, SBI_TAKE_PAGE, (uint64_t)&page, 0, 0).error == 0);
}

static void intrude(uint64_t base, unsigned number)
{
    for (unsigned i = 0; i < sizeof attacks / sizeof attacks[0]; i++)
        attack(base, number, &attacks[i]);
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        virtio_begin(base, base == BLOCK_BASE ? VIRTIO_ID_BLOCK : VIRTIO_ID_NETWORK, VIRTIO_F_VERSION_1);
        virtio_place(base, number, places[i].size, places[i].descriptors, places[i].driver, places[i].device);
        expect(places[i].name, virtio_get(base, VIRTIO_STATUS) & VIRTIO_NEEDS_RESET && !virtio_get(base, VIRTIO_QUEUE_READY));
    }
    expect("features without version 1", !virtio_begin(base, virtio_get(base, VIRTIO_DEVICE_ID), 0));
    expect("features that are not offered", !virtio_begin(base, virtio_get(base, VIRTIO_DEVICE_ID), UINT64_MAX));
    begin(base, number);
    expect("a reset", !(virtio_get(base, VIRTIO_STATUS) & VIRTIO_NEEDS_RESET));
}

void intrude_network(void)
{
    intrude(NETWORK_BASE, VIRTIO_NET_TRANSMIT);
}

/* What a disk has not: sectors behind the end, sectors whose place wraps around to one that it has, parts of sectors. */
static void sectors(void)
{
    const uint64_t beyond[] = { SECTORS, SECTORS + 1, 2 * SECTORS, 1ull << 55, -1ull };

    for (unsigned i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        expect("a sector that is not there", disk_request(&queue, VIRTIO_BLOCK_IN, beyond[i], buffer, 512) == VIRTIO_BLOCK_IO_ERROR);
        expect("a sector that is not there", disk_request(&queue, VIRTIO_BLOCK_OUT, beyond[i], buffer, 512) == VIRTIO_BLOCK_IO_ERROR);
    }
    expect("a part of a sector", disk_request(&queue, VIRTIO_BLOCK_IN, 0, buffer, 100) == VIRTIO_BLOCK_IO_ERROR);
    expect("more than there is", disk_request(&queue, VIRTIO_BLOCK_IN, SECTORS - 1, (void *)(RAM_BASE + GUEST_RAM / 2), 1024)
                                 == VIRTIO_BLOCK_IO_ERROR);
    expect("an unknown request", disk_request(&queue, 99, 0, buffer, 512) == VIRTIO_BLOCK_UNSUPPORTED);
}

void intrude_disk(void)
{
    intrude(BLOCK_BASE, 0);
    given_page();
    begin(BLOCK_BASE, 0);
    sectors();

    /* A request that ends without a place for its status. */
    queue_set(&queue, 0, &request, sizeof request, 0, 0);
    queue_submit(BLOCK_BASE, 0, &queue, 0);
    expect("no place for a status", stopped(BLOCK_BASE));
    begin(BLOCK_BASE, 0);
    expect("the disk after all", disk_request(&queue, VIRTIO_BLOCK_IN, 0, buffer, 512) == VIRTIO_BLOCK_OK);
}

/* The neighbour's secret onto the disk, and from there here. */
uint64_t intrude_memory_by_disk(void)
{
    uint64_t bytes = 0;

    begin(BLOCK_BASE, 0);
    disk_request(&queue, VIRTIO_BLOCK_OUT, 0, (void *)(RAM_BASE - PAGE_SIZE), SECTOR_SIZE);
    begin(BLOCK_BASE, 0);
    disk_request(&queue, VIRTIO_BLOCK_IN, 0, buffer, SECTOR_SIZE);
    for (unsigned i = 0; i < SECTOR_SIZE; i++)
        bytes += buffer[i] != 0;
    return bytes;
}
