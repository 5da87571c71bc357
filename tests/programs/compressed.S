/* C extension: each instruction, 32-bit instructions that cross a word, and the reserved encodings. */
#include "test.h"

.macro ILLEGAL n, half
    CHECK   \n
    la      t6, .Lafter\@
    csrw    mscratch, t6
.Linsn\@:
    .half   \half
    j       fail
.Lafter\@:
    la      s11, .Linsn\@
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    EXPECT_CSR mtval, \half
.endm

PROGRAM
    .option rvc
    CHECK   1
    c.li    a0, -32
    EXPECT  a0, -32
    c.li    a0, 31
    c.addi  a0, -32
    EXPECT  a0, -1
    c.addiw a0, 1
    EXPECT  a0, 0
    CHECK   2
    c.lui   a0, 0xfffe0
    EXPECT  a0, 0xfffffffffffe0000
    c.lui   a0, 31
    EXPECT  a0, 0x1f000
    CHECK   3
    li      a0, 0x80000000
    c.addiw a0, 0
    EXPECT  a0, 0xffffffff80000000
    c.slli  a0, 31
    c.srai  a0, 63
    EXPECT  a0, -1
    c.srli  a0, 60
    EXPECT  a0, 15
    c.andi  a0, -2
    EXPECT  a0, 14
    CHECK   4
    li      a0, 12
    li      a1, 10
    c.mv    a2, a0
    c.sub   a2, a1
    EXPECT  a2, 2
    c.mv    a2, a0
    c.xor   a2, a1
    EXPECT  a2, 6
    c.mv    a2, a0
    c.or    a2, a1
    EXPECT  a2, 14
    c.mv    a2, a0
    c.and   a2, a1
    EXPECT  a2, 8
    c.add   a2, a0
    EXPECT  a2, 20
    li      a0, 0x7fffffff
    li      a1, 1
    c.addw  a0, a1
    EXPECT  a0, 0xffffffff80000000
    c.subw  a0, a1
    EXPECT  a0, 0x7fffffff

    CHECK   5                               /* stack pointer forms */
    li      sp, DATA(1)
    c.addi16sp sp, -512
    EXPECT  sp, DATA(1) - 512
    c.addi16sp sp, 496
    c.addi16sp sp, 16
    c.addi4spn a0, sp, 1020
    EXPECT  a0, DATA(1) + 1020
    li      a1, 0x8123456789abcdef
    c.sdsp  a1, 504(sp)
    c.ldsp  a2, 504(sp)
    bne     a1, a2, fail
    c.lwsp  a2, 252(sp)
    EXPECT  a2, 0
    c.swsp  a1, 252(sp)
    c.lwsp  a2, 252(sp)
    EXPECT  a2, 0xffffffff89abcdef

    CHECK   6                               /* register forms */
    li      a0, DATA(1)
    c.sd    a1, 248(a0)
    c.ld    a2, 248(a0)
    bne     a1, a2, fail
    c.sw    a1, 124(a0)
    c.lw    a2, 124(a0)
    EXPECT  a2, 0xffffffff89abcdef

    CHECK   7                               /* jumps and branches */
    li      a0, 0
    c.j     1f
    j       fail
1:  c.beqz  a0, 2f
    j       fail
2:  c.bnez  a0, 3f
    c.addi  a0, 1
    c.bnez  a0, 4f
3:  j       fail
4:  la      a1, 5f
    c.jr    a1
    j       fail
5:
    CHECK   8                               /* a 32-bit instruction at an address that is 2 modulo 4 */
    .balign 4
    c.nop
    .option norvc
    addi    a0, x0, 123
    jal     a1, 6f
    .option rvc
6:  EXPECT  a0, 123
    CHECK   9                               /* HINTs do nothing */
    .half   0x1001                          /* c.nop with an immediate */
    .half   0x0105                          /* c.addi x2, 1 is none: undone here */
    c.addi  sp, -1
    .half   0x4005                          /* c.li x0 */
    .half   0x6005                          /* c.lui x0 */
    .half   0x0002                          /* c.slli x0, 0 */
    .half   0x8002 | (10 << 2)              /* c.mv x0, a0 */
    .half   0x9002 | (10 << 2)              /* c.add x0, a0 */
    EXPECT  a0, 123

    CHECK   10                              /* C.EBREAK: tval is the pc */
    la      t6, 7f
    csrw    mscratch, t6
8:  c.ebreak
    j       fail
7:  la      s11, 8b
    EXPECT_M EXC_BREAKPOINT
    csrr    a0, mtval
    bne     a0, s11, fail

    ILLEGAL 11, 0x0000
    ILLEGAL 12, 0x0004                      /* c.addi4spn with 0 */
    ILLEGAL 13, 0x2005                      /* c.addiw x0 */
    ILLEGAL 14, 0x6101                      /* c.addi16sp with 0 */
    ILLEGAL 15, 0x6501                      /* c.lui with 0 */
    ILLEGAL 16, 0x4002                      /* c.lwsp x0 */
    ILLEGAL 17, 0x6002                      /* c.ldsp x0 */
    ILLEGAL 18, 0x8002                      /* c.jr x0 */
    ILLEGAL 19, 0x9C41                      /* reserved beside c.subw */
    ILLEGAL 20, 0x9C61
    ILLEGAL 21, 0x2000                      /* c.fld: no D */
    ILLEGAL 22, 0xA000                      /* c.fsd */
    ILLEGAL 23, 0x2002                      /* c.fldsp */
    ILLEGAL 24, 0xA002                      /* c.fsdsp */
    ILLEGAL 25, 0x8000                      /* reserved */
    j       pass
