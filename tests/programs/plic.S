/* PLIC: the registers of every source, whatever is connected, and accesses of other widths. */
#include "test.h"

#define PENDING     (PLIC_BASE + PLIC_PENDING)
#define ENABLE(c)   (PLIC_BASE + PLIC_ENABLE + (c) * PLIC_ENABLE_STRIDE)
#define THRESHOLD(c) (PLIC_BASE + PLIC_CONTEXT + (c) * PLIC_CONTEXT_STRIDE)
#define CLAIM(c)    (THRESHOLD(c) + 4)
#define SOURCES     31

/* Source s1: its register to s3, and the priority that it gets here to s2. */
.macro SOURCE
    li      t0, 7
    remu    s2, s1, t0
    addi    s2, s2, 1
    slli    s3, s1, 2
    add     s3, s3, s0
.endm

PROGRAM
    csrw    mie, x0
    li      s0, PLIC_BASE
    CHECK   1                               /* source n gets priority n % 7 + 1, each by a store of its own */
    li      s1, SOURCES
1:  SOURCE
    sw      s2, 0(s3)
    addi    s1, s1, -1
    bnez    s1, 1b
    CHECK   2                               /* each has kept its own; source 0 and those above 31 are not there */
    li      s1, SOURCES
1:  SOURCE
    lwu     s4, 0(s3)
    bne     s2, s4, fail
    sw      x0, 0(s3)
    addi    s1, s1, -1
    bnez    s1, 1b
    lwu     s4, 0(s0)
    bnez    s4, fail
    li      s4, -1
    sw      s4, 4 * (SOURCES + 1)(s0)
    lwu     s4, 4 * (SOURCES + 1)(s0)
    bnez    s4, fail
    CHECK   3                               /* a doubleword is two registers, a byte is no store */
    PUT     PLIC_BASE + 8 * 15, 0x700000006
    EXPECT_MEM PLIC_BASE + 8 * 15, 0x700000006
    sb      x0, 8 * 15(s0)
    EXPECT_MEM PLIC_BASE + 8 * 15, 0x700000006
    sd      x0, 8 * 15(s0)
    CHECK   4                               /* the contexts are apart */
    li      t6, ENABLE(0)
    li      t5, 0x80000001
    sw      t5, 0(t6)
    li      t6, ENABLE(1)
    li      t5, 0x40000000
    sw      t5, 0(t6)
    EXPECT_MEM ENABLE(0), 0x80000000
    EXPECT_MEM ENABLE(1), 0x40000000
    PUT     ENABLE(0), 0
    PUT     ENABLE(1), 0
    li      t6, THRESHOLD(1)
    li      t5, 3
    sw      t5, 0(t6)
    EXPECT_MEM THRESHOLD(1), 3
    EXPECT_MEM THRESHOLD(0), 0
    PUT     THRESHOLD(1), 0
    CHECK   5                               /* nothing is pending: nothing to claim; completions that fit nothing */
    EXPECT_MEM PENDING, 0
    li      t6, CLAIM(0)
    lwu     t5, 0(t6)
    bnez    t5, fail
    li      t5, -1
    sw      t5, 0(t6)
    li      t5, UART_IRQ
    sw      t5, 0(t6)
    EXPECT_BITS mip, MIP_MEIP | MIP_SEIP, 0
    j       pass
