/* The driver's trap vector. */
#include "isa.h"

    .text
    .globl trap_vector
    .balign 4
trap_vector:
    addi    sp, sp, -16
    sd      t0, 0(sp)
    sd      t1, 8(sp)
    la      t0, trap
    csrr    t1, stval
    sd      t1, 8(t0)
    csrr    t1, scause
    sd      t1, 0(t0)

    /* After a jump to nowhere the caller is the place to go on. */
    csrr    t0, sepc
    addi    t1, t1, -EXC_INSTRUCTION_PAGE_FAULT
    beqz    t1, 1f
    addi    t1, t1, EXC_INSTRUCTION_PAGE_FAULT - EXC_INSTRUCTION_ACCESS_FAULT
    bnez    t1, 3f
1:  csrw    sepc, ra
    j       2f
3:  lhu     t1, 0(t0)
    andi    t1, t1, 3
    addi    t1, t1, -3
    addi    t0, t0, 2
    csrw    sepc, t0
    bnez    t1, 2f
    addi    t0, t0, 2
    csrw    sepc, t0
2:  ld      t0, 0(sp)
    ld      t1, 8(sp)
    addi    sp, sp, 16
    sret
