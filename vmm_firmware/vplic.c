/* The interrupt controller of a guest (RISC-V Platform-Level Interrupt Controller specification): 32-bit registers, gateways for
   levels. Context 2 * h + 1 is the S-mode of hart h and reaches it as VSEIP; a guest has no M-mode, whose contexts read zero. */
#include "vplic.h"

#include "mmio.h"

#define SOURCES (-2u)           /* source 0 does not exist */

/* The pending and enabled source of the highest priority, the lowest number first; 0 if there is none above the threshold. */
static unsigned best(const struct vplic *plic, unsigned hart)
{
    uint32_t candidates = plic->pending & plic->contexts[hart].enable;
    unsigned best = 0, priority = plic->contexts[hart].threshold;

    for (unsigned source = 1; source <= PLIC_SOURCES; source++)
        if (candidates >> source & 1 && plic->priority[source] > priority) {
            best = source;
            priority = plic->priority[source];
        }
    return best;
}

static void update(struct vm *vm, struct vcpu *current)
{
    struct vplic *plic = &vm->plic;

    plic->pending |= plic->lines & ~plic->serving;
    for (unsigned hart = 0; hart < HARTS; hart++) {
        if (best(plic, hart))
            vcpu_raise(&vm->vcpus[hart], current, HVIP_VSEIP);
        else
            vcpu_clear(&vm->vcpus[hart], current, HVIP_VSEIP);
    }
}

void vplic_line(struct vm *vm, struct vcpu *current, unsigned source, bool high)
{
    struct vplic *plic = &vm->plic;
    uint32_t bit = 1u << source, lines = high ? plic->lines | bit : plic->lines & ~bit;

    if (lines == plic->lines)
        return;
    plic->lines = lines;
    update(vm, current);
}

static uint32_t claim(struct vcpu *vcpu, unsigned hart)
{
    struct vplic *plic = &vcpu->vm->plic;
    unsigned source = best(plic, hart);

    if (source == 0)
        return 0;
    plic->pending &= ~(1u << source);
    plic->serving |= 1u << source;
    update(vcpu->vm, vcpu);
    return source;
}

/* Which context's register it is, of those that are `stride` apart from `first` on; -1 if no hart has that context. */
static int hart_at(uint64_t offset, uint64_t first, uint64_t stride, uint64_t *rest)
{
    uint64_t context = (offset - first) / stride;

    *rest = (offset - first) % stride;
    return offset >= first && context & 1 && context / 2 < HARTS ? (int)(context / 2) : -1;
}

static uint32_t read_register(struct vcpu *vcpu, uint64_t offset)
{
    const struct vplic *plic = &vcpu->vm->plic;
    uint64_t rest;
    int hart;

    if (offset < PLIC_PENDING)
        return offset / 4 <= PLIC_SOURCES ? plic->priority[offset / 4] : 0;
    if (offset == PLIC_PENDING)
        return plic->pending;
    if (offset < PLIC_CONTEXT) {
        hart = hart_at(offset, PLIC_ENABLE, PLIC_ENABLE_STRIDE, &rest);
        return hart >= 0 && rest == 0 ? plic->contexts[hart].enable : 0;
    }
    hart = hart_at(offset, PLIC_CONTEXT, PLIC_CONTEXT_STRIDE, &rest);
    if (hart < 0 || rest > 4)
        return 0;
    return rest == 0 ? plic->contexts[hart].threshold : claim(vcpu, (unsigned)hart);
}

static void write_register(struct vcpu *vcpu, uint64_t offset, uint32_t value)
{
    struct vplic *plic = &vcpu->vm->plic;
    uint64_t rest;
    int hart;

    if (offset < PLIC_PENDING) {
        if (offset / 4 - 1 < PLIC_SOURCES)
            plic->priority[offset / 4] = value & PLIC_MAX_PRIORITY;
    } else if (offset < PLIC_CONTEXT) {
        hart = hart_at(offset, PLIC_ENABLE, PLIC_ENABLE_STRIDE, &rest);
        if (hart >= 0 && rest == 0)
            plic->contexts[hart].enable = value & SOURCES;
    } else {
        hart = hart_at(offset, PLIC_CONTEXT, PLIC_CONTEXT_STRIDE, &rest);
        if (hart >= 0 && rest == 0)
            plic->contexts[hart].threshold = value & PLIC_MAX_PRIORITY;
        /* Completion of what this context may not have is ignored. */
        else if (hart >= 0 && rest == 4 && value <= PLIC_SOURCES && plic->contexts[hart].enable >> value & 1)
            plic->serving &= ~(1u << value);
    }
    update(vcpu->vm, vcpu);
}

static enum outcome load(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    uint64_t value = 0;

    if (mmio_bytes(insn) == 8)
        value = read_register(vcpu, offset) | (uint64_t)read_register(vcpu, offset + 4) << 32;
    else if (mmio_bytes(insn) == 4)
        value = read_register(vcpu, offset);
    return mmio_loaded(vcpu, insn, value);
}

static enum outcome store(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    uint64_t value = mmio_stored(vcpu, insn);

    if (mmio_bytes(insn) >= 4)
        write_register(vcpu, offset, (uint32_t)value);
    if (mmio_bytes(insn) == 8)
        write_register(vcpu, offset + 4, (uint32_t)(value >> 32));
    return mmio_done(insn);
}

const struct device vplic = { load, store, PLIC_SIZE };
