/* Into random code, and out of it when traps have come from all of it, with no CSR to rely on but stvec. */
#include "isa.h"
#include "hostile.h"

    .text
/* void hostile_run(const uint64_t regs[32]) */
    .globl hostile_run
hostile_run:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    sd      s\n, 8 + 8 * \n(sp)
    .endr
    la      t0, stack_of_caller
    sd      sp, 0(t0)
    la      t0, trap
    csrw    stvec, t0
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld      x\n, 8 * \n(a0)
    .endr
    ld      a0, 80(a0)
    sret

    .balign 4
trap:
    la      t0, resumes
    ld      t1, 0(t0)
    addi    t1, t1, -1
    sd      t1, 0(t0)
    bltz    t1, leave
    csrr    t0, sepc
    la      t1, code
    sub     t1, t0, t1
    addi    t0, t0, 4
    csrw    sepc, t0
    li      t0, HOSTILE_CODE_SIZE
    bgeu    t1, t0, leave
    sret
leave:
    la      t0, stack_of_caller
    ld      sp, 0(t0)
    ld      ra, 0(sp)
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    ld      s\n, 8 + 8 * \n(sp)
    .endr
    addi    sp, sp, 112
    ret

    .bss
    .balign 8
stack_of_caller:
    .zero   8
