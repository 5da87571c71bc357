/* medeleg and hedeleg, mideleg and hideleg: delegation in two levels. */
#include "test.h"

.macro LEVELS m, h
    SET     medeleg, \m
    SET     hedeleg, \h
.endm

PROGRAM 1
    csrw    hgatp, x0
    csrw    vsatp, x0
    CHECK   1                               /* corner case 20: hedeleg alone does nothing */
    LEVELS  0, 1 << EXC_BREAKPOINT
    TRY     PRV_VS, 0, ebreak
    EXPECT_M EXC_BREAKPOINT
    CHECK   2                               /* medeleg alone: to HS */
    LEVELS  1 << EXC_BREAKPOINT, 0
    TRY     PRV_VS, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    CHECK   3                               /* both: from V=1 to VS, from V=0 to HS */
    LEVELS  1 << EXC_BREAKPOINT, 1 << EXC_BREAKPOINT
    TRY     PRV_VU, 0, ebreak
    EXPECT_VS EXC_BREAKPOINT
    TRY     PRV_VS, 0, ebreak
    EXPECT_VS EXC_BREAKPOINT
    TRY     PRV_U, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    TRY     PRV_S, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    TRAPS   EXC_BREAKPOINT, ebreak

    CHECK   4                               /* an ecall of VU to VS */
    LEVELS  1 << EXC_ECALL_U, 1 << EXC_ECALL_U
    TRY     PRV_VU, 0, ecall
    EXPECT_VS EXC_ECALL_U
    EXPECT_CSR vstval, 0

    CHECK   5                               /* illegal instruction and misaligned, with their vstval */
    LEVELS  1 << EXC_ILLEGAL_INSTRUCTION | 1 << EXC_LOAD_MISALIGNED, -1
    TRY     PRV_VU, 0, .word 0x0000000b
    EXPECT_VS EXC_ILLEGAL_INSTRUCTION
    EXPECT_CSR vstval, 0x0000000b
    li      a0, DATA(0) + 3
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_VS EXC_LOAD_MISALIGNED
    EXPECT_CSR vstval, DATA(0) + 3

    CHECK   6                               /* hedeleg: bits 9-11 and 20-23 are zero, 1-8, 12, 13, 15 writable */
    SET     hedeleg, -1
    EXPECT_BITS hedeleg, 0xf00e00, 0
    EXPECT_BITS hedeleg, 0xb1fe, 0xb1fe
    SET     hedeleg, 0
    EXPECT_CSR hedeleg, 0
    CHECK   7                               /* medeleg: 10 and 20-23 are writable with H, 11 never */
    SET     medeleg, -1
    EXPECT_BITS medeleg, 0xf0bffe, 0xf0b7fe
    SET     medeleg, 0
    EXPECT_CSR medeleg, 0

    CHECK   8                               /* a virtual instruction goes to HS, never to VS */
    LEVELS  1 << EXC_VIRTUAL_INSTRUCTION, -1
    TRY     PRV_VS, 0, csrr a0, hstatus
    EXPECT_HS EXC_VIRTUAL_INSTRUCTION
    EXPECT_CSR stval, 0x60002573

    CHECK   9                               /* mideleg: the VS-level bits are one, from reset and for ever */
    EXPECT_BITS mideleg, 0x444, 0x444
    SET     mideleg, 0
    EXPECT_BITS mideleg, 0x666, 0x444
    SET     mideleg, -1
    EXPECT_BITS mideleg, 0x666, 0x666
    EXPECT_BITS mideleg, 0x888, 0
    SET     mideleg, 0
    CHECK   10                              /* hideleg: the VS-level bits alone */
    SET     hideleg, -1
    EXPECT_CSR hideleg, 0x444
    SET     hideleg, 0
    EXPECT_CSR hideleg, 0

    CHECK   11                              /* an HS-level interrupt is never delegated to VS */
    SET     mideleg, MIDELEG_SSI
    SET     hideleg, -1
    SET     mie, MIE_SSIE
    SET     mip, MIP_SSIP
    csrsi   vsstatus, VSSTATUS_SIE
    TRY     PRV_VS, 0, nop
    EXPECT_HS (1 << 63) | IRQ_SSI
    EXPECT_BITS hstatus, HSTATUS_SPV | HSTATUS_GVA, HSTATUS_SPV
    EXPECT_CSR htval, 0
    EXPECT_CSR htinst, 0
    j       pass
