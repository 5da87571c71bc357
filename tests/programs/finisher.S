/* Finisher: what it reads, what is no command, and the command that ends this program. */
#include "test.h"

PROGRAM
    CHECK   1                               /* reads zero, and keeps nothing */
    EXPECT_MEM FINISHER_BASE, 0
    li      a0, FINISHER_BASE
    li      a1, 0x1234
    sw      a1, 0(a0)
    EXPECT_MEM FINISHER_BASE, 0
    CHECK   2                               /* a command elsewhere, or one of two bytes, is none */
    li      a1, FINISHER_FAIL
    sh      a1, 0(a0)
    sw      a1, 8(a0)
    li      gp, 0
    li      gp, 1
    li      a1, FINISHER_PASS
    sw      a1, 0(a0)
    li      gp, 3                           /* it has not ended */
    j       fail
