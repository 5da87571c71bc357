/* medeleg and mideleg: which traps of S and U go to S-mode, and what S-mode finds. */
#include "test.h"

PROGRAM
    CHECK   1                               /* nothing delegated */
    csrw    medeleg, x0
    TRY     PRV_U, 0, ebreak
    EXPECT_M EXC_BREAKPOINT

    CHECK   2                               /* an ecall from U to S */
    SET     medeleg, 1 << EXC_ECALL_U
    li      t0, SSTATUS_SIE
    csrs    sstatus, t0
    TRY     PRV_U, 0, ecall
    EXPECT_HS EXC_ECALL_U
    EXPECT_CSR stval, 0
    EXPECT_BITS sstatus, SSTATUS_SPP | SSTATUS_SIE | SSTATUS_SPIE, SSTATUS_SPIE

    CHECK   3                               /* from S, SPP is set */
    SET     medeleg, 1 << EXC_BREAKPOINT
    TRY     PRV_S, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    EXPECT_BITS sstatus, SSTATUS_SPP | SSTATUS_SIE | SSTATUS_SPIE, SSTATUS_SPP
    csrr    t5, stval
    bne     t5, s11, fail

    CHECK   4                               /* never from M */
    TRAPS   EXC_BREAKPOINT, ebreak

    CHECK   5                               /* illegal instruction, with the instruction in stval */
    SET     medeleg, 1 << EXC_ILLEGAL_INSTRUCTION
    TRY     PRV_U, 0, .word 0x0000200b
    EXPECT_HS EXC_ILLEGAL_INSTRUCTION
    EXPECT_CSR stval, 0x0000200b

    CHECK   6                               /* misaligned and access faults */
    SET     medeleg, 1 << EXC_LOAD_MISALIGNED | 1 << EXC_STORE_ACCESS_FAULT
    li      a0, DATA(0) + 1
    TRY     PRV_U, 0, lw a1, 0(a0)
    EXPECT_HS EXC_LOAD_MISALIGNED
    EXPECT_CSR stval, DATA(0) + 1
    CHECK   7
    li      a0, 0x40000000
    TRY     PRV_S, 0, sd a1, 8(a0)
    EXPECT_HS EXC_STORE_ACCESS_FAULT
    EXPECT_CSR stval, 0x40000008
    CHECK   8                               /* the others still go to M */
    TRY     PRV_S, 0, ld a1, 8(a0)
    EXPECT_M EXC_LOAD_ACCESS_FAULT
    EXPECT_CSR mtval, 0x40000008

    CHECK   9                               /* bits that can never be set: an ecall from M, fetch misaligned */
    SET     medeleg, 0xffffffffffffffff
    EXPECT_BITS medeleg, 0x801, 0
    csrw    medeleg, x0

    CHECK   10                              /* a delegated interrupt is taken in U, whatever SIE */
    SET     mideleg, MIDELEG_SSI
    SET     mie, MIE_SSIE
    SET     mip, MIP_SSIP
    csrci   sstatus, SSTATUS_SIE
    TRY     PRV_U, 0, nop
    EXPECT_HS (1 << 63) | IRQ_SSI
    EXPECT_CSR stval, 0

    CHECK   11                              /* in S only with SIE */
    TRY     PRV_S, 0, nop
    EXPECT_DONE PRV_S
    csrsi   sstatus, SSTATUS_SIE
    TRY     PRV_S, 0, nop
    EXPECT_HS (1 << 63) | IRQ_SSI

    CHECK   12                              /* in M never, even with every enable */
    csrsi   mstatus, MSTATUS_MIE | MSTATUS_SIE
    nop
    nop
    csrci   mstatus, MSTATUS_MIE | MSTATUS_SIE

    CHECK   13                              /* not delegated, it is M's: taken from S whatever the enables */
    csrw    mideleg, x0
    TRY     PRV_S, 0, nop
    EXPECT_M (1 << 63) | IRQ_SSI
    CHECK   14                              /* and in M with MIE */
    la      s11, 1f
    la      t0, 2f
    csrw    mscratch, t0
    csrsi   mstatus, MSTATUS_MIE
1:  j       fail
2:  EXPECT_M (1 << 63) | IRQ_SSI
    EXPECT_CSR mtval, 0
    csrw    mip, x0

    CHECK   15                              /* a delegated trap leaves the M-level registers alone */
    SET     medeleg, 1 << EXC_BREAKPOINT
    SET     mtval, 0x123
    TRY     PRV_U, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    EXPECT_CSR mtval, 0                     /* written by the ecall of s_trap, not by the breakpoint */
    EXPECT_BITS mstatus, MSTATUS_MPP, 1 << MSTATUS_MPP_SHIFT

    CHECK   16                              /* entry writes SPIE and SPP, whatever they were */
    li      t0, SSTATUS_SPIE | SSTATUS_SPP
    csrs    sstatus, t0
    csrci   sstatus, SSTATUS_SIE
    TRY     PRV_U, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    EXPECT_BITS sstatus, SSTATUS_SPP | SSTATUS_SIE | SSTATUS_SPIE, 0
    j       pass
