/* Device accesses of a guest ("Hypervisor: Transformed Instruction or Pseudoinstruction for mtinst or htinst"). What no
   device answers, and what no plain load or store is, gives the guest the access fault that a bus would give. */
#include "mmio.h"

#include <stddef.h>

#include "csr.h"
#include "insn.h"
#include "vuart.h"

struct device {
    uint64_t base, size;
    uint64_t (*load)(struct vm *vm, uint64_t offset, unsigned bytes);
    void (*store)(struct vm *vm, uint64_t offset, unsigned bytes, uint64_t value);
};

static const struct device bus[] = {
    { UART_BASE, UART_SIZE, vuart_load, vuart_store },
};

static const struct device *device_at(uint64_t gpa)
{
    for (size_t i = 0; i < sizeof bus / sizeof bus[0]; i++)
        if (gpa - bus[i].base < bus[i].size)
            return &bus[i];
    return NULL;
}

/* Loads and stores: funct3 is the width, and for loads its highest bit says zero-extended. */
#define OPCODE(insn)        ((insn) & 0x7f)
#define BYTES(insn)         (1u << (INSN_FUNCT3(insn) & 3))
#define IS_LOAD(insn)       (OPCODE(insn) == OPCODE(MATCH_LB))
#define IS_STORE(insn)      (OPCODE(insn) == OPCODE(MATCH_SB))
#define IS_ATOMIC(insn)     (OPCODE(insn) == OPCODE(MATCH_LR_W))
#define IS_UNSIGNED(insn)   (INSN_FUNCT3(insn) & 4)

struct access {
    uint32_t insn;          /* 0 if the access cannot be carried out; the outcome is then final */
    enum outcome outcome;
};

/* The hart did not report the instruction: read it, unless this was an implicit access. Apart, because it is rare. */
__attribute__((noinline)) static struct access unreported(struct vcpu *vcpu, uint64_t htinst, uint64_t fault)
{
    /* The guest's own page table lies where no RAM is. */
    if (htinst == TINST_READ_PTE || htinst == TINST_WRITE_PTE)
        return (struct access) { 0, reflect(vcpu, fault, csr_read(CSR_STVAL)) };

    struct fetched fetched = insn_fetch(vcpu->pc);
    uint32_t insn = fetched.length == 2 ? insn_expand_transfer((uint16_t)fetched.insn) : fetched.insn;

    if (fetched.fault)
        return (struct access) { 0, insn_fetch_fault(vcpu, fetched.fault) };

    /* Not what has trapped: the guest has changed its code behind the hart's back. Let the hart read it, too. */
    if (!(fault == EXC_LOAD_ACCESS_FAULT ? IS_LOAD(insn) : IS_STORE(insn)) && !IS_ATOMIC(insn)) {
        __asm__ volatile("fence.i");
        return (struct access) { 0, RESUME };
    }
    return (struct access) { insn, fetched.length == 2 ? STEP_SHORT : STEP };
}

/* The instruction of this exit, and the outcome when it has been carried out. */
static inline struct access access_of(struct vcpu *vcpu, uint64_t fault)
{
    uint64_t htinst = csr_read(CSR_HTINST);

    /* A transformed instruction has bit 0 set. What has bits above 31 set, too, is not in the manual and says nothing. */
    if ((htinst & ~(uint64_t)0xfffffffe) != 1)
        return unreported(vcpu, htinst, fault);

    /* Bit 1 is part of the opcode, replaced by 0 if the instruction was compressed. */
    return (struct access) { (uint32_t)htinst | 2, htinst & 2 ? STEP : STEP_SHORT };
}

static uint64_t fault_gpa(void)
{
    return csr_read(CSR_HTVAL) << 2 | (csr_read(CSR_STVAL) & 3);
}

enum outcome mmio_load(struct vcpu *vcpu)
{
    struct access access = access_of(vcpu, EXC_LOAD_ACCESS_FAULT);

    if (access.insn == 0)
        return access.outcome;

    uint64_t gpa = fault_gpa();
    const struct device *device = device_at(gpa);
    unsigned bytes = BYTES(access.insn);

    if (!device || !IS_LOAD(access.insn) || gpa & (bytes - 1))
        return reflect(vcpu, EXC_LOAD_ACCESS_FAULT, csr_read(CSR_STVAL));

    uint64_t value = device->load(vcpu->vm, gpa - device->base, bytes);
    unsigned unused = 64 - 8 * bytes;

    value <<= unused;
    vcpu_set(vcpu, INSN_RD(access.insn),
             IS_UNSIGNED(access.insn) ? value >> unused : (uint64_t)((int64_t)value >> unused));
    return access.outcome;
}

enum outcome mmio_store(struct vcpu *vcpu)
{
    struct access access = access_of(vcpu, EXC_STORE_ACCESS_FAULT);

    if (access.insn == 0)
        return access.outcome;

    uint64_t gpa = fault_gpa();
    const struct device *device = device_at(gpa);
    unsigned bytes = BYTES(access.insn);

    if (!device || !IS_STORE(access.insn) || gpa & (bytes - 1))
        return reflect(vcpu, EXC_STORE_ACCESS_FAULT, csr_read(CSR_STVAL));
    device->store(vcpu->vm, gpa - device->base, bytes, vcpu->regs[INSN_RS2(access.insn)]);
    return access.outcome;
}
