/* FENCE and FENCE.I: code that changes itself, in place, far away, and around a loop. */
#include "test.h"

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
    j       pass

    .balign 4
    .option push
    .option norvc
patch:
    li      a1, 1
    ret
replacement:
    li      a1, 2
    .option pop
