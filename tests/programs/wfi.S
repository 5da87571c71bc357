/* WFI: it waits for mie & mip, whatever the global enables; where TW or U-mode forbid it, it traps at once. */
#include "test.h"

#define MTIMECMP    (CLINT_BASE + CLINT_MTIMECMP)
#define MTIME       (CLINT_BASE + CLINT_MTIME)

.macro ALARM ticks
    li      t6, MTIME
    ld      t5, 0(t6)
    addi    t5, t5, \ticks
    li      t6, MTIMECMP
    sd      t5, 0(t6)
.endm

PROGRAM
    PUT     MTIMECMP, -1
    SET     mie, MIE_SSIE

    CHECK   1                               /* something is pending already */
    SET     mip, MIP_SSIP
    wfi
    CHECK   2                               /* also when it is delegated and M-mode can never take it */
    SET     mideleg, MIDELEG_SSI
    wfi
    SET     mip, 0

    CHECK   3                               /* wakes when the timer fires, without a trap */
    SET     mie, MIE_MTIE
    ALARM   30
    wfi
    EXPECT_BITS mip, MIP_MTIP, MIP_MTIP

    CHECK   4                               /* the interrupt is taken after WFI: epc is the next instruction */
    ALARM   30
    la      t6, 2f
    csrw    mscratch, t6
    csrsi   mstatus, MSTATUS_MIE
    wfi
1:  j       fail
2:  la      s11, 1b
    EXPECT_M (1 << 63) | IRQ_MTI

    CHECK   5                               /* in S-mode the timer of M-mode interrupts it */
    ALARM   30
    RUN     PRV_S, wait
    la      s11, waited
    EXPECT_M (1 << 63) | IRQ_MTI
    PUT     MTIMECMP, -1

    CHECK   6                               /* TW */
    SET     mip, MIP_SSIP
    SET     mie, MIE_SSIE
    SET     mideleg, MIDELEG_SSI
    li      t0, MSTATUS_TW
    csrs    mstatus, t0
    TRY     PRV_S, 0, wfi
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    EXPECT_CSR mtval, MATCH_WFI
    CHECK   7                               /* not in M-mode */
    wfi
    CHECK   8
    li      t0, MSTATUS_TW
    csrc    mstatus, t0
    csrci   sstatus, SSTATUS_SIE
    TRY     PRV_S, 0, wfi
    EXPECT_DONE PRV_S
    CHECK   9                               /* U-mode, without and with TW */
    SET     mip, 0
    TRY     PRV_U, 0, wfi
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   10
    li      t0, MSTATUS_TW
    csrs    mstatus, t0
    TRY     PRV_U, 0, wfi
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    j       pass

wait:
    wfi
waited:
    ecall
