/* Round robin over the virtual harts, in time slices of the host's timer (Sstc). One in WFI has no turn until an interrupt is
   pending for it; when all wait, so does the hart. */
#include "sched.h"

#include <stddef.h>

#include "csr.h"
#include "pages.h"
#include "power.h"
#include "vmid.h"

#define STUCK_SLICES 3

static uint64_t switches;
static struct vcpu *preferred;
static uint64_t next_wake = UINT64_MAX;     /* no waiting hart's time comes before that */

static uint64_t now(void)
{
    return csr_read(CSR_TIME);
}

/* When the timer of a waiting hart fires; never, if it has not enabled it. All guests share one htimedelta. */
static uint64_t wake_time(const struct vcpu *vcpu)
{
    if (!(vcpu->vs.ie & VSIE_STIE) || vcpu->vs.timecmp == UINT64_MAX)
        return UINT64_MAX;
    return vcpu->vs.timecmp - csr_read(CSR_HTIMEDELTA);
}

/* Readies every hart whose time has come; returns when the next one's will. Many may wait, so they are looked at only then. */
static uint64_t wake_waiting(void)
{
    uint64_t time = now();

    if (time < next_wake)
        return next_wake;
    next_wake = UINT64_MAX;
    for (struct vcpu *vcpu = vcpus; vcpu < vcpus + vcpu_count; vcpu++) {
        if (vcpu->state != VCPU_WAITING)
            continue;
        if (wake_time(vcpu) <= time)
            vcpu->state = VCPU_READY;
        else if (wake_time(vcpu) < next_wake)
            next_wake = wake_time(vcpu);
    }
    return next_wake;
}

static struct vcpu *ready_after(unsigned index)
{
    for (unsigned i = 1; i <= vcpu_count; i++) {
        struct vcpu *vcpu = &vcpus[(index + i) % vcpu_count];

        if (vcpu->state == VCPU_READY)
            return vcpu;
    }
    return NULL;
}

static uint64_t exits(const struct vm *vm, uint64_t cause)
{
    uint64_t sum = 0;

    for (unsigned hart = 0; hart < HARTS; hart++)
        sum += vm->vcpus[hart].exits[cause];
    return sum;
}

static void report(const struct vm *vm, const char *verdict)
{
    uint64_t null_calls = 0, timer_exits = 0;

    for (unsigned hart = 0; hart < HARTS; hart++) {
        null_calls += vm->vcpus[hart].null_calls;
        timer_exits += vm->vcpus[hart].timer_exits;
    }
    console_print("[hypervisor] guest %u (%s) %s\n", (uint64_t)vm->index, vm->name, verdict);
    console_print("[hypervisor]   exits: %u null calls, %u calls, %u loads, %u stores, %u instructions, %u timer\n",
                  null_calls, exits(vm, EXC_ECALL_VS), exits(vm, EXC_LOAD_GUEST_PAGE_FAULT),
                  exits(vm, EXC_STORE_GUEST_PAGE_FAULT), exits(vm, EXC_VIRTUAL_INSTRUCTION), timer_exits);
}

/* One of its harts has ended, and with it the machine. */
static void end_vm(struct vcpu *vcpu, const char *reason)
{
    struct vm *vm = vcpu->vm;

    console_guest_flush(&vm->line, vm->index);
    for (unsigned hart = 0; hart < HARTS; hart++)
        vm->vcpus[hart].state = VCPU_ENDED;
    if (!vm->passed)
        console_print("[hypervisor] guest %u at pc %x: %s\n", (uint64_t)vm->index, vcpu->pc, reason);
    report(vm, vm->passed ? "passed" : "failed");
}

static _Noreturn void finish(void)
{
    int code = EXIT_PASSED;

    for (unsigned i = 0; i < vm_count; i++)
        if (!vms[i].passed)
            code = EXIT_GUEST_FAILED;
    console_print("[hypervisor] switches: %u, VMID rollovers: %u\n", switches, vmid_rollovers());
    console_print("[hypervisor] memory: %u bytes of RAM and %u of state for each guest, %u of tables and disks for all\n",
                  (uint64_t)GUEST_RAM_SIZE, sizeof(struct vm) + HARTS * sizeof(struct vcpu), pages_used());
    console_print("[hypervisor] all guests have ended, %s\n", code == EXIT_PASSED ? "passed" : "failed");
    power_off(code);
}

/* Nothing is left that could ready a hart. */
static _Noreturn void nobody_wakes(void)
{
    for (struct vcpu *vcpu = vcpus; vcpu < vcpus + vcpu_count; vcpu++)
        if (vcpu->state == VCPU_WAITING || vcpu->state == VCPU_STOPPED)
            end_vm(vcpu, vcpu->state == VCPU_WAITING ? "waits for an interrupt that cannot come" : "has stopped all its harts");
    finish();
}

void sched_prefer(struct vcpu *vcpu)
{
    preferred = vcpu;
}

/* Next virtual hart after the one of this index, when that is out of the hart. */
HOT static struct vcpu *choose(unsigned index)
{
    for (;;) {
        uint64_t wake = wake_waiting();
        struct vcpu *vcpu = preferred && preferred->state == VCPU_READY ? preferred : ready_after(index);

        preferred = NULL;
        if (vcpu) {
            uint64_t slice_end = now() + SLICE_TICKS;

            vcpu->spins = false;
            vcpu_load(vcpu);
            switches++;
            csr_write(CSR_STIMECMP, wake < slice_end ? wake : slice_end);
            return vcpu;
        }
        if (wake == UINT64_MAX)
            nobody_wakes();
        csr_write(CSR_STIMECMP, wake);
        while (!(csr_read(CSR_SIP) & SIP_STIP))
            __asm__ volatile("wfi");
    }
}

static unsigned index_of(const struct vcpu *vcpu)
{
    return (unsigned)(vcpu - vcpus);
}

HOT struct vcpu *sched_next(struct vcpu *current)
{
    vcpu_save(current);
    if (current->state == VCPU_WAITING && wake_time(current) < next_wake)
        next_wake = wake_time(current);
    return choose(index_of(current));
}

struct vcpu *sched_end(struct vcpu *vcpu)
{
    vcpu_save(vcpu);
    end_vm(vcpu, vcpu->end_reason);
    return choose(index_of(vcpu));
}

void sched_start(void)
{
    vm_enter(choose(vcpu_count - 1));
}

HOT enum outcome sched_slice_over(struct vcpu *vcpu)
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
