/* Virtio devices over MMIO ("Virtio Over MMIO", "Device Initialization"). What a driver must not write is not taken; what it must not
   read is 0. */
#include "virtio_mmio.h"
#include "virtqueue.h"

#define VENDOR_ID 0x446f7070    /* not registered; "Dopp" */

static void update_line(struct virtio *device, struct vcpu *current)
{
    vplic_line(device->vm, current, device->kind->source, device->interrupts != 0);
}

static void reset(struct virtio *device, struct vcpu *current)
{
    device->status = 0;
    device->interrupts = 0;
    device->device_features_sel = device->driver_features_sel = device->queue_sel = 0;
    device->driver_features = 0;
    __builtin_memset(device->queues, 0, sizeof device->queues);
    update_line(device, current);
}

void virtio_create(struct virtio *device, const struct virtio_kind *kind, struct vm *vm)
{
    device->kind = kind;
    device->vm = vm;
}

bool virtio_runs(const struct virtio *device, unsigned queue)
{
    return (device->status & (VIRTIO_DRIVER_OK | VIRTIO_NEEDS_RESET)) == VIRTIO_DRIVER_OK && device->queues[queue].ready;
}

void virtio_interrupt(struct virtio *device, struct vcpu *current, uint32_t event)
{
    device->interrupts |= event;
    update_line(device, current);
}

void virtio_needs_reset(struct virtio *device, struct vcpu *current)
{
    device->status |= VIRTIO_NEEDS_RESET;
    if (device->status & VIRTIO_DRIVER_OK)
        virtio_interrupt(device, current, VIRTIO_INTERRUPT_CONFIG);
}

/* Its value, or the half of it that a selector chooses; there are no others. */
static uint32_t half(uint64_t value, uint32_t select)
{
    return select < 2 ? (uint32_t)(value >> 32 * select) : 0;
}

static void set_half(uint64_t *value, uint32_t select, uint32_t bits)
{
    if (select < 2)
        *value = (*value & ~(0xffffffffull << 32 * select)) | (uint64_t)bits << 32 * select;
}

static struct virtqueue *selected(struct virtio *device)
{
    return device->queue_sel < device->kind->queues ? &device->queues[device->queue_sel] : 0;
}

static uint32_t read_register(struct virtio *device, uint64_t offset)
{
    const struct virtqueue *queue = selected(device);

    switch (offset) {
    case VIRTIO_MAGIC_VALUE:        return VIRTIO_MAGIC;
    case VIRTIO_VERSION:            return 2;
    case VIRTIO_DEVICE_ID:          return device->kind->id;
    case VIRTIO_VENDOR_ID:          return VENDOR_ID;
    case VIRTIO_DEVICE_FEATURES:    return half(device->kind->features, device->device_features_sel);
    case VIRTIO_QUEUE_NUM_MAX:      return queue ? VIRTIO_QUEUE_MOST : 0;
    case VIRTIO_QUEUE_READY:        return queue ? queue->ready : 0;
    case VIRTIO_INTERRUPT_STATUS:   return device->interrupts;
    case VIRTIO_STATUS:             return device->status;
    default:                        return 0;
    }
}

static void write_status(struct virtio *device, struct vcpu *current, uint32_t value)
{
    uint64_t features = device->driver_features;

    if (value == 0) {
        reset(device, current);
        return;
    }
    /* Features are agreed on at once, and only as a whole. */
    if (features & ~device->kind->features || !(features & VIRTIO_F_VERSION_1))
        value &= ~(uint32_t)VIRTIO_FEATURES_OK;
    if (!(value & VIRTIO_FEATURES_OK))
        value &= ~(uint32_t)VIRTIO_DRIVER_OK;
    device->status |= value & ~(uint32_t)VIRTIO_NEEDS_RESET;
}

/* Registers of a queue; they stand still while it is ready. */
static void write_queue(struct virtio *device, struct vcpu *current, uint64_t offset, uint32_t value)
{
    struct virtqueue *queue = selected(device);

    if (!queue)
        return;
    if (offset == VIRTIO_QUEUE_READY) {
        if (value == 0)
            queue->ready = false;
        else if (!queue->ready && !virtqueue_start(device->vm, queue))
            virtio_needs_reset(device, current);
    } else if (queue->ready)
        return;
    else if (offset == VIRTIO_QUEUE_NUM)
        queue->size = value;
    else if ((offset - VIRTIO_QUEUE_DESC) % 0x10 < 8)
        set_half(&queue->address[(offset - VIRTIO_QUEUE_DESC) / 0x10], offset / 4 % 2, value);
}

static void write_register(struct virtio *device, struct vcpu *current, uint64_t offset, uint32_t value)
{
    switch (offset) {
    case VIRTIO_DEVICE_FEATURES_SEL:
        device->device_features_sel = value;
        break;
    case VIRTIO_DRIVER_FEATURES_SEL:
        device->driver_features_sel = value;
        break;
    case VIRTIO_DRIVER_FEATURES:
        if (!(device->status & VIRTIO_FEATURES_OK))
            set_half(&device->driver_features, device->driver_features_sel, value);
        break;
    case VIRTIO_QUEUE_SEL:
        device->queue_sel = value;
        break;
    case VIRTIO_QUEUE_NOTIFY:
        if (value < device->kind->queues && virtio_runs(device, value))
            device->kind->notified(device, current, value);
        break;
    case VIRTIO_INTERRUPT_ACK:
        device->interrupts &= ~value;
        update_line(device, current);
        break;
    case VIRTIO_STATUS:
        write_status(device, current, value);
        break;
    case VIRTIO_QUEUE_NUM:
    case VIRTIO_QUEUE_READY:
    case VIRTIO_QUEUE_DESC ... VIRTIO_QUEUE_DEVICE + 7:
        write_queue(device, current, offset, value);
        break;
    }
}

enum outcome virtio_load(struct virtio *device, struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    unsigned bytes = mmio_bytes(insn);
    uint64_t value = 0;

    if (offset >= VIRTIO_SIZE)
        return mmio_nothing(vcpu, insn);
    if (offset < VIRTIO_CONFIG)
        return mmio_loaded(vcpu, insn, bytes == 4 ? read_register(device, offset) : 0);
    for (unsigned i = 0; i < bytes && offset - VIRTIO_CONFIG + i < VIRTIO_CONFIG_SIZE; i++)
        value |= (uint64_t)device->config[offset - VIRTIO_CONFIG + i] << 8 * i;
    return mmio_loaded(vcpu, insn, value);
}

enum outcome virtio_store(struct virtio *device, struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    if (offset >= VIRTIO_SIZE)
        return mmio_nothing(vcpu, insn);
    if (mmio_bytes(insn) == 4)
        write_register(device, vcpu, offset, (uint32_t)mmio_stored(vcpu, insn));
    return mmio_done(insn);
}
