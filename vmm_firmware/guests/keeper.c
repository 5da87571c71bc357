/* Keeps what it has while others attack: a pattern in half of its RAM, another on its disk, and an eye on each frame that comes. It
   wants nothing of anybody, but sends a frame to everybody now and then, which the switch puts into the queues of all. */
#include "peers.h"

#ifndef KEEPER_ROUNDS
#define KEEPER_ROUNDS   40
#endif
#ifndef KEEPERS
#define KEEPERS         0ull                    /* by machine: which of the others are keepers */
#endif
#define SLEEP           20000                   /* of `time`, after each round */
#define KEPT            (RAM_BASE + GUEST_RAM / 2)
#define STRIDE          256                     /* less than what a request moves */
#define BUFFERS         4                       /* to receive */

static struct queue disk, receive, transmit;
static uint8_t sector[SECTOR_SIZE];
static struct frame in[BUFFERS], out;
static uint64_t number;

static uint64_t kept(uint64_t address)
{
    return address * 0x9e3779b97f4a7c15 + number;
}

static void sleep(void)
{
    uint64_t until = csr_read(CSR_TIME) + SLEEP;

    csr_write(CSR_SIE, SIE_STIE);
    csr_write(CSR_STIMECMP, until);
    while (csr_read(CSR_TIME) < until)
        __asm__ volatile("wfi");
}

static bool failed(const char *what)
{
    print("FAIL ");
    print(what);
    print("\n");
    return false;
}

static bool begin(void)
{
    if (!virtio_begin(BLOCK_BASE, VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1) ||
        !virtio_begin(NETWORK_BASE, VIRTIO_ID_NETWORK, VIRTIO_F_VERSION_1))
        return failed("the devices");
    virtio_queue(BLOCK_BASE, 0, &disk);
    virtio_queue(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive);
    virtio_queue(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &transmit);
    virtio_go(BLOCK_BASE);
    virtio_go(NETWORK_BASE);
    for (uint16_t i = 0; i < BUFFERS; i++) {
        queue_set(&receive, i, &in[i], sizeof in[i], VIRTQ_WRITE, 0);
        queue_submit(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive, i);
    }
    for (uint64_t place = 0; place < SECTORS; place++) {
        for (unsigned i = 0; i < SECTOR_SIZE; i++)
            sector[i] = pattern(number, place, i);
        if (disk_request(&disk, VIRTIO_BLOCK_OUT, place, sector, SECTOR_SIZE) != VIRTIO_BLOCK_OK)
            return failed("a sector to write");
    }
    for (uint64_t address = KEPT; address < RAM_BASE + GUEST_RAM; address += STRIDE)
        *(volatile uint64_t *)address = kept(address);
    return true;
}

static bool keeps_its_memory(void)
{
    for (uint64_t address = KEPT; address < RAM_BASE + GUEST_RAM; address += STRIDE)
        if (*(volatile uint64_t *)address != kept(address))
            return failed("memory has changed");
    return true;
}

static bool keeps_its_disk(uint64_t place)
{
    if (disk_request(&disk, VIRTIO_BLOCK_IN, place, sector, SECTOR_SIZE) != VIRTIO_BLOCK_OK)
        return failed("a sector to read");
    for (unsigned i = 0; i < SECTOR_SIZE; i++)
        if (sector[i] != pattern(number, place, i))
            return failed("a sector has changed");
    return true;
}

static void mark(struct frame *frame, uint64_t from)
{
    set_address(frame->to, EVERYBODY);
    set_address(frame->from, (unsigned)from);
    frame->round = BYE;
    for (unsigned i = 0; i < PAYLOAD; i++)
        frame->payload[i] = pattern(from, BYE, i);
}

static bool is_marked(const struct frame *frame, uint64_t from)
{
    bool marked = frame->to[0] & 1 && frame->round == BYE;

    for (unsigned i = 0; i < PAYLOAD; i++)
        marked &= frame->payload[i] == pattern(from, BYE, i);
    return marked;
}

/* A frame is for this machine or for a group, and one in the name of a keeper is as keepers send them. */
static bool is_right(const struct frame *frame)
{
    uint64_t from = number_of(frame->from);

    if (!(frame->to[0] & 1) && number_of(frame->to) != number)
        return failed("a frame for another");
    if (from == number || (from < 64 && KEEPERS >> from & 1 && !is_marked(frame, from)))
        return failed("a frame in a keeper's name");
    return true;
}

static bool watches_its_port(void)
{
    while (queue_used(&receive)) {
        struct virtq_used used = queue_take(&receive);

        if (used.id >= BUFFERS)
            return failed("a buffer that it has not");
        if (used.length >= sizeof in->header + ETHERNET_HEADER && !is_right(&in[used.id]))
            return false;
        queue_submit(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive, (uint16_t)used.id);
    }
    return true;
}

static bool sends(void)
{
    mark(&out, number);
    queue_set(&transmit, 0, &out, sizeof out, 0, 0);
    queue_submit(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &transmit, 0);
    if (!queue_used(&transmit))
        return failed("a frame to send");
    queue_take(&transmit);
    return true;
}

bool guest_main(void)
{
    number = sbi_call(SBI_DOPPELHART, SBI_MACHINE_NUMBER, 0, 0, 0).value;
    if (!begin())
        return false;
    for (unsigned round = 0; round < KEEPER_ROUNDS; round++) {
        if (!sends() || !keeps_its_memory() || !keeps_its_disk(round % SECTORS) || !watches_its_port())
            return false;
        sleep();
    }
    print("PASS keeper\n");
    return true;
}
