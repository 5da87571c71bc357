/* The network: machine 0 asks, machine 1 answers. */
#include "devices.h"

#define BUFFERS 4               /* to receive */

static struct queue receive, transmit;
static struct frame out, in[BUFFERS];

bool network_begin(unsigned number)
{
    const volatile uint8_t *address = (const volatile uint8_t *)(NETWORK_BASE + VIRTIO_CONFIG);

    if (!virtio_begin(NETWORK_BASE, VIRTIO_ID_NETWORK, VIRTIO_F_VERSION_1 | VIRTIO_NET_F_MAC) || address[5] != number)
        return false;
    virtio_queue(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive);
    virtio_queue(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &transmit);
    transmit.driver.flags = VIRTQ_NO_INTERRUPT;
    virtio_go(NETWORK_BASE);
    for (uint16_t i = 0; i < BUFFERS; i++) {
        queue_set(&receive, i, &in[i], sizeof in[i], VIRTQ_WRITE, 0);
        queue_submit(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive, i);
    }
    return true;
}

static void send(unsigned number, unsigned to, uint8_t round)
{
    set_address(out.to, to);
    set_address(out.from, number);
    out.round = round;
    for (unsigned i = 0; i < PAYLOAD; i++)
        out.payload[i] = pattern(number, round, i);
    queue_set(&transmit, 0, &out, sizeof out, 0, 0);
    queue_submit(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &transmit, 0);
    queue_take(&transmit);
}

/* The next frame of this round from the other one; all others are left aside. */
static bool expect(unsigned number, uint8_t round, uint64_t *sum)
{
    unsigned other = 1 - number;

    for (;;) {
        for (;;) {
            unsigned before = interrupts_of(NETWORK_IRQ);

            if (queue_used(&receive))
                break;
            wait_for(NETWORK_IRQ, before + 1);
        }

        struct virtq_used used = queue_take(&receive);
        const struct frame *frame = &in[used.id];
        bool mine = number_of(frame->from) == other && number_of(frame->to) == number, right = used.length == sizeof *frame;

        for (unsigned i = 0; mine && i < PAYLOAD; i++) {
            right &= frame->payload[i] == pattern(other, round, i);
            *sum += frame->payload[i] * (i + 1);
        }
        right &= frame->round == round;
        queue_submit(NETWORK_BASE, VIRTIO_NET_RECEIVE, &receive, (uint16_t)used.id);
        if (mine)
            return right;
    }
}

bool network_talk(unsigned number)
{
    uint64_t sum = 0;
    bool right = true;

    for (uint8_t round = 0; round < ROUNDS && right; round++) {
        if (number == 0)
            send(number, 1, round);
        right &= expect(number, round, &sum);
        if (number == 1)
            send(number, 0, round);
    }
    print_figure("received", sum);
    return right;
}

void network_bye(unsigned number)
{
    send(number, EVERYBODY, BYE);
}
