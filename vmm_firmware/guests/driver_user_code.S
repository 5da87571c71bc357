/* The driver's way into user mode, and the code it runs there. */
#include "isa.h"

    .text

/* uint64_t user_run(uint64_t pc, uint64_t a0) */
    .globl user_run
user_run:
    addi    sp, sp, -16
    sd      ra, 0(sp)
    la      t0, 1f
    csrrw   t0, stvec, t0
    sd      t0, 8(sp)
    csrw    sepc, a0
    li      t0, SSTATUS_SPP
    csrc    sstatus, t0
    mv      a0, a1
    sret
    .balign 4
1:  ld      t0, 8(sp)
    csrw    stvec, t0
    ld      ra, 0(sp)
    addi    sp, sp, 16
    la      t0, trap
    csrr    t1, stval
    sd      t1, 8(t0)
    csrr    t1, scause
    sd      t1, 0(t0)
    ret

    .macro  user name, instruction:vararg
    .globl  \name
    .balign 4
\name:
    \instruction
    ecall
    .endm

    user    user_ecall, nop
    user    user_load, lbu a0, 0(a0)
    user    user_wfi, wfi
    user    user_sret, sret
    user    user_cycle, rdcycle a0
    user    user_satp, csrr a0, satp
    user    user_fence, sfence.vma
    user    user_hgatp, csrr a0, hgatp
    user    user_hlv, .4byte MATCH_HLV_D | 10 << 7 | 10 << 15
