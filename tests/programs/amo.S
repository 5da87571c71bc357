/* A extension: every atomic operation in both widths, rd = rs1, rd = rs2, x0, and misaligned addresses. */
#include "test.h"

.macro AMO n, op, before, operand, w_after, d_after
    CHECK   \n
    PUT     DATA(0), \before
    li      a0, DATA(0)
    li      a1, \operand
    \op\().w a2, a1, (a0)
    lw      a3, 0(a0)
    li      t6, \before
    sext.w  t6, t6
    bne     a2, t6, fail
    EXPECT  a3, \w_after
    PUT     DATA(0), \before
    \op\().d.aqrl a2, a1, (a0)
    EXPECT  a2, \before
    EXPECT_MEM DATA(0), \d_after
.endm

#define OLD 0x80000000f0000003
#define NEW 0x7fffffff0000000c

PROGRAM
    AMO     1, amoswap, OLD, NEW, 0xc, NEW
    AMO     2, amoadd, OLD, NEW, 0xfffffffff000000f, 0xfffffffff000000f
    AMO     3, amoxor, OLD, NEW, 0xfffffffff000000f, 0xfffffffff000000f
    AMO     4, amoand, OLD, NEW, 0, 0
    AMO     5, amoor, OLD, NEW, 0xfffffffff000000f, 0xfffffffff000000f
    AMO     6, amomin, OLD, NEW, 0xfffffffff0000003, OLD
    AMO     7, amomax, OLD, NEW, 0xc, NEW
    AMO     8, amominu, OLD, NEW, 0xc, NEW
    AMO     9, amomaxu, OLD, NEW, 0xfffffffff0000003, OLD

    CHECK   10                              /* a word operation leaves the other word alone */
    PUT     DATA(0), 0x1111111122222222
    li      a0, DATA(0) + 4
    li      a1, 1
    amoadd.w a2, a1, (a0)
    EXPECT  a2, 0x11111111
    EXPECT_MEM DATA(0), 0x1111111222222222

    CHECK   11                              /* the address register may receive the old value */
    PUT     DATA(0), 5
    li      a0, DATA(0)
    li      a1, 9
    amoswap.d a0, a1, (a0)
    EXPECT  a0, 5
    EXPECT_MEM DATA(0), 9

    CHECK   12                              /* so may the operand register */
    li      a0, DATA(0)
    li      a1, 4
    amoadd.d a1, a1, (a0)
    EXPECT  a1, 9
    EXPECT_MEM DATA(0), 13

    CHECK   13                              /* x0 drops the old value, the store happens */
    amoswap.d x0, x0, (a0)
    EXPECT_MEM DATA(0), 0

    CHECK   14
    li      a0, DATA(0) + 2
    TRAPS   EXC_STORE_MISALIGNED, amoadd.w a2, a1, (a0)
    EXPECT_CSR mtval, DATA(0) + 2
    CHECK   15
    li      a0, DATA(0) + 4
    TRAPS   EXC_STORE_MISALIGNED, amoor.d a2, a1, (a0)
    EXPECT_CSR mtval, DATA(0) + 4
    CHECK   16
    TRAPS   EXC_LOAD_MISALIGNED, lr.d a2, (a0)
    EXPECT_CSR mtval, DATA(0) + 4
    CHECK   17
    TRAPS   EXC_STORE_MISALIGNED, sc.d a2, a1, (a0)
    EXPECT_CSR mtval, DATA(0) + 4
    EXPECT_MEM DATA(0), 0

    CHECK   18                              /* memory that no cache may hold */
    la      a0, fromhost
    li      a1, 3
    sd      a1, 0(a0)
    amoadd.d a2, a1, (a0)
    EXPECT  a2, 3
    amoswap.w a2, x0, (a0)
    EXPECT  a2, 6
    ld      a2, 0(a0)
    EXPECT  a2, 0
    j       pass
