/* Device accesses of a guest ("Hypervisor: Transformed Instruction or Pseudoinstruction for mtinst or htinst"). What no
   device answers, and what no plain load or store is, gives the guest the access fault that a bus would give. */
#include "mmio.h"

#include <stddef.h>

#include "csr.h"
#include "demand.h"
#include "ports.h"

/* Loads and stores: funct3 is the width. In an opcode bit 1 is left out, as htinst uses it for the length. */
#define OPCODE(insn)        ((insn) & 0x7d)
#define LOADS               OPCODE(MATCH_LB)
#define STORES              OPCODE(MATCH_SB)
#define ATOMICS             OPCODE(MATCH_LR_W)
#define CACHE_BLOCKS        OPCODE(MATCH_CBO_ZERO)

enum outcome mmio_nothing(struct vcpu *vcpu, uint64_t insn)
{
    return reflect(vcpu, OPCODE(insn) == LOADS ? EXC_LOAD_ACCESS_FAULT : EXC_STORE_ACCESS_FAULT, csr_read(CSR_STVAL));
}

/* Is it the transformed load or store: nothing above its highest field, and this opcode? */
#define IS_REPORTED(htinst, kind, bits) (((htinst) & (-(1ull << (bits)) | OPCODE(-1))) == (kind))
#define LOAD_BITS           20      /* up to addr.offset */
#define STORE_BITS          25      /* up to rs2 */

/* Offset in the page, which both translation stages leave as it is. */
static inline uint64_t page_offset(void)
{
    return csr_read(CSR_STVAL) % PAGE_SIZE;
}

static inline const struct device *device_at(const struct vm *vm, uint64_t page)
{
    return page / DEVICES == DEVICES_BASE / DEVICES_SIZE ? vm->devices[page % DEVICES] : NULL;
}

/* Guest-physical page of this exit. */
static inline uint64_t page(void)
{
    return csr_read(CSR_HTVAL) >> (PAGE_SHIFT - 2);
}

static inline bool is_misaligned(uint64_t insn, uint64_t offset)
{
    return mmio_bytes(insn) != 1 && offset & (mmio_bytes(insn) - 1);
}

__attribute__((always_inline)) static inline enum outcome load_from(struct vcpu *vcpu, uint64_t insn, const struct device *device, uint64_t offset)
{
    if (is_misaligned(insn, offset))
        return mmio_nothing(vcpu, insn);
    if (!vcpu_has(vcpu, INSN_RD(insn)))
        return AGAIN;
    return device->load(vcpu, insn, offset);
}

__attribute__((always_inline)) static inline enum outcome store_to(struct vcpu *vcpu, uint64_t insn, const struct device *device, uint64_t offset)
{
    if (is_misaligned(insn, offset))
        return mmio_nothing(vcpu, insn);
    if (!vcpu_has(vcpu, INSN_RS2(insn)))
        return AGAIN;
    return device->store(vcpu, insn, offset);
}

/* Devices of more than a page. */
static const struct {
    uint64_t base;
    const struct device *device;
} large[] = {
    { PLIC_BASE, &vplic },
#if PORTS
    { PORTS_BASE, &ports },
#endif
};

static __attribute__((noinline)) enum outcome elsewhere(struct vcpu *vcpu, uint64_t insn)
{
    uint64_t address = page() << PAGE_SHIFT | page_offset();

    if (demand_map(vcpu))
        return RESUME;
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        const struct device *device = large[i].device;
        uint64_t offset = address - large[i].base;

        if (offset < device->size)
            return OPCODE(insn) == LOADS ? load_from(vcpu, insn, device, offset) : store_to(vcpu, insn, device, offset);
    }
    return mmio_nothing(vcpu, insn);
}

__attribute__((always_inline)) static inline enum outcome load(struct vcpu *vcpu, uint64_t insn)
{
    const struct device *device = device_at(vcpu->vm, page());

    return device ? load_from(vcpu, insn, device, page_offset()) : elsewhere(vcpu, insn);
}

__attribute__((always_inline)) static inline enum outcome store(struct vcpu *vcpu, uint64_t insn)
{
    const struct device *device = device_at(vcpu->vm, page());

    return device ? store_to(vcpu, insn, device, page_offset()) : elsewhere(vcpu, insn);
}

/* A device has no cache block to manage, but nothing can be zeroed there at once. */
static enum outcome cache_block(struct vcpu *vcpu, uint64_t insn)
{
    const struct device *device = device_at(vcpu->vm, page());

    if (device && page_offset() < device->size && insn >> 20 != MATCH_CBO_ZERO >> 20)
        return STEP;
    return reflect(vcpu, EXC_STORE_ACCESS_FAULT, csr_read(CSR_STVAL));
}

bool mmio_manages_block(uint64_t *fault)
{
    uint64_t insn = csr_read(CSR_HTINST);

    *fault = 0;
    if (insn == 0 || insn >> 32) {
        struct fetched fetched = insn_fetch(csr_read(CSR_SEPC));

        *fault = fetched.fault;
        insn = fetched.fault || fetched.length == 2 ? 0 : fetched.insn;
    }
    return OPCODE(insn) == CACHE_BLOCKS && insn >> 20 != MATCH_CBO_ZERO >> 20;
}

/* Neither a load nor a store was reported. */
static __attribute__((noinline)) enum outcome unreported(struct vcpu *vcpu, uint64_t htinst, uint64_t kind)
{
    uint64_t fault = kind == LOADS ? EXC_LOAD_ACCESS_FAULT : EXC_STORE_ACCESS_FAULT;

    if (demand_map(vcpu))
        return RESUME;

    /* An implicit access: the guest's own page table lies where no RAM is. Or LR, SC, an AMO, a cache-block operation.
       What has bits above 31 set is not in the manual, and says nothing. */
    if (htinst != 0 && htinst >> 32 == 0)
        return OPCODE(htinst) == CACHE_BLOCKS ? cache_block(vcpu, htinst) : reflect(vcpu, fault, csr_read(CSR_STVAL));

    struct fetched fetched = insn_fetch(csr_read(CSR_SEPC));
    uint64_t insn = fetched.length == 2 ? insn_expand_transfer((uint16_t)fetched.insn) & ~2u : fetched.insn;

    if (fetched.fault)
        return insn_fetch_fault(vcpu, fetched.fault);
    if (OPCODE(insn) == CACHE_BLOCKS)
        return cache_block(vcpu, insn);
    if (OPCODE(insn) == ATOMICS)
        return reflect(vcpu, fault, csr_read(CSR_STVAL));
    if (OPCODE(insn) == kind)
        return kind == LOADS ? load(vcpu, insn) : store(vcpu, insn);

    /* Not what has trapped: the guest has changed its code behind the hart's back. Let the hart read it, too. */
    __asm__ volatile("fence.i");
    return RESUME;
}

HOT enum outcome mmio_load(struct vcpu *vcpu)
{
    uint64_t htinst = csr_read(CSR_HTINST);

    return IS_REPORTED(htinst, LOADS, LOAD_BITS) ? load(vcpu, htinst) : unreported(vcpu, htinst, LOADS);
}

HOT enum outcome mmio_store(struct vcpu *vcpu)
{
    uint64_t htinst = csr_read(CSR_HTINST);

    return IS_REPORTED(htinst, STORES, STORE_BITS) ? store(vcpu, htinst) : unreported(vcpu, htinst, STORES);
}
