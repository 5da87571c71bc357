/* mcountinhibit: counters that stand still, each for itself, and go on. */
#include "test.h"

PROGRAM
    CHECK   1                               /* both */
    csrr    s0, mcycle
    csrwi   mcountinhibit, 5
    csrr    a0, minstret
    csrr    a1, mcycle
    nop
    csrr    a2, minstret
    csrr    a3, mcycle
    bne     a0, a2, fail
    bne     a1, a3, fail
    sub     a1, a1, s0                      /* and they stand where they were */
    sltiu   a1, a1, 1000
    EXPECT  a1, 1
    csrr    a1, mcycle
    CHECK   2                               /* their read-only names stand still, too */
    csrr    a2, instret
    csrr    a3, cycle
    bne     a0, a2, fail
    bne     a1, a3, fail
    CHECK   3                               /* a write takes effect all the same */
    li      a0, 77
    csrw    minstret, a0
    csrw    mcycle, a0
    csrr    a2, minstret
    csrr    a3, mcycle
    EXPECT  a2, 77
    EXPECT  a3, 77
    CHECK   4                               /* only instructions stand still */
    csrwi   mcountinhibit, 4
    csrr    a1, mcycle
    nop
    csrr    a3, mcycle
    csrr    a2, minstret
    bgeu    a1, a3, fail
    EXPECT  a2, 77
    CHECK   5                               /* only cycles */
    csrwi   mcountinhibit, 1
    csrr    a1, mcycle
    csrr    a0, minstret
    nop
    csrr    a2, minstret
    csrr    a3, mcycle
    addi    a4, a0, -77                     /* it goes on from where it stood */
    sltiu   a4, a4, 3
    EXPECT  a4, 1
    sub     a2, a2, a0
    EXPECT  a2, 2
    bne     a1, a3, fail
    CHECK   6                               /* time has no inhibit bit */
    csrwi   mcountinhibit, 7
    EXPECT_CSR mcountinhibit, 5
    csrwi   mcountinhibit, 0
    csrr    a3, mcycle                      /* counting goes on from there */
    sub     a3, a3, a1
    sltiu   a3, a3, 1000
    EXPECT  a3, 1
    j       pass
