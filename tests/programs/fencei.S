/* FENCE and FENCE.I: code that changes itself, in place, far away, and around a loop. */
#include "test.h"

/* The routine that adds 2, 4, 8 and 16 begins with this word, and gives this result, three times. */
.macro BECOMES word, result
    la      a0, changing
    li      a2, \word
    sw      a2, 0(a0)
    fence.i
    .rept 3
    li      a1, 0
    jalr    a0
    EXPECT  a1, \result
    .endr
.endm

PROGRAM
    CHECK   1                               /* FENCE with any operands, and its reserved forms, do nothing else */
    fence
    fence   r, w
    fence   0, 0
    fence.tso
    pause
    .word   0xF00F0F8F                      /* reserved fm, rd and rs1 */
    .word   0x0015958F                      /* FENCE.I with reserved imm, rd and rs1 */

    CHECK   2
    la      a0, patch
    call    patch
    EXPECT  a1, 1
    lw      a2, replacement
    sw      a2, 0(a0)
    fence.i
    call    patch
    EXPECT  a1, 2

    CHECK   3                               /* new code on a fresh page */
    li      a0, DATA(0)
    li      a2, 0x00300593                  /* li a1, 3 */
    sw      a2, 0(a0)
    li      a2, 0x8082                      /* ret */
    sh      a2, 4(a0)
    fence.i
    jalr    a0
    EXPECT  a1, 3

    CHECK   4                               /* each round of a loop runs what the round before wrote */
    li      a3, 0
    li      a4, 8
1:  slli    a2, a3, 20
    li      t0, 0x00000593                  /* li a1, imm */
    or      a2, a2, t0
    la      a0, 2f
    sw      a2, 0(a0)
    fence.i
    .balign 4
2:  .word   0
    bne     a1, a3, fail
    addi    a3, a3, 1
    bne     a3, a4, 1b

    CHECK   5                               /* what was a jump, and was taken, goes on to the next instruction */
    BECOMES 0x0100006f, 16                  /* j .+16 */
    BECOMES 0x00158593, 31                  /* addi a1, a1, 1 */
    CHECK   6                               /* ... or was shorter, and ends in the middle of it */
    BECOMES 0xa801a801, 16                  /* c.j .+16, twice */
    BECOMES 0x00158593, 31
    CHECK   7                               /* ... or is two */
    BECOMES 0xa0390001, 16                  /* c.nop, c.j .+14 */
    BECOMES 0x05850585, 32                  /* c.addi a1, 1, twice */
    CHECK   8                               /* a jump to elsewhere */
    BECOMES 0x0100006f, 16
    BECOMES 0x0140006f, 0                   /* j .+20 */
    BECOMES 0x0040006f, 30                  /* j .+4 */
    j       pass

    .balign 8
    .option push
    .option norvc
patch:
    li      a1, 1
    ret
changing:
    .word   0
    addi    a1, a1, 2
    addi    a1, a1, 4
    addi    a1, a1, 8
    addi    a1, a1, 16
    ret
replacement:
    li      a1, 2
    .option pop
