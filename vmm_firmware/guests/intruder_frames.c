/* Frames: in another's name, and for others. */
#include "intruder.h"

#define BUFFERS 4               /* to receive */
#define PATIENCE 400            /* sleeps */

static struct queue receive, transmit;
static struct frame out, in[BUFFERS];

static void send(unsigned from, unsigned to, uint8_t round, uint32_t size)
{
    set_address(out.to, to);
    set_address(out.from, from);
    out.round = round;
    queue_set(&transmit, 0, &out, size, 0, 0);
    queue_submit(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &transmit, 0);
    expect("a frame is taken", queue_used(&transmit));
    queue_take(&transmit);
}

void eavesdrop_begin(unsigned number)
{
    expect("network", virtio_begin(NETWORK_BASE, VIRTIO_ID_NETWORK, VIRTIO_F_VERSION_1));
    virtio_queue(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive);
    virtio_queue(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &transmit);
    virtio_go(NETWORK_BASE);
    for (uint16_t i = 0; i < BUFFERS; i++) {
        queue_set(&receive, i, &in[i], sizeof in[i], VIRTQ_WRITE, 0);
        queue_submit(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive, i);
    }

    /* What the two others would take for each other's; one under our own name; sizes that no frame has. */
    send(0, 1, 0, sizeof out);
    send(1, 0, 0, sizeof out);
    send(number, 1, 0, sizeof out);
    send(number, EVERYBODY, 0, 0);
    send(number, EVERYBODY, 0, sizeof out.header + ETHERNET_HEADER - 1);
    send(number, EVERYBODY, 0, UINT16_MAX);
}

static void sleep(uint64_t ticks)
{
    uint64_t until = csr_read(CSR_TIME) + ticks;

    csr_write(CSR_SIE, SIE_STIE);
    csr_write(CSR_STIMECMP, until);
    while (csr_read(CSR_TIME) < until)
        __asm__ volatile("wfi");
    csr_write(CSR_STIMECMP, UINT64_MAX);
}

uint64_t eavesdrop(unsigned number)
{
    uint64_t strange = 0;
    unsigned byes = 0;

    for (unsigned i = 0; i < PATIENCE && byes < 2; i++) {
        while (queue_used(&receive)) {
            struct virtq_used used = queue_take(&receive);
            const struct frame *frame = &in[used.id];
            unsigned to = number_of(frame->to);

            strange += to != number && to != EVERYBODY;
            byes += to == EVERYBODY && frame->round == BYE;
            queue_submit(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive, (uint16_t)used.id);
        }
        sleep(500);
    }
    expect("two frames to everybody", byes == 2);
    return strange;
}
