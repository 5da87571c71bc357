/* Device accesses of a guest ("Hypervisor: Transformed Instruction or Pseudoinstruction for mtinst or htinst"). What no
   device answers, and what no plain load or store is, gives the guest the access fault that a bus would give. */
#include "mmio.h"

#include <stddef.h>

#include "csr.h"
#include "insn.h"
#include "vuart.h"

struct device {
    uint64_t base, size;
    void (*access)(struct vm *vm, uint64_t offset, unsigned size, bool write, uint64_t *value);
};

static const struct device bus[] = {
    { UART_BASE, UART_SIZE, vuart_access },
};

static const struct device *device_at(uint64_t gpa)
{
    for (size_t i = 0; i < sizeof bus / sizeof bus[0]; i++)
        if (gpa - bus[i].base < bus[i].size)
            return &bus[i];
    return NULL;
}

struct transfer {
    uint32_t mask, match;
    bool store, is_signed;
    unsigned size;
};

static const struct transfer transfers[] = {
    { MASK_LB,  MATCH_LB,  false, true,  1 },
    { MASK_LBU, MATCH_LBU, false, false, 1 },
    { MASK_SB,  MATCH_SB,  true,  false, 1 },
    { MASK_LW,  MATCH_LW,  false, true,  4 },
    { MASK_LWU, MATCH_LWU, false, false, 4 },
    { MASK_SW,  MATCH_SW,  true,  false, 4 },
    { MASK_LD,  MATCH_LD,  false, true,  8 },
    { MASK_SD,  MATCH_SD,  true,  false, 8 },
    { MASK_LH,  MATCH_LH,  false, true,  2 },
    { MASK_LHU, MATCH_LHU, false, false, 2 },
    { MASK_SH,  MATCH_SH,  true,  false, 2 },
};

static const struct transfer *transfer_of(uint32_t insn)
{
    for (size_t i = 0; i < sizeof transfers / sizeof transfers[0]; i++)
        if ((insn & transfers[i].mask) == transfers[i].match)
            return &transfers[i];
    return NULL;
}

static enum outcome access_fault(struct exit *exit, bool store)
{
    return reflect(exit, store ? EXC_STORE_ACCESS_FAULT : EXC_LOAD_ACCESS_FAULT, exit->tval);
}

static void write_register(struct vcpu *vcpu, const struct transfer *transfer, unsigned rd, uint64_t value)
{
    unsigned unused = 64 - 8 * transfer->size;

    if (rd == 0)
        return;
    if (transfer->is_signed)
        vcpu->regs[rd] = (uint64_t)((int64_t)(value << unused) >> unused);
    else
        vcpu->regs[rd] = value;
}

enum outcome mmio_access(struct vcpu *vcpu, struct exit *exit)
{
    bool store = exit->cause == EXC_STORE_GUEST_PAGE_FAULT;
    uint64_t gpa = csr_read(CSR_HTVAL) << 2 | (exit->tval & 3);
    uint64_t htinst = csr_read(CSR_HTINST);
    const struct device *device = device_at(gpa);
    uint32_t insn;

    /* An implicit access: the guest's own page table lies where no RAM is. */
    if (!device || htinst == TINST_READ_PTE || htinst == TINST_WRITE_PTE)
        return access_fault(exit, store);

    if (htinst >> 32 == 0 && htinst & 1) {
        /* Bit 1 is part of the opcode, replaced by 0 if the instruction was compressed. */
        exit->length = htinst & 2 ? 4 : 2;
        insn = (uint32_t)htinst | 2;
    } else {
        /* The hart did not say, or said something that is not in the manual. */
        struct fetched fetched = insn_fetch(vcpu->pc);

        if (fetched.fault)
            return insn_fetch_fault(vcpu, exit, fetched.fault);
        exit->length = fetched.length;
        insn = fetched.length == 2 ? insn_expand_transfer((uint16_t)fetched.insn) : fetched.insn;
    }

    const struct transfer *transfer = transfer_of(insn);

    if (!transfer)
        return access_fault(exit, store);       /* LR, SC, AMO */
    if (transfer->store != store)
        return RESUME;      /* the guest changed its code behind the hart's back: let it fetch again */

    uint64_t offset = gpa - device->base;
    uint64_t value = vcpu->regs[store ? INSN_RS2(insn) : 0];

    if (gpa & (transfer->size - 1))
        return access_fault(exit, store);
    device->access(vcpu->vm, offset, transfer->size, store, &value);
    if (!store)
        write_register(vcpu, transfer, INSN_RD(insn), value);
    return STEP;
}
