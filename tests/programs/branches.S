/* Jumps and branches: conditions at their corners, link values, the cleared bit 0 of JALR, backward targets. */
#include "test.h"

.macro TAKEN n, insn, a, b
    CHECK   \n
    li      a0, \a
    li      a1, \b
    \insn   a0, a1, .Lok\@
    j       fail
.Lok\@:
.endm
.macro NOT_TAKEN n, insn, a, b
    CHECK   \n
    li      a0, \a
    li      a1, \b
    \insn   a0, a1, .Lbad\@
    j       .Lok\@
.Lbad\@:
    j       fail
.Lok\@:
.endm

#define MAX 0x7fffffffffffffff
#define MIN 0x8000000000000000

PROGRAM
    TAKEN       1, beq, MIN, MIN
    NOT_TAKEN   2, beq, 0, MIN
    NOT_TAKEN   3, bne, -1, -1
    TAKEN       4, bne, 0, 0x100000000
    TAKEN       5, blt, MIN, MAX
    NOT_TAKEN   6, blt, MAX, MIN
    NOT_TAKEN   7, blt, 3, 3
    TAKEN       8, bge, MAX, MIN
    TAKEN       9, bge, 3, 3
    NOT_TAKEN   10, bge, -1, 0
    TAKEN       11, bltu, MAX, MIN
    NOT_TAKEN   12, bltu, -1, 0
    TAKEN       13, bgeu, -1, 0
    NOT_TAKEN   14, bgeu, 0, 1

    CHECK   15                              /* a loop: backward branches, taken 99 times */
    li      a0, 0
    li      a1, 100
1:  addi    a0, a0, 1
    bne     a0, a1, 1b
    EXPECT  a0, 100

    CHECK   16                              /* JAL links the next instruction */
    .option push
    .option norvc
2:  jal     a0, 3f
3:  la      a1, 3b
    bne     a0, a1, fail

    CHECK   17                              /* JALR clears bit 0 of the sum and reads rs1 before it writes rd */
    la      a0, 4f
    jalr    a0, 1(a0)
    j       fail
4:  la      a1, 4b - 4
    bne     a0, a1, fail

    CHECK   18                              /* a negative offset */
    la      a0, 5f + 2047
    jalr    x0, -2047(a0)
    j       fail
5:
    .option pop
    CHECK   19                              /* the link of a compressed call is two bytes on */
    la      a0, 7f
6:  c.jalr  a0
    j       fail
7:  la      a1, 6b + 2
    bne     ra, a1, fail

    CHECK   20                              /* a target that is not a multiple of four */
    la      a0, 8f
    jr      a0
    .balign 4
    c.nop
8:  andi    a1, a0, 3
    EXPECT  a1, 2

    CHECK   21                              /* far calls and returns, nested */
    call    outer
    EXPECT  a0, 7
    j       pass

outer:
    mv      s0, ra
    call    inner
    addi    a0, a0, 3
    mv      ra, s0
    ret
inner:
    li      a0, 4
    ret
