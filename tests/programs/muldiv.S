/* M extension: products of all sign combinations, division by zero, overflow, and the word forms. */
#include "test.h"

.macro OP n, insn, a, b, result
    CHECK   \n
    li      a0, \a
    li      a1, \b
    \insn   a2, a0, a1
    EXPECT  a2, \result
.endm

#define MAX 0x7fffffffffffffff
#define MIN 0x8000000000000000

PROGRAM
    OP      1, mul, -1, -1, 1
    OP      2, mul, MIN, -1, MIN
    OP      3, mul, 0x123456789, 0xabcdef012, 0x379aaab7f0bfb7a2
    OP      4, mulh, MIN, MIN, 0x4000000000000000
    OP      5, mulh, -1, -1, 0
    OP      6, mulh, MIN, MAX, 0xc000000000000000
    OP      7, mulhu, -1, -1, 0xfffffffffffffffe
    OP      8, mulhu, MIN, 2, 1
    OP      9, mulhsu, -1, -1, -1
    OP      10, mulhsu, MIN, -1, MIN
    OP      11, mulhsu, 1, -1, 0
    OP      12, mulw, 0x80000000, -1, 0xffffffff80000000
    OP      13, mulw, 0x7fffffff00000003, 5, 15
    OP      14, div, 7, -2, -3
    OP      15, div, -7, 2, -3
    OP      16, div, 5, 0, -1              /* division by zero: all ones */
    OP      17, div, MIN, -1, MIN          /* overflow: the dividend */
    OP      18, divu, 5, 0, -1
    OP      19, divu, MIN, -1, 0
    OP      20, divu, -1, 2, MAX
    OP      21, rem, -7, 2, -1             /* the sign of the dividend */
    OP      22, rem, 7, -2, 1
    OP      23, rem, -5, 0, -5
    OP      24, rem, MIN, -1, 0
    OP      25, remu, 5, 0, 5
    OP      26, remu, MIN, -1, MIN
    OP      27, divw, 0x80000000, -1, 0xffffffff80000000
    OP      28, divw, 0x100000007, 0x500000000, -1
    OP      29, divw, 0xfffffff9, 2, -3
    OP      30, divuw, 0xfffffff9, 2, 0x7ffffffc
    OP      31, divuw, 0xffffffff, 1, -1   /* the 32-bit result is sign-extended */
    OP      32, divuw, 1, 0, -1
    OP      33, remw, 0x80000000, -1, 0
    OP      34, remw, 0x180000001, 0, 0xffffffff80000001
    OP      35, remuw, 0xffffffff, 0, -1
    OP      36, remuw, 0xfffffff9, 2, 1

    CHECK   37                              /* rd may be a source */
    li      a0, 100
    li      a1, 7
    div     a0, a0, a1
    rem     a1, a0, a1
    EXPECT  a0, 14
    EXPECT  a1, 0

    CHECK   38                              /* quotient and remainder together give the dividend back */
    li      a0, 0x8123456789abcdef
    li      a1, 0x10001
    div     a2, a0, a1
    rem     a3, a0, a1
    mul     a2, a2, a1
    add     a2, a2, a3
    bne     a0, a2, fail
    j       pass
