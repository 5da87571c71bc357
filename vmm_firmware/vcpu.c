/* Virtual harts: start, traps that a guest takes, and the CSR part of a switch. */
#include "vcpu.h"

#include "csr.h"
#include "exit.h"
#include "ports.h"
#include "shadow.h"
#include "vmid.h"

struct vcpu vcpus[VCPUS_MAX];
unsigned vcpu_count;

extern char stack[];    /* entry.S */

struct vcpu *vcpu_create(struct vm *vm, unsigned hart)
{
    struct vcpu *vcpu = &vcpus[vcpu_count++];

    vcpu->vm = vm;
    vcpu->hart = hart;
    vcpu->saved = ALWAYS_SAVED;
    vcpu->stack = stack + STACK_SIZE - 16;
    vcpu->state = VCPU_STOPPED;
    return vcpu;
}

void vcpu_start(struct vcpu *vcpu, uint64_t pc, uint64_t a1)
{
    __builtin_memset(vcpu->regs, 0, sizeof vcpu->regs);
    vcpu->regs[10] = vcpu->hart;
    vcpu->regs[11] = a1;
    vcpu->pc = pc;
    vcpu->hstatus = HSTATUS_GUESTS | HSTATUS_SPV | HSTATUS_SPVP;
    vcpu->sstatus = SSTATUS_SPP;
    vcpu->vs = (struct vs_csrs) { .timecmp = UINT64_MAX };
    vcpu->satp = SATP_MODE_BARE;
    vcpu->state = VCPU_READY;
}

void vcpu_raise(struct vcpu *vcpu, const struct vcpu *current, uint64_t interrupts)
{
    if (vcpu == current) {
        csr_set(CSR_HVIP, interrupts);
        return;
    }
    vcpu->vs.hvip |= interrupts;

    /* Each VS-level interrupt has the number of its twin, plus 1. */
    if (vcpu->state == VCPU_WAITING && vcpu->vs.hvip >> 1 & vcpu->vs.ie)
        vcpu->state = VCPU_READY;
}

void vcpu_clear(struct vcpu *vcpu, const struct vcpu *current, uint64_t interrupts)
{
    if (vcpu == current)
        csr_clear(CSR_HVIP, interrupts);
    else
        vcpu->vs.hvip &= ~interrupts;
}

HOT enum outcome vcpu_wait(struct vcpu *vcpu, bool suspended)
{
    if (csr_read(CSR_VSIP) & csr_read(CSR_VSIE))
        return STEP;
    csr_write(CSR_SEPC, csr_read(CSR_SEPC) + 4);
    vcpu->state = VCPU_WAITING;
    vcpu->suspended = suspended;
    return YIELD;
}

enum outcome reflect(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    uint64_t pc = csr_read(CSR_SEPC), vector = csr_read(CSR_VSTVEC) & STVEC_BASE;
    uint64_t old = csr_read(CSR_VSSTATUS);
    uint64_t new = old & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);

    if (pc == vector)
        return end(vcpu, "its trap handler traps at its first instruction");
    if (csr_read(CSR_SSTATUS) & SSTATUS_SPP)
        new |= SSTATUS_SPP;
    if (old & SSTATUS_SIE)
        new |= SSTATUS_SPIE;
    csr_write(CSR_VSSTATUS, new);
    csr_write(CSR_VSEPC, pc);
    csr_write(CSR_VSCAUSE, cause);
    csr_write(CSR_VSTVAL, tval);
    csr_set(CSR_SSTATUS, SSTATUS_SPP);
    csr_set(CSR_HSTATUS, HSTATUS_SPVP);
    csr_write(CSR_SEPC, vector);
    return RESUME;
}

HOT void vcpu_save(struct vcpu *vcpu)
{
    vcpu->pc = csr_read(CSR_SEPC);
    vcpu->hstatus = csr_read(CSR_HSTATUS);
    vcpu->sstatus = csr_read(CSR_SSTATUS);
    vcpu->vs = (struct vs_csrs) {
        .status = csr_read(CSR_VSSTATUS),
        .ie = csr_read(CSR_VSIE),
        .tvec = csr_read(CSR_VSTVEC),
        .scratch = csr_read(CSR_VSSCRATCH),
        .epc = csr_read(CSR_VSEPC),
        .cause = csr_read(CSR_VSCAUSE),
        .tval = csr_read(CSR_VSTVAL),
        .atp = csr_read(CSR_VSATP),
        .timecmp = csr_read(CSR_VSTIMECMP),
        .hvip = csr_read(CSR_HVIP),
        .counteren = csr_read(CSR_SCOUNTEREN),
        .envcfg = csr_read(CSR_SENVCFG),
    };
}

HOT void vcpu_load(struct vcpu *vcpu)
{
    uint64_t broken_reservation;

    csr_write(CSR_SEPC, vcpu->pc);
    csr_write(CSR_HSTATUS, vcpu->hstatus);
    csr_write(CSR_SSTATUS, vcpu->sstatus);
    csr_write(CSR_VSSTATUS, vcpu->vs.status);
    csr_write(CSR_VSIE, vcpu->vs.ie);
    csr_write(CSR_VSTVEC, vcpu->vs.tvec);
    csr_write(CSR_VSSCRATCH, vcpu->vs.scratch);
    csr_write(CSR_VSEPC, vcpu->vs.epc);
    csr_write(CSR_VSCAUSE, vcpu->vs.cause);
    csr_write(CSR_VSTVAL, vcpu->vs.tval);
    csr_write(CSR_VSATP, vcpu->vs.atp);
    csr_write(CSR_VSTIMECMP, vcpu->vs.timecmp);
    csr_write(CSR_HVIP, vcpu->vs.hvip);
    csr_write(CSR_SCOUNTEREN, vcpu->vs.counteren);
    csr_write(CSR_SENVCFG, vcpu->vs.envcfg);
    vmid_enter(vcpu);
    ports_enter(vcpu->vm);
    if (SHADOW)
        shadow_enter(vcpu);

    /* A reservation of the guest that ran before would let this one's SC succeed; a failing SC ends it. */
    __asm__ volatile("sc.d zero, zero, (%0)" : : "r"(&broken_reservation) : "memory");
}
