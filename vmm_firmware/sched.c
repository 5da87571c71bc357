/* Round robin over the guests, in time slices of the host's timer (Sstc). A guest in WFI has no turn until an interrupt
   is pending for it; when every guest waits, so does the hart. */
#include "sched.h"

#include <stddef.h>

#include "csr.h"
#include "power.h"
#include "vmid.h"

#define STUCK_SLICES 3

static uint64_t switches;

static uint64_t now(void)
{
    return csr_read(CSR_TIME);
}

/* When a waiting guest's own timer fires; never, if the guest has not enabled it. All guests share one htimedelta. */
static uint64_t wake_time(const struct vcpu *vcpu)
{
    if (!(vcpu->vs.ie & VSIE_STIE) || vcpu->vs.timecmp == UINT64_MAX)
        return UINT64_MAX;
    return vcpu->vs.timecmp - csr_read(CSR_HTIMEDELTA);
}

/* Readies every guest whose time has come; returns when the next one's will. */
static uint64_t wake_waiting(void)
{
    uint64_t next = UINT64_MAX, time = now();

    for (unsigned i = 0; i < vm_count; i++) {
        struct vcpu *vcpu = &vms[i].vcpu;

        if (vcpu->state != VCPU_WAITING)
            continue;
        if (wake_time(vcpu) <= time)
            vcpu->state = VCPU_READY;
        else if (wake_time(vcpu) < next)
            next = wake_time(vcpu);
    }
    return next;
}

static struct vcpu *ready_after(unsigned index)
{
    for (unsigned i = 1; i <= vm_count; i++) {
        struct vcpu *vcpu = &vms[(index + i) % vm_count].vcpu;

        if (vcpu->state == VCPU_READY)
            return vcpu;
    }
    return NULL;
}

static void report(const struct vm *vm, const char *verdict)
{
    const uint64_t *exits = vm->vcpu.exits;

    console_print("[hypervisor] guest %u (%s) %s\n", (uint64_t)vm->index, vm->name, verdict);
    console_print("[hypervisor]   exits: %u null calls, %u calls, %u loads, %u stores, %u instructions, %u timer\n",
                  vm->vcpu.null_calls, exits[EXC_ECALL_VS], exits[EXC_LOAD_GUEST_PAGE_FAULT],
                  exits[EXC_STORE_GUEST_PAGE_FAULT], exits[EXC_VIRTUAL_INSTRUCTION], vm->vcpu.timer_exits);
}

static void end_vm(struct vm *vm, const char *reason)
{
    console_guest_flush(&vm->line, vm->index);
    vm->vcpu.state = VCPU_ENDED;
    if (!vm->passed)
        console_print("[hypervisor] guest %u at pc %x: %s\n", (uint64_t)vm->index, vm->vcpu.pc, reason);
    report(vm, vm->passed ? "passed" : "failed");
}

static _Noreturn void finish(void)
{
    int code = EXIT_PASSED;

    for (unsigned i = 0; i < vm_count; i++)
        if (!vms[i].passed)
            code = EXIT_GUEST_FAILED;
    console_print("[hypervisor] switches: %u, VMID rollovers: %u\n", switches, vmid_rollovers());
    console_print("[hypervisor] all guests have ended, %s\n", code == EXIT_PASSED ? "passed" : "failed");
    power_off(code);
}

/* Next guest after the one of this index, when that is out of the hart. */
static struct vcpu *choose(unsigned index)
{
    for (;;) {
        uint64_t wake = wake_waiting();
        struct vcpu *vcpu = ready_after(index);

        if (vcpu) {
            uint64_t slice_end = now() + SLICE_TICKS;

            vcpu_load(vcpu);
            switches++;
            csr_write(CSR_STIMECMP, wake < slice_end ? wake : slice_end);
            return vcpu;
        }
        if (wake == UINT64_MAX) {
            for (unsigned i = 0; i < vm_count; i++)
                if (vms[i].vcpu.state == VCPU_WAITING)
                    end_vm(&vms[i], "waits for an interrupt that cannot come");
            finish();
        }
        csr_write(CSR_STIMECMP, wake);
        while (!(csr_read(CSR_SIP) & SIP_STIP))
            __asm__ volatile("wfi");
    }
}

struct vcpu *sched_next(struct vcpu *current)
{
    vcpu_save(current);
    return choose(current->vm->index);
}

struct vcpu *sched_end(struct vcpu *vcpu)
{
    vcpu_save(vcpu);
    end_vm(vcpu->vm, vcpu->end_reason);
    return choose(vcpu->vm->index);
}

void sched_start(void)
{
    vm_enter(choose(vm_count - 1));
}

enum outcome sched_slice_over(struct vcpu *vcpu)
{
    uint64_t vector = csr_read(CSR_VSTVEC) & STVEC_BASE;

    vcpu->timer_exits++;

    /* Exceptions that the guest's own handler raises at its first instruction never come here, if they are delegated.
       The timer finds such a guest always at the same place. */
    vcpu->stuck = csr_read(CSR_SEPC) == vector && csr_read(CSR_VSEPC) == vector ? vcpu->stuck + 1 : 0;
    if (vcpu->stuck == STUCK_SLICES)
        return end(vcpu, "its trap handler traps at its first instruction");
    if (++vcpu->slices == SLICES_MAX)
        return end(vcpu, "has used up its time slices");
    return YIELD;
}
