/* CLINT: each byte of msip, mtimecmp and mtime by itself, and the lines. */
#include "test.h"

#define MSIP        (CLINT_BASE + CLINT_MSIP)
#define MTIMECMP    (CLINT_BASE + CLINT_MTIMECMP)
#define MTIME       (CLINT_BASE + CLINT_MTIME)

PROGRAM
    csrw    mie, x0
    CHECK   1                               /* a byte of mtimecmp changes no other */
    PUT     MTIMECMP, 0x1122334455667788
    li      t6, MTIMECMP
    li      t5, 0xf0
    .irp    byte, 7, 6, 5, 4, 3, 2, 1, 0
    sb      t5, \byte(t6)
    addi    t5, t5, 1
    .endr
    EXPECT_MEM MTIMECMP, 0xf0f1f2f3f4f5f6f7
    li      t5, 0x1234
    li      t6, MTIMECMP
    sh      t5, 2(t6)
    EXPECT_MEM MTIMECMP, 0xf0f1f2f31234f6f7
    CHECK   2                               /* only bit 0 of msip is there */
    PUT     MSIP, -1
    EXPECT_MEM MSIP, 1
    EXPECT_BITS mip, MIP_MSIP, MIP_MSIP
    li      t6, MSIP
    sb      x0, 0(t6)
    EXPECT_MEM MSIP, 0
    EXPECT_BITS mip, MIP_MSIP, 0
    CHECK   3                               /* mtime goes on from what is stored, byte by byte */
    PUT     MTIME, 0
    li      t6, MTIME
    li      t5, 0x7f
    sb      t5, 7(t6)
    sb      t5, 5(t6)
    sb      t5, 3(t6)
    GET     a0, MTIME
    srli    a0, a0, 16
    EXPECT  a0, 0x7f007f007f00
    GET     a0, MTIME
1:  GET     a1, MTIME
    bgeu    a0, a1, 1b
    CHECK   4                               /* pending from that moment on, unsigned; the line arrives behind the store */
    PUT     MTIMECMP, 0x7f007f007f000000
    EXPECT_MEM MTIMECMP, 0x7f007f007f000000
    EXPECT_BITS mip, MIP_MTIP, MIP_MTIP
    PUT     MTIMECMP, 1 << 63
    EXPECT_MEM MTIMECMP, 1 << 63
    EXPECT_BITS mip, MIP_MTIP, 0
    CHECK   5                               /* what lies between the registers reads zero and keeps nothing */
    PUT     CLINT_BASE + 0x100, -1
    EXPECT_MEM CLINT_BASE + 0x100, 0
    j       pass
