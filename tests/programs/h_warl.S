/* The exact writable bits of this machine's registers, where the manual leaves a choice.
Lacks: Zihpm Zicbom Zicboz Svadu Smpmp Smstateen Xdoppel. */
#include "test.h"

.macro WARL n, csr, wanted
    CHECK   \n
    SET     \csr, -1
    EXPECT_CSR \csr, \wanted
    csrw    \csr, x0
.endm
.macro ABSENT n, number
    CHECK   \n
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrr a0, \number
.endm

PROGRAM 1
    WARL    1, medeleg, MEDELEG_WRITABLE
    EXPECT_CSR medeleg, 0
    WARL    2, hedeleg, HEDELEG_WRITABLE
    WARL    3, mideleg, 0x666
    EXPECT_CSR mideleg, 0x444
    WARL    4, hideleg, 0x444
    WARL    5, mie, 0xeee
    WARL    6, hie, 0x444
    EXPECT_CSR mie, 0
    WARL    7, mcounteren, 7
    WARL    8, scounteren, 7
    WARL    9, hcounteren, 7
    WARL    10, mcountinhibit, 5
    WARL    11, menvcfg, MENVCFG_STCE | MENVCFG_FIOM
    WARL    12, senvcfg, SENVCFG_FIOM
    WARL    13, henvcfg, HENVCFG_FIOM       /* menvcfg.STCE is 0 */
    WARL    14, mcause, 0x800000000000003f
    WARL    15, scause, 0x800000000000003f
    WARL    16, vscause, 0x800000000000003f
    WARL    17, htinst, 0xffffffff
    WARL    18, mtinst, 0xffffffff
    WARL    19, htval, 0x3fffffffffffffff
    WARL    20, mtval2, 0x3fffffffffffffff
    WARL    21, mtval, -1
    WARL    22, stval, -1
    WARL    23, vstval, -1
    WARL    24, hstatus, 0x2007003c0
    WARL    25, hvip, 0x444
    WARL    26, hgeie, 0

    CHECK   27                              /* misa is read-only; B is the hart's choice */
    csrw    misa, x0
    csrr    a0, misa
    andi    a0, a0, ~2
    EXPECT  a0, 0x8000000000141185
    CHECK   28                              /* no FS, VS, XS or SD, in any of the three */
    li      a0, -1 - MSTATUS_MIE - MSTATUS_SIE - MSTATUS_MPRV
    csrs    mstatus, a0
    EXPECT_CSR mstatus, 0xca007c19a0
    csrc    mstatus, a0
    EXPECT_CSR mstatus, 0xa00000000
    CHECK   29
    li      a0, -1 - VSSTATUS_SIE
    csrs    vsstatus, a0
    EXPECT_CSR vsstatus, 0x2000c0120
    csrc    vsstatus, a0

    ABSENT  30, 0x3a0                       /* no PMP */
    ABSENT  31, 0x7a0                       /* no triggers */
    ABSENT  32, 0x001                       /* no floating point */
    ABSENT  33, 0x30c                       /* no Smstateen */
    ABSENT  34, 0x612                       /* hedelegh is for RV32 */
    CHECK   35
    csrr    a0, mimpid
    EXPECT  a0, 1
    CHECK   36                              /* MODE of a vector has one bit */
    csrr    a0, mtvec
    SET     mtvec, 0x80000003
    EXPECT_CSR mtvec, 0x80000001
    csrw    mtvec, a0
    WARL    37, stvec, 0xfffffffffffffffd
    WARL    38, vstvec, 0xfffffffffffffffd
    CHECK   39                              /* MPP holds U, S and M: the reserved value reads as U */
    li      a0, MSTATUS_MPP
    li      a1, 2 << MSTATUS_MPP_SHIFT
    csrc    mstatus, a0
    csrs    mstatus, a1
    EXPECT_BITS mstatus, MSTATUS_MPP, 0
    j       pass
