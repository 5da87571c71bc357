/* Accesses of a guest to the registers of a virtio device; they are those of its struct device, with the device found. */
#ifndef VIRTIO_MMIO_H
#define VIRTIO_MMIO_H

#include "mmio.h"
#include "virtio.h"

enum outcome virtio_load(struct virtio *device, struct vcpu *vcpu, uint64_t insn, uint64_t offset);
enum outcome virtio_store(struct virtio *device, struct vcpu *vcpu, uint64_t insn, uint64_t offset);

#endif
