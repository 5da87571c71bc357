/* The supervisor's vector, and the loops that reach it. Registers of whoever traps are preserved. */
#include "bench.h"
#include "isa.h"

    .text
    .balign 4
    .global vector
vector:
    csrw    sscratch, t0
    csrr    t0, scause
    andi    t0, t0, ~2                  /* environment call from U or VS */
    addi    t0, t0, -EXC_ECALL_U
    bnez    t0, other
    csrr    t0, sepc
    addi    t0, t0, 4
    csrw    sepc, t0
    csrr    t0, sscratch
    sret

other:
    csrr    t0, scause
    bltz    t0, timer
    addi    t0, t0, -EXC_BREAKPOINT
    beqz    t0, to_supervisor

    /* A CSR is read that it may not read: any register gets 42. */
    la      t0, saved_t1
    sd      t1, 0(t0)
    csrr    t0, sepc
    addi    t0, t0, 4
    csrw    sepc, t0
    csrr    t1, stval                   /* the instruction */
    srli    t1, t1, 7
    andi    t1, t1, 31
    slli    t1, t1, 4
    la      t0, writers
    add     t1, t0, t1
    la      t0, saved_t1
    jr      t1
written:
    ld      t1, 0(t0)
    csrr    t0, sscratch
    sret
    .balign 16
writers:
    .irp number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    .balign 16
    .if \number == 5
    li      t1, 42
    csrw    sscratch, t1
    .elseif \number == 6
    li      t1, 42
    sd      t1, 0(t0)
    .else
    li      x\number, 42
    .endif
    j       written
    .endr

timer:
    li      t0, -1
    csrw    stimecmp, t0
    csrr    t0, sscratch
    sret

to_supervisor:                          /* U-mode is through: on behind the call of `in_user` */
    li      t0, SSTATUS_SPP
    csrs    sstatus, t0
    la      t0, resume
    ld      t0, 0(t0)
    csrw    sepc, t0
    csrr    t0, sscratch
    sret

in_user:                                /* runs the code at t1 in U-mode until its ebreak */
    la      t0, resume
    sd      ra, 0(t0)
    li      t0, 0x80000000 - USER_ALIAS
    sub     t1, t1, t0
    csrw    sepc, t1
    li      t0, SSTATUS_SPP
    csrc    sstatus, t0
    sret

    /* Each takes the number of traps in a0 and returns it. */
    .global system_calls, hypercalls, emulations, timers
system_calls:
    la      t1, 1f
    mv      a1, a0
    j       in_user
1:  ecall
    addi    a1, a1, -1
    bnez    a1, 1b
    ebreak

hypercalls:
    mv      a1, a0
1:  ecall
    addi    a1, a1, -1
    bnez    a1, 1b
    ret

emulations:
#if WORLD == WORLD_HS
    la      t1, 1f
    mv      a1, a0
    li      a0, 0
    j       in_user
1:  csrr    a2, sstatus
#else
    mv      a1, a0
    li      a0, 0
1:  csrr    a2, hstatus
#endif
    addi    a0, a0, 1
    addi    a3, a2, -42
    sub     a0, a0, a3
    addi    a1, a1, -1
    bnez    a1, 1b
#if WORLD == WORLD_HS
    ebreak
#else
    ret
#endif

timers:
    li      t0, -1
    csrw    stimecmp, t0
    li      t1, 1 << IRQ_STI
    csrs    sie, t1
    csrsi   sstatus, SSTATUS_SIE
    mv      a1, a0
1:  csrw    stimecmp, zero
2:  csrr    t0, stimecmp                /* the interrupt sets it */
    beqz    t0, 2b
    addi    a1, a1, -1
    bnez    a1, 1b
    csrci   sstatus, SSTATUS_SIE
    ret

    .bss
    .balign 8
saved_t1:
    .dword  0
resume:
    .dword  0
