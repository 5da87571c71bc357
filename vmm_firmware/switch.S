/* The way out of a guest and back into it. While a guest runs sscratch holds its struct vcpu; in the hypervisor it is 0.

   An exit saves what C code may overwrite and calls the handler of its cause, after which most guests go on at once. The
   other registers are saved only where the handler needs them, or where another guest runs next. */
#include "isa.h"
#include "layout.h"
#include "policy.h"
#include "offsets.h"

#define REG(n) (VCPU_REGS + 8 * (n))

.macro FOR_EACH op, registers:vararg
    .irp    n, \registers
    \op     x\n, REG(\n)(a0)
    .endr
.endm

/* ra, t0, t1, a1-a7: what C code may overwrite, but for sp and a0, which are in use on the way. */
#define OVERWRITTEN 1, 5, 6, 11, 12, 13, 14, 15, 16, 17

/* gp, tp, s0-s11, which C code gives back as it found them, and t2-t6, which it is compiled not to use. */
#define PRESERVED   3, 4, 7, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31

    .section .text.hot, "ax"

/* Trap vector of HS-mode. */
    .globl vm_exit
    .balign 64
vm_exit:
    csrrw   a0, sscratch, a0
    beqz    a0, in_hypervisor
    FOR_EACH sd, 5, 6

    /* The null hypercall is answered here: what it costs is the bare round trip. */
    csrr    t0, scause
    li      t1, EXC_ECALL_VS
    bne     t0, t1, save
    li      t1, SBI_EID_DOPPELHART
    bne     a7, t1, save
    bnez    a6, save
    csrr    t0, sepc
    ld      t1, VCPU_NULL_CALLS(a0)
    addi    t0, t0, 4
    csrw    sepc, t0
    addi    t1, t1, 1
    sd      t1, VCPU_NULL_CALLS(a0)
    FOR_EACH ld, 5, 6
    csrw    sscratch, a0
    li      a0, 0
    li      a1, 0
    sret

save:
    FOR_EACH sd, 1, 2, 11, 12, 13, 14, 15, 16, 17
    csrrw   t1, sscratch, zero
    ld      sp, VCPU_STACK(a0)
    sd      t1, REG(10)(a0)
    sd      a0, 0(sp)
    bltz    t0, interrupt

    /* medeleg lets no exceptions come here but those of the table. */
    la      a1, exit_handlers
    slli    t0, t0, 3
    add     a1, a1, t0
    ld      a1, 0(a1)
    add     t0, t0, a0
    ld      t1, VCPU_EXITS(t0)
    addi    t1, t1, 1
    sd      t1, VCPU_EXITS(t0)
    jalr    a1

    /* An outcome is what to add to the pc, or negative. */
handled:
    mv      a1, a0
    ld      a0, 0(sp)
    bltz    a1, not_at_once
    csrr    t0, sepc
    add     t0, t0, a1
    csrw    sepc, t0
    csrw    sscratch, a0
enter:
    FOR_EACH ld, OVERWRITTEN
    ld      sp, REG(2)(a0)
    ld      a0, REG(10)(a0)
    sret

interrupt:
    call    sched_slice_over
    j       handled

not_at_once:
    FOR_EACH sd, PRESERVED
    call    finish_exit

/* _Noreturn void vm_enter(struct vcpu *vcpu) */
    .globl vm_enter
vm_enter:
    csrw    sscratch, a0
    FOR_EACH ld, PRESERVED
    j       enter

in_hypervisor:
    la      sp, stack_top
    call    hypervisor_trap
