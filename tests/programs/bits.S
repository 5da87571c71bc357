/* Zba, Zbb, Zbs and Zicond: each instruction at values where its neighbours would give something else.
Needs: Zba Zbb Zbs Zicond. */
    .option arch, +zba, +zbb, +zbs, +zicond
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
.macro ONE n, insn, a, result
    CHECK   \n
    li      a0, \a
    \insn   a2, a0
    EXPECT  a2, \result
.endm

PROGRAM
    OP      1, add.uw, 0xffffffff00000001, -1, 0
    OP      2, add.uw, -1, 1, 0x100000000
    OP      3, sh1add, 0x8000000000000001, 3, 5
    OP      4, sh2add, 0x123456789abcdef, 0xfedcba9876543210, 0x369d0369d0369cc
    OP      5, sh3add, -1, 8, 0
    OP      6, sh1add.uw, -1, 1, 0x1ffffffff
    OP      7, sh2add.uw, 0xfedcba9876543210, 0x123456789abcdef, 0x123456962fc962f
    OP      8, sh3add.uw, 0x1ffffffff, -8, 0x7fffffff0
    OPI     9, slli.uw, -1, 32, 0xffffffff00000000
    OPI     10, slli.uw, -1, 0, 0xffffffff
    OPI     11, slli.uw, 0x8000000000000001, 63, 0x8000000000000000
    OP      12, andn, 0x123456789abcdef, 0xff00ff00ff00ff00, 0x23006700ab00ef
    OP      13, orn, 0, 0x123456789abcdef, 0xfedcba9876543210
    OP      14, xnor, 0x123456789abcdef, 0x123456789abcdef, -1
    OP      15, xnor, 0x123456789abcdef, 0xfedcba9876543210, 0
    ONE     16, clz, 0, 0x40
    ONE     17, clz, 1, 0x3f
    ONE     18, clz, 0x8000000000000000, 0
    ONE     19, clz, 0x123456789abcdef, 7
    ONE     20, ctz, 0, 0x40
    ONE     21, ctz, 1, 0
    ONE     22, ctz, 0x8000000000000000, 0x3f
    ONE     23, ctz, 0xfedcba9876543210, 4
    ONE     24, cpop, 0, 0
    ONE     25, cpop, -1, 0x40
    ONE     26, cpop, 0x123456789abcdef, 0x20
    ONE     27, clzw, 0xffffffff00000000, 0x20
    ONE     28, clzw, 0xffffffff00000001, 0x1f
    ONE     29, clzw, 0x80000000, 0
    ONE     30, ctzw, 0xffffffff00000000, 0x20
    ONE     31, ctzw, 0xffffffff80000000, 0x1f
    ONE     32, cpopw, 0xffffffff00000000, 0
    ONE     33, cpopw, 0x1ffffffff, 0x20
    OP      34, min, -1, 1, -1
    OP      35, min, 1, 0x8000000000000000, 0x8000000000000000
    OP      36, max, -1, 1, 1
    OP      37, max, 1, 0x8000000000000000, 1
    OP      38, minu, -1, 1, 1
    OP      39, minu, 0x8000000000000000, 5, 5
    OP      40, maxu, -1, 1, -1
    OP      41, maxu, 5, 0x8000000000000000, 0x8000000000000000
    ONE     42, sext.b, 0x180, 0xffffffffffffff80
    ONE     43, sext.b, 0x17f, 0x7f
    ONE     44, sext.h, 0x18000, 0xffffffffffff8000
    ONE     45, sext.h, 0x17fff, 0x7fff
    ONE     46, zext.h, -1, 0xffff
    OP      47, rol, 0x123456789abcdef, 8, 0x23456789abcdef01
    OP      48, rol, 0x123456789abcdef, 0x40, 0x123456789abcdef
    OP      49, rol, 0x123456789abcdef, 0x3f, 0x8091a2b3c4d5e6f7
    OP      50, ror, 0x123456789abcdef, 8, 0xef0123456789abcd
    OP      51, ror, 0x123456789abcdef, 0, 0x123456789abcdef
    OP      52, ror, 0x123456789abcdef, 1, 0x8091a2b3c4d5e6f7
    OP      53, rolw, 0xffffffff80000001, 1, 3
    OP      54, rolw, 0x123456789abcdef, 0x20, 0xffffffff89abcdef
    OP      55, rolw, 0xfedcba9876543210, 0x1f, 0x3b2a1908
    OP      56, rorw, 1, 1, 0xffffffff80000000
    OP      57, rorw, 0x123456789abcdef, 0, 0xffffffff89abcdef
    OP      58, rorw, 0x123456789abcdef, 0x24, 0xfffffffff89abcde
    OPI     59, rori, 0x123456789abcdef, 4, 0xf0123456789abcde
    OPI     60, rori, 0x123456789abcdef, 0, 0x123456789abcdef
    OPI     61, rori, 0x123456789abcdef, 63, 0x2468acf13579bde
    OPI     62, roriw, 1, 1, 0xffffffff80000000
    OPI     63, roriw, 0x123456789abcdef, 31, 0x13579bdf
    OPI     64, roriw, 0x123456789abcdef, 0, 0xffffffff89abcdef
    ONE     65, orc.b, 0x100800000010010, 0xff00ff0000ff00ff
    ONE     66, orc.b, 0, 0
    ONE     67, orc.b, -1, -1
    ONE     68, rev8, 0x123456789abcdef, 0xefcdab8967452301
    OP      69, bclr, -1, 0x3f, 0x7fffffffffffffff
    OP      70, bclr, -1, 0x40, -2
    OP      71, bset, 0, 0x3f, 0x8000000000000000
    OP      72, bset, 0, 0x7f, 0x8000000000000000
    OP      73, binv, 0x123456789abcdef, 0, 0x123456789abcdee
    OP      74, binv, 0, -1, 0x8000000000000000
    OP      75, bext, 0x8000000000000000, 0x3f, 1
    OP      76, bext, 0x8000000000000000, 0x3e, 0
    OP      77, bext, 0x123456789abcdef, 0x40, 1
    OPI     78, bclri, -1, 63, 0x7fffffffffffffff
    OPI     79, bclri, -1, 0, -2
    OPI     80, bseti, 0, 63, 0x8000000000000000
    OPI     81, bseti, 0, 32, 0x100000000
    OPI     82, binvi, -1, 31, 0xffffffff7fffffff
    OPI     83, bexti, 0x123456789abcdef, 3, 1
    OPI     84, bexti, 0x123456789abcdef, 4, 0
    OPI     85, bexti, 0x8000000000000000, 63, 1
    OP      86, czero.eqz, 0x123456789abcdef, 0, 0
    OP      87, czero.eqz, 0x123456789abcdef, 0x8000000000000000, 0x123456789abcdef
    OP      88, czero.nez, 0x123456789abcdef, 0, 0x123456789abcdef
    OP      89, czero.nez, 0x123456789abcdef, 0x8000000000000000, 0
    j       pass
