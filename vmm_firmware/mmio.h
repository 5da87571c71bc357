/* Device accesses of a guest: pages without a G-stage mapping, emulated one instruction at a time. */
#ifndef MMIO_H
#define MMIO_H

#include <stdbool.h>

#include "exit.h"
#include "insn.h"

/* Handlers of load and of store guest-page faults. */
exit_handler mmio_load, mmio_store;

/* Carries out one aligned access at an offset in a device. `insn` is the load or store as htinst has it: a 32-bit
   encoding whose bit 1 is clear if the guest's was compressed. Ends with one of the functions below. */
typedef enum outcome device_access(struct vcpu *vcpu, uint64_t insn, uint64_t offset);

struct device {
    device_access *load, *store;
    uint64_t size;              /* bytes, from its base */
};

/* Bytes that a load or store moves. */
static inline unsigned mmio_bytes(uint64_t insn)
{
    return 1u << (INSN_FUNCT3(insn) & 3);
}

/* What the guest stores; what is above its bytes means nothing. */
static inline uint64_t mmio_stored(const struct vcpu *vcpu, uint64_t insn)
{
    return vcpu->regs[INSN_RS2(insn)];
}

/* The access is done: its outcome is the length of the instruction. */
static inline enum outcome mmio_done(uint64_t insn)
{
    return insn & 2 ? STEP : STEP_SHORT;
}

/* The guest has loaded this value, of which what is above its bytes is 0. Bit 2 of funct3 says not sign-extended. */
static inline enum outcome mmio_loaded(struct vcpu *vcpu, uint32_t insn, uint64_t value)
{
    if (!(INSN_FUNCT3(insn) & 4)) {
        unsigned unused = -8 * mmio_bytes(insn) & 63;

        value = (uint64_t)((int64_t)(value << unused) >> unused);
    }
    vcpu_set(vcpu, INSN_RD(insn), value);
    return mmio_done(insn);
}

/* Does the instruction of this exit manage a cache block, so that permission to read is enough for it? `fault` is that of reading it,
   where the hart does not say which it is. */
bool mmio_manages_block(uint64_t *fault);

/* Nothing of the device is at this offset. */
enum outcome mmio_nothing(struct vcpu *vcpu, uint64_t insn);

#endif
