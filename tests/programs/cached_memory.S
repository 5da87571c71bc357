/* What a write-back cache could get wrong: lines that displace each other, loads right behind stores, atomic operations, code and
page tables in lines that were modified, one page under two addresses. Pages are 4 KiB apart, so equal offsets share a set. */
#include "test.h"

#define RIVALS      8                       /* more pages than a set has ways */

/* a0 := DATA(0) + offset, a1 := number of rivals, a2 := one page. */
.macro OVER_RIVALS offset
    li      a0, DATA(0) + \offset
    li      a1, RIVALS
    li      a2, 1 << PAGE_SHIFT
.endm

/* Displaces whatever is cached at this offset of a page. */
.macro DISPLACE offset
    OVER_RIVALS \offset
.Ldisplace\@:
    ld      t0, 0(a0)
    add     a0, a0, a2
    addi    a1, a1, -1
    bnez    a1, .Ldisplace\@
.endm

PROGRAM
    CHECK   1                               /* eight lines of one set, each word of each its own */
    OVER_RIVALS 0x140
    li      a3, 0x0101
1:  sd      a3, 0(a0)
    sw      a3, 8(a0)
    sh      a3, 18(a0)
    sb      a3, 63(a0)
    add     a0, a0, a2
    addi    a3, a3, 0x0101
    addi    a1, a1, -1
    bnez    a1, 1b
    OVER_RIVALS 0x140
    li      a3, 0x0101
2:  ld      t0, 0(a0)
    bne     t0, a3, fail
    ld      t0, 8(a0)
    bne     t0, a3, fail
    ld      t0, 16(a0)
    slli    t1, a3, 16
    bne     t0, t1, fail
    ld      t0, 56(a0)
    slli    t1, a3, 56
    bne     t0, t1, fail
    add     a0, a0, a2
    addi    a3, a3, 0x0101
    addi    a1, a1, -1
    bnez    a1, 2b

    CHECK   2                               /* loads right behind stores to the same word, of any size */
    li      a0, DATA(9) + 0x208
    li      a1, -2
    sd      a1, 0(a0)
    lw      a2, 4(a0)
    EXPECT  a2, -1
    sb      x0, 3(a0)
    lwu     a2, 0(a0)
    EXPECT  a2, 0x00fffffe
    sh      x0, 0(a0)
    sb      a1, 7(a0)
    ld      a2, 0(a0)
    EXPECT  a2, 0xfeffffff00ff0000
    li      a3, 100                         /* one word, over and over */
1:  sd      a3, 0(a0)
    ld      a2, 0(a0)
    bne     a2, a3, fail
    sw      a2, 4(a0)
    lw      a4, 4(a0)
    bne     a4, a3, fail
    addi    a3, a3, -1
    bnez    a3, 1b
    sd      a0, 0(a0)                       /* the next word of the same line is another one */
    ld      a2, 8(a0)
    EXPECT  a2, 0
    ld      a2, 0(a0)
    bne     a2, a0, fail

    CHECK   3                               /* AMO on a modified line, and on one that was displaced */
    li      s0, DATA(0) + 0x280
    li      a3, 5
    sd      a3, 0(s0)
    amoadd.d a4, a3, (s0)
    EXPECT  a4, 5
    DISPLACE 0x280
    li      a3, -1
    amomaxu.w a4, a3, (s0)
    EXPECT  a4, 10
    ld      a4, 0(s0)
    EXPECT  a4, 0xffffffff
    amoswap.w a4, x0, (s0)
    EXPECT  a4, -1
    ld      a4, 0(s0)
    EXPECT  a4, 0
    CHECK   4                               /* a reservation does not depend on where the line is */
    lr.d    a4, (s0)
    DISPLACE 0x280
    li      a3, 7
    sc.d    a4, a3, (s0)
    EXPECT  a4, 0
    ld      a4, 0(s0)
    EXPECT  a4, 7

    CHECK   5                               /* code in modified lines of one set, written twice */
    li      s1, 1
code:
    OVER_RIVALS 0x300
    slli    a3, s1, 20
1:  li      t0, 0x00000513                  /* li a0, imm */
    or      t0, t0, a3
    sw      t0, 0(a0)
    li      t0, 0x00008067                  /* ret */
    sw      t0, 4(a0)
    add     a0, a0, a2
    li      t0, 1 << 20
    add     a3, a3, t0
    addi    a1, a1, -1
    bnez    a1, 1b
    fence.i
    OVER_RIVALS 0x300
    mv      s0, a0
    mv      a3, s1
2:  jalr    s0
    bne     a0, a3, fail
    addi    a3, a3, 1
    add     s0, s0, a2
    addi    a1, a1, -1
    bnez    a1, 2b
    addi    s1, s1, 100
    li      t0, 300
    blt     s1, t0, code

    MAP_RAM S_ROOT, S_L1, S_L0
    SET     satp, SV39(S_ROOT)
    PUT     DATA(10), 10
    PUT     DATA(11), 11
    li      a5, VA(0)

    CHECK   6                               /* a page table that nobody has written back */
    PUT     S_L0, PTE_OF(DATA(10), KERNEL_RW)
    sfence.vma
    TRY     PRV_S, 0, ld a4, (a5)
    EXPECT_DONE PRV_S
    EXPECT  a4, 10
    CHECK   7                               /* written and displaced, or written just now */
    PUT     S_L0, PTE_OF(DATA(11), KERNEL_RW)
    DISPLACE 0
    sfence.vma
    TRY     PRV_S, 0, ld a4, (a5)
    EXPECT  a4, 11
    DISPLACE 0
    PUT     S_L0, PTE_OF(DATA(10), KERNEL_RW)
    sfence.vma
    TRY     PRV_S, 0, ld a4, (a5)
    EXPECT  a4, 10
    CHECK   8                               /* an entry under an AMO */
    li      a3, PTE_OF(DATA(11), KERNEL_RW)
    li      a6, S_L0
    amoswap.d a4, a3, (a6)
    sfence.vma
    TRY     PRV_S, 0, ld a4, (a5)
    EXPECT  a4, 11

    CHECK   9                               /* one page, two addresses, each with a line of its own offset */
    PUT     S_L0 + 8, PTE_OF(DATA(11), KERNEL_RW)
    sfence.vma
    li      a6, VA(1)
    li      a3, 0x99
    TRY     PRV_S, 0, sd a3, 0x40(a5)
    TRY     PRV_S, 0, ld a4, 0x40(a6)
    EXPECT  a4, 0x99
    TRY     PRV_S, 0, sd a5, 0x40(a6)
    TRY     PRV_S, 0, ld a4, 0x40(a5)
    bne     a4, a5, fail
    EXPECT_MEM DATA(11) + 0x40, VA(0)
    j       pass
