/* Loads and stores: all widths and extensions, every byte lane, and misaligned addresses. */
#include "test.h"

.macro LOAD n, insn, offset, result
    CHECK   \n
    li      a0, DATA(0)
    \insn   a1, \offset(a0)
    EXPECT  a1, \result
.endm
.macro STORE n, insn, offset, result
    CHECK   \n
    PUT     DATA(1), 0x1122334455667788
    li      a0, DATA(1)
    li      a1, 0xa1a2a3a4a5a6a7a8
    \insn   a1, \offset(a0)
    EXPECT_MEM DATA(1), \result
.endm
.macro MISALIGNED n, cause, insn, offset
    CHECK   \n
    li      a0, DATA(0)
    li      a1, 77
    TRAPS   \cause, \insn a1, \offset(a0)
    EXPECT_CSR mtval, DATA(0) + \offset
    EXPECT  a1, 77
.endm

PROGRAM
    PUT     DATA(0), 0x8182838405060788
    LOAD    1, ld, 0, 0x8182838405060788
    LOAD    2, lw, 0, 0x05060788
    LOAD    3, lw, 4, 0xffffffff81828384
    LOAD    4, lwu, 4, 0x81828384
    LOAD    5, lh, 0, 0x0788
    LOAD    6, lh, 6, 0xffffffffffff8182
    LOAD    7, lhu, 6, 0x8182
    LOAD    8, lb, 0, 0xffffffffffffff88
    LOAD    9, lbu, 0, 0x88
    LOAD    10, lb, 1, 7
    LOAD    11, lbu, 5, 0x83
    LOAD    12, lbu, 7, 0x81
    STORE   13, sb, 0, 0x11223344556677a8
    STORE   14, sb, 7, 0xa822334455667788
    STORE   15, sh, 2, 0x11223344a7a87788
    STORE   16, sh, 6, 0xa7a8334455667788
    STORE   17, sw, 0, 0x11223344a5a6a7a8
    STORE   18, sw, 4, 0xa5a6a7a855667788
    STORE   19, sd, 0, 0xa1a2a3a4a5a6a7a8

    CHECK   20                              /* the largest offsets */
    li      a0, DATA(1) + 2048
    li      a1, 0x55
    sb      a1, -2048(a0)
    lbu     a2, -2048(a0)
    EXPECT  a2, 0x55
    li      a0, DATA(1) - 2047
    sb      a1, 2047(a0)
    lbu     a2, 2047(a0)
    EXPECT  a2, 0x55

    CHECK   21                              /* a store, then loads of its parts and of more than it */
    PUT     DATA(0), 0
    li      a0, DATA(0)
    li      a1, 0x1234
    sh      a1, 2(a0)
    lw      a2, 0(a0)
    lbu     a3, 3(a0)
    ld      a4, 0(a0)
    EXPECT  a2, 0x12340000
    EXPECT  a3, 0x12
    EXPECT  a4, 0x12340000

    CHECK   22                              /* the loaded register as address of the next load */
    PUT     DATA(0), DATA(1)
    PUT     DATA(1), 99
    li      a0, DATA(0)
    ld      a0, 0(a0)
    ld      a0, 0(a0)
    EXPECT  a0, 99

    MISALIGNED 23, EXC_LOAD_MISALIGNED, lh, 1
    MISALIGNED 24, EXC_LOAD_MISALIGNED, lhu, 7
    MISALIGNED 25, EXC_LOAD_MISALIGNED, lw, 2
    MISALIGNED 26, EXC_LOAD_MISALIGNED, lwu, 5
    MISALIGNED 27, EXC_LOAD_MISALIGNED, ld, 4
    MISALIGNED 28, EXC_STORE_MISALIGNED, sh, 3
    MISALIGNED 29, EXC_STORE_MISALIGNED, sw, 6
    MISALIGNED 30, EXC_STORE_MISALIGNED, sd, 1
    EXPECT_MEM DATA(0), DATA(1)

    CHECK   31                              /* an address without a device: access faults */
    li      a0, 0x40000000
    TRAPS   EXC_LOAD_ACCESS_FAULT, ld a1, 0(a0)
    EXPECT_CSR mtval, 0x40000000
    CHECK   32
    TRAPS   EXC_STORE_ACCESS_FAULT, sw a1, 4(a0)
    EXPECT_CSR mtval, 0x40000004
    CHECK   33
    TRAPS   EXC_STORE_ACCESS_FAULT, amoadd.w a1, a1, (a0)
    EXPECT_CSR mtval, 0x40000000
    CHECK   34                              /* misaligned comes before the access fault */
    TRAPS   EXC_LOAD_MISALIGNED, ld a1, 1(a0)
    EXPECT_CSR mtval, 0x40000001
    CHECK   35                              /* and so does a fetch */
    la      t6, 1f
    csrw    mscratch, t6
    jr      a0
1:  mv      s11, a0
    EXPECT_M EXC_INSTRUCTION_ACCESS_FAULT
    EXPECT_CSR mtval, 0x40000000
    j       pass
