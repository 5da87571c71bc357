/* What ends a reservation on this machine: traps, returns, stores to its 64-byte block, another address. */
#include "test.h"

.macro FAILS n, between:vararg
    CHECK   \n
    lr.d    a2, (a0)
    \between
    sc.d    a3, a1, (a0)
    beqz    a3, fail
    EXPECT_MEM DATA(0), 0
.endm

PROGRAM
    li      a0, DATA(0)
    li      a1, 7
    li      a4, 9
    FAILS   1, sd a4, 8(a0)
    FAILS   2, sb a4, 63(a0)
    addi    a6, a0, 16
    FAILS   3, amoadd.w a5, a4, (a6)
    CHECK   4                               /* a trap */
    lr.d    a2, (a0)
    la      t6, 1f
    csrw    mscratch, t6
    ecall
1:  sc.d    a3, a1, (a0)
    beqz    a3, fail
    CHECK   5                               /* a return */
    la      t0, 2f
    csrw    mepc, t0
    li      t0, MSTATUS_MPP
    csrs    mstatus, t0
    lr.d    a2, (a0)
    mret
2:  sc.d    a3, a1, (a0)
    beqz    a3, fail
    CHECK   6                               /* the same block, not the same address */
    lr.d    a2, (a0)
    addi    a5, a0, 8
    sc.d    a3, a1, (a5)
    beqz    a3, fail
    EXPECT_MEM DATA(0), 0
    CHECK   7                               /* a page fault at the store before it */
    lr.d    a2, (a0)
    li      a5, 0x40000000
    TRAPS   EXC_STORE_ACCESS_FAULT, sd a1, 0(a5)
    sc.d    a3, a1, (a0)
    beqz    a3, fail
    CHECK   8                               /* what does not end it: loads, other blocks are not in the way of a retry */
    li      a6, 10
3:  lr.d    a2, (a0)
    ld      a5, 8(a0)
    addi    a2, a2, 1
    sc.d    a3, a2, (a0)
    beqz    a3, 4f
    addi    a6, a6, -1
    bnez    a6, 3b
    j       fail
4:  EXPECT_MEM DATA(0), 1
    j       pass
