/* Load-reserved and store-conditional: success, failure without a reservation, and one reservation at a time. */
#include "test.h"

PROGRAM
    CHECK   1
    PUT     DATA(0), 0xfedcba9876543210
    li      a0, DATA(0)
    li      a1, 7
    lr.d    a2, (a0)
    sc.d    a3, a1, (a0)
    EXPECT  a2, 0xfedcba9876543210
    EXPECT  a3, 0
    EXPECT_MEM DATA(0), 7

    CHECK   2                               /* the reservation is used up, also when SC fails */
    sc.d    a3, a2, (a0)
    beqz    a3, fail
    EXPECT_MEM DATA(0), 7

    CHECK   3                               /* LR.W sign-extends, SC.W writes 32 bits */
    PUT     DATA(0), 0x11111111ffffffff
    lr.w.aq a2, (a0)
    li      a1, 0x123456789
    sc.w.rl a3, a1, (a0)
    EXPECT  a2, -1
    EXPECT  a3, 0
    EXPECT_MEM DATA(0), 0x1111111123456789

    CHECK   4                               /* another address */
    li      a4, DATA(1)
    lr.d    a2, (a0)
    sc.d    a3, a1, (a4)
    beqz    a3, fail
    EXPECT_MEM DATA(1), 0

    CHECK   5                               /* a second LR moves the reservation */
    lr.d    a2, (a0)
    lr.d    a2, (a4)
    sc.d    a3, a1, (a0)
    beqz    a3, fail

    CHECK   6                               /* no reservation at all */
    sc.w    a3, a1, (a4)
    beqz    a3, fail
    EXPECT_MEM DATA(1), 0

    CHECK   7                               /* a loop that increments, as the manual constrains it */
    PUT     DATA(0), 41
1:  lr.d    a2, (a0)
    addi    a2, a2, 1
    sc.d    a3, a2, (a0)
    bnez    a3, 1b
    EXPECT_MEM DATA(0), 42

    CHECK   8                               /* rd = x0 and rd = rs2 */
    lr.d    x0, (a0)
    li      a3, 9
    sc.d    a3, a3, (a0)
    EXPECT  a3, 0
    EXPECT_MEM DATA(0), 9
    j       pass
