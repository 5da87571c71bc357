/* The disk of a guest ("Block Device"): requests are carried out while the guest waits for its store to the doorbell. */
#include "vblock.h"

#include "flaw.h"
#include "layout.h"
#include "pages.h"
#include "virtio_mmio.h"
#include "virtqueue.h"

#define SECTORS         (DISK_SIZE / SECTOR_SIZE)

static bool inside(uint64_t sector, uint64_t size)
{
    if (FLAW == FLAW_UNCHECKED_SECTOR)
        return true;
    return size % SECTOR_SIZE == 0 && sector <= SECTORS && size / SECTOR_SIZE <= SECTORS - sector;
}

/* All of the request but its last byte, which takes the returned status. */
static uint8_t carry_out(struct vblock *disk, struct chain *chain)
{
    static const char id[VIRTIO_BLOCK_ID_SIZE] = "disk";
    struct virtio_block_request request;
    uint64_t size = chain_to_write(chain) - 1;

    if (chain_to_read(chain) < sizeof request)
        return VIRTIO_BLOCK_IO_ERROR;
    chain_read(chain, &request, sizeof request);
    switch (request.type) {
    case VIRTIO_BLOCK_IN:
        if (!inside(request.sector, size))
            return VIRTIO_BLOCK_IO_ERROR;
        chain_write(chain, disk->data + request.sector * SECTOR_SIZE, size);
        return VIRTIO_BLOCK_OK;
    case VIRTIO_BLOCK_OUT:
        if (!inside(request.sector, chain_to_read(chain)))
            return VIRTIO_BLOCK_IO_ERROR;
        chain_read(chain, disk->data + request.sector * SECTOR_SIZE, chain_to_read(chain));
        return VIRTIO_BLOCK_OK;
    case VIRTIO_BLOCK_FLUSH:
        return VIRTIO_BLOCK_OK;
    case VIRTIO_BLOCK_GET_ID:
        chain_write(chain, id, size < sizeof id ? size : sizeof id);
        return VIRTIO_BLOCK_OK;
    default:
        return VIRTIO_BLOCK_UNSUPPORTED;
    }
}

static void notified(struct virtio *virtio, struct vcpu *current, unsigned queue)
{
    struct vblock *disk = (struct vblock *)virtio;      /* its first member */
    struct chain chain;

    for (unsigned most = virtio->queues[queue].size; most > 0 && virtqueue_take(virtio, current, queue, &chain); most--) {
        /* A request without a place for its status cannot even fail. */
        if (chain_to_write(&chain) == 0) {
            virtio_needs_reset(virtio, current);
            return;
        }

        uint8_t status = carry_out(disk, &chain);
        uint64_t left = chain_to_write(&chain);

        /* What lies between the data and the status is not written. */
        uint64_t written = left == 1 ? chain.written + 1 : chain.written;

        chain_skip(&chain, left - 1);
        chain_write(&chain, &status, 1);
        virtqueue_give(virtio, current, queue, &chain, written);
    }
}

static const struct virtio_kind kind = {
    .id = VIRTIO_ID_BLOCK, .queues = 1, .source = BLOCK_IRQ, .features = VIRTIO_F_VERSION_1, .notified = notified,
};

void vblock_create(struct vblock *disk, struct vm *vm)
{
    uint64_t sectors = SECTORS;

    virtio_create(&disk->virtio, &kind, vm);
    disk->data = (uint8_t *)pages_zeroed(DISK_SIZE);
    __builtin_memcpy(disk->virtio.config, &sectors, sizeof sectors);
}

static enum outcome load(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    return virtio_load(&vcpu->vm->disk.virtio, vcpu, insn, offset);
}

static enum outcome store(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    return virtio_store(&vcpu->vm->disk.virtio, vcpu, insn, offset);
}

const struct device vblock = { load, store, VIRTIO_SIZE };
