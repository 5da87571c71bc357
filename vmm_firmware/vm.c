/* Virtual machines and their harts: creation, memory, trap injection, and the CSR part of a switch. */
#include "vm.h"

#include "csr.h"
#include "exit.h"
#include "gstage.h"
#include "panic.h"
#include "vmid.h"

struct vm vms[GUESTS_MAX];
unsigned vm_count;

extern char stack[];    /* entry.S */

void vm_create(const char *name, const void *image, uint64_t size)
{
    if (vm_count == GUESTS_MAX)
        panic("more than %u guests\n", (uint64_t)GUESTS_MAX);
    if (size > GUEST_RAM_SIZE)
        panic("the image of %s has %u bytes, more than its RAM\n", name, size);

    struct vm *vm = &vms[vm_count];

    vm->index = vm_count;
    vm->name = name;
    vm->ram = GUEST_HOST_BASE + (uint64_t)vm_count * GUEST_RAM_SIZE;
    __builtin_memcpy((void *)vm->ram, image, size);
    vm->gstage_root = gstage_create();
    gstage_map(vm->gstage_root, GUEST_RAM_BASE, vm->ram, GUEST_RAM_SIZE);
    vm->devices[0] = &vuart;

    struct vcpu *vcpu = &vm->vcpu;

    vcpu->vm = vm;
    vcpu->saved = ALWAYS_SAVED;
    vcpu->stack = stack + STACK_SIZE - 16;
    vcpu->pc = GUEST_RAM_BASE;
    vcpu->hstatus = csr_read(CSR_HSTATUS) | HSTATUS_SPV | HSTATUS_SPVP;
    vcpu->sstatus = SSTATUS_SPP;
    vcpu->vs.timecmp = UINT64_MAX;
    vm_count++;
}

void *vm_memory(struct vm *vm, uint64_t gpa, uint64_t size)
{
    uint64_t offset = gpa - GUEST_RAM_BASE;

    if (offset > GUEST_RAM_SIZE || size > GUEST_RAM_SIZE - offset)
        return 0;
    return (void *)(vm->ram + offset);
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

void vcpu_save(struct vcpu *vcpu)
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
        .counteren = csr_read(CSR_SCOUNTEREN),
        .envcfg = csr_read(CSR_SENVCFG),
    };
}

void vcpu_load(struct vcpu *vcpu)
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
    csr_write(CSR_SCOUNTEREN, vcpu->vs.counteren);
    csr_write(CSR_SENVCFG, vcpu->vs.envcfg);
    vmid_enter(vcpu->vm);

    /* A reservation of the guest that ran before would let this one's SC succeed; a failing SC ends it. */
    __asm__ volatile("sc.d zero, zero, (%0)" : : "r"(&broken_reservation) : "memory");
}
