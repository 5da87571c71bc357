/* A device that tells how it was accessed: 64 bytes of memory, and a number in which every access has left its kind, width,
   place and value. An access that is made twice, in two halves or in another order gives another number. */
#include "vprobe.h"

#include "mmio.h"

enum kind { LOAD = 1, STORE };

static void note(struct vprobe *probe, enum kind kind, uint64_t insn, uint64_t offset, uint64_t value)
{
    uint64_t history;

    if (offset >= VPROBE_HISTORY)
        return;
    __builtin_memcpy(&history, &probe->bytes[VPROBE_HISTORY], sizeof history);
    history = (history ^ value) * 0x100000001b3 + ((uint64_t)kind << 16 | mmio_bytes(insn) << 8 | offset);
    __builtin_memcpy(&probe->bytes[VPROBE_HISTORY], &history, sizeof history);
}

HOT static enum outcome load(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    struct vprobe *probe = &vcpu->vm->probe;
    uint64_t value = 0;

    if (offset + mmio_bytes(insn) > VPROBE_SIZE)
        return mmio_nothing(vcpu, insn);
    __builtin_memcpy(&value, &probe->bytes[offset], mmio_bytes(insn));
    note(probe, LOAD, insn, offset, value);
    return mmio_loaded(vcpu, insn, value);
}

HOT static enum outcome store(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    struct vprobe *probe = &vcpu->vm->probe;
    uint64_t value = mmio_stored(vcpu, insn) & -1ull >> (64 - 8 * mmio_bytes(insn));

    if (offset + mmio_bytes(insn) > VPROBE_SIZE)
        return mmio_nothing(vcpu, insn);
    __builtin_memcpy(&probe->bytes[offset], &value, mmio_bytes(insn));
    note(probe, STORE, insn, offset, value);
    return mmio_done(insn);
}

const struct device vprobe = { load, store, VPROBE_SIZE };
