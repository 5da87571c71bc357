/* From the worker's kernel into its task and back. */
#include "isa.h"

    .section .user, "ax"
/* First instruction of the task: the seed is in a0. */
    .globl task_main
task_main:
    tail    task_loop

    .text

/* uint64_t task_run(struct task *task)
   Kernel registers that a call preserves wait on the kernel's stack; sscratch finds the task at the trap. */
    .globl task_run
task_run:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    sd      s0, 8(sp)
    sd      s1, 16(sp)
    sd      s2, 24(sp)
    sd      s3, 32(sp)
    sd      s4, 40(sp)
    sd      s5, 48(sp)
    sd      s6, 56(sp)
    sd      s7, 64(sp)
    sd      s8, 72(sp)
    sd      s9, 80(sp)
    sd      s10, 88(sp)
    sd      s11, 96(sp)
    la      t0, kernel_sp
    sd      sp, 0(t0)
    la      t0, task_trap
    csrw    stvec, t0
    csrw    sscratch, a0
    li      t0, SSTATUS_SPP
    csrc    sstatus, t0
    li      t0, SSTATUS_SPIE
    csrs    sstatus, t0
    .set    n, 0
    ld      t0, 0(a0)
    csrw    sepc, t0
    .irp    reg, ra, sp, gp, tp, t0, t1, t2, s0, s1
    .set    n, n + 8
    ld      \reg, n(a0)
    .endr
    .set    n, n + 8
    .set    at_a0, n                /* it is loaded last */
    .irp    reg, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
    .set    n, n + 8
    ld      \reg, n(a0)
    .endr
    ld      a0, at_a0(a0)
    sret

    .balign 4
task_trap:
    csrrw   a0, sscratch, a0
    .set    n, 0
    .irp    reg, ra, sp, gp, tp, t0, t1, t2, s0, s1
    .set    n, n + 8
    sd      \reg, n(a0)
    .endr
    .set    n, n + 8
    .irp    reg, a1, a2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6
    .set    n, n + 8
    sd      \reg, n(a0)
    .endr
    csrr    t0, sscratch
    sd      t0, at_a0(a0)
    csrr    t0, sepc
    sd      t0, 0(a0)
    la      t0, kernel_sp
    ld      sp, 0(t0)
    ld      ra, 0(sp)
    ld      s0, 8(sp)
    ld      s1, 16(sp)
    ld      s2, 24(sp)
    ld      s3, 32(sp)
    ld      s4, 40(sp)
    ld      s5, 48(sp)
    ld      s6, 56(sp)
    ld      s7, 64(sp)
    ld      s8, 72(sp)
    ld      s9, 80(sp)
    ld      s10, 88(sp)
    ld      s11, 96(sp)
    addi    sp, sp, 112
    csrr    a0, scause
    ret

    .bss
    .balign 8
kernel_sp:
    .dword  0
