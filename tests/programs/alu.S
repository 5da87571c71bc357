/* RV64I arithmetic: corner values of every register and immediate operation. */
#include "test.h"

.macro OP n, insn, a, b, result
    CHECK   \n
    li      a0, \a
    li      a1, \b
    \insn   a2, a0, a1
    EXPECT  a2, \result
.endm
.macro OPI n, insn, a, imm, result
    CHECK   \n
    li      a0, \a
    \insn   a2, a0, \imm
    EXPECT  a2, \result
.endm

#define MAX 0x7fffffffffffffff
#define MIN 0x8000000000000000

PROGRAM
    OP      1, add, MAX, 1, MIN
    OP      2, add, -1, 1, 0
    OP      3, sub, MIN, 1, MAX
    OP      4, sub, 0, MIN, MIN
    OP      5, slt, MIN, MAX, 1
    OP      6, slt, -1, 0, 1
    OP      7, slt, 5, 5, 0
    OP      8, sltu, -1, 0, 0
    OP      9, sltu, 0, -1, 1
    OP      10, xor, 0x0ff00ff00ff00ff0, -1, 0xf00ff00ff00ff00f
    OP      11, or, 0x00ff00ff00000000, 0xff00ff00, 0x00ff00ffff00ff00
    OP      12, and, 0x0123456789abcdef, 0xff00ff00ff00ff00, 0x010045008900cd00
    OP      13, sll, 1, 63, MIN
    OP      14, sll, 1, 64, 1              /* only six bits of the amount count */
    OP      15, srl, MIN, 63, 1
    OP      16, srl, -1, 0xfffffffffffffffc, 0xf
    OP      17, sra, MIN, 63, -1
    OP      18, sra, MAX, 62, 1
    OP      19, addw, 0x7fffffff, 1, 0xffffffff80000000
    OP      20, addw, 0xffffffff00000001, 1, 2
    OP      21, subw, 0x80000000, 1, 0x7fffffff
    OP      22, subw, 0, 0x80000000, 0xffffffff80000000
    OP      23, sllw, 1, 31, 0xffffffff80000000
    OP      24, sllw, 1, 32, 1             /* only five bits count in a word shift */
    OP      25, srlw, 0xffffffff80000000, 31, 1
    OP      26, srlw, 0x180000000, 0, 0xffffffff80000000
    OP      27, sraw, 0x80000000, 31, -1
    OP      28, sraw, 0xf7fffffff, 30, 1
    OPI     29, addi, MAX, 2047, 0x80000000000007fe
    OPI     30, addi, 0, -2048, -2048
    OPI     31, slti, MIN, -2048, 1
    OPI     32, slti, -2048, -2048, 0
    OPI     33, sltiu, 1, -1, 1            /* the immediate is sign-extended, then compared unsigned */
    OPI     34, sltiu, -1, -1, 0
    OPI     35, xori, 0x123, -1, 0xfffffffffffffedc
    OPI     36, ori, 0, -2048, -2048
    OPI     37, andi, -1, -2048, -2048
    OPI     38, slli, 3, 63, MIN
    OPI     39, srli, MIN, 63, 1
    OPI     40, srai, MIN, 63, -1
    OPI     41, addiw, 0x7fffffff, 1, 0xffffffff80000000
    OPI     42, addiw, 0xffffffff12345678, 0, 0x12345678
    OPI     43, slliw, 3, 31, 0xffffffff80000000
    OPI     44, srliw, 0xffffffffffffffff, 1, 0x7fffffff
    OPI     45, sraiw, 0x80000000, 31, -1

    CHECK   46                              /* LUI sign-extends bit 31 */
    lui     a0, 0x80000
    EXPECT  a0, 0xffffffff80000000
    CHECK   47
    lui     a0, 0x7ffff
    EXPECT  a0, 0x7ffff000

    CHECK   48
here:
    auipc   a0, 0
    auipc   a1, 0xfffff                     /* one page back */
    la      a2, here
    bne     a0, a2, fail
    sub     a0, a0, a1
    EXPECT  a0, 0x1000 - 4

    CHECK   49                              /* x0 is never written */
    li      a0, -1
    add     x0, a0, a0
    addi    x0, a0, 5
    EXPECT  x0, 0
    OP      50, srlw, 0x80000000, 33, 0x40000000
    OP      51, sraw, 0x80000000, 33, 0xffffffffc0000000
    j       pass
