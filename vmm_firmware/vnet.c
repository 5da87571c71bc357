/* The network device of a guest ("Network Device"), and the switch: it knows each port's address, delivers a frame to the port that it
   is for or, if it is for a group, to all others, and takes none from a port that is not from that port's address. A frame for which
   its receiver has no room is lost. */
#include "vnet.h"

#include "flaw.h"
#include "layout.h"
#include "virtio_mmio.h"
#include "virtqueue.h"

#define GROUP       1           /* in the first byte of an address */

/* The frame that is on its way: one at a time, as there is one hart. */
static struct {
    uint8_t to[ETHERNET_ADDRESS], from[ETHERNET_ADDRESS], rest[ETHERNET_MOST - 2 * ETHERNET_ADDRESS];
} frame;

static bool same(const uint8_t *a, const uint8_t *b)
{
    unsigned differences = 0;

    for (unsigned i = 0; i < ETHERNET_ADDRESS; i++)
        differences |= a[i] ^ b[i];
    return differences == 0;
}

static void deliver(struct virtio *port, struct vcpu *current, uint64_t size)
{
    struct virtio_net_header header = { .buffers = 1 };
    uint64_t written = 0;
    struct chain chain;

    if (!virtio_runs(port, VIRTIO_NET_RECEIVE) || !virtqueue_take(port, current, VIRTIO_NET_RECEIVE, &chain))
        return;
    if (chain_to_write(&chain) >= sizeof header + size) {
        chain_write(&chain, &header, sizeof header);
        chain_write(&chain, &frame, size);
        written = sizeof header + size;
    }
    virtqueue_give(port, current, VIRTIO_NET_RECEIVE, &chain, written);
}

static void forward(const struct virtio *from, struct vcpu *current, uint64_t size)
{
    bool all = frame.to[0] & GROUP || FLAW == FLAW_SWITCH_FLOODS;

    if (!same(frame.from, from->config) && FLAW != FLAW_SWITCH_BELIEVES)
        return;
    for (struct vm *vm = vms; vm < vms + vm_count; vm++)
        if (&vm->port != from && (all || same(frame.to, vm->port.config)))
            deliver(&vm->port, current, size);
}

static void notified(struct virtio *port, struct vcpu *current, unsigned queue)
{
    struct virtio_net_header header;
    struct chain chain;

    /* Room to receive needs no answer: it is looked for when a frame comes. */
    if (queue != VIRTIO_NET_TRANSMIT)
        return;
    for (unsigned most = port->queues[queue].size; most > 0 && virtqueue_take(port, current, queue, &chain); most--) {
        uint64_t size = chain_to_read(&chain) - sizeof header;

        /* Too short wraps around, and is too long. */
        if (size - ETHERNET_HEADER <= ETHERNET_MOST - ETHERNET_HEADER) {
            chain_read(&chain, &header, sizeof header);
            chain_read(&chain, &frame, size);
            forward(port, current, size);
        }
        virtqueue_give(port, current, queue, &chain, 0);
    }
}

static const struct virtio_kind kind = {
    .id = VIRTIO_ID_NETWORK, .queues = 2, .source = NETWORK_IRQ, .features = VIRTIO_F_VERSION_1 | VIRTIO_NET_F_MAC, .notified = notified,
};

void vnet_create(struct virtio *port, struct vm *vm, unsigned number)
{
    virtio_create(port, &kind, vm);
    port->config[0] = 2;                    /* administered locally */
    port->config[4] = (uint8_t)(number >> 8);
    port->config[5] = (uint8_t)number;
}

static enum outcome load(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    return virtio_load(&vcpu->vm->port, vcpu, insn, offset);
}

static enum outcome store(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    return virtio_store(&vcpu->vm->port, vcpu, insn, offset);
}

const struct device vnet = { load, store, VIRTIO_SIZE };
