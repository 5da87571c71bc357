/* Sstc: stimecmp makes STIP, who may access it, and what menvcfg.STCE changes. */
#include "test.h"

.macro STCE on
    li      t5, MENVCFG_STCE
    .if \on
    csrs    menvcfg, t5
    .else
    csrc    menvcfg, t5
    .endif
.endm

PROGRAM
    csrw    mie, x0
    csrwi   mcounteren, 7
    CHECK   1                               /* without STCE: M-mode alone */
    STCE    0
    SET     stimecmp, 0x123
    EXPECT_CSR stimecmp, 0x123
    TRY     PRV_S, 0, csrr a0, stimecmp
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   2                               /* and STIP is software's */
    SET     mip, MIP_STIP
    EXPECT_BITS mip, MIP_STIP, MIP_STIP
    SET     mip, 0
    EXPECT_BITS mip, MIP_STIP, 0

    CHECK   3                               /* with STCE: S-mode, never U-mode */
    SET     stimecmp, -1
    STCE    1
    TRY     PRV_S, 0, csrr a0, stimecmp
    EXPECT_DONE PRV_S
    EXPECT  a0, -1
    TRY     PRV_U, 0, csrr a0, stimecmp
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   4                               /* mcounteren.TM guards it as it guards time */
    csrwi   mcounteren, 5
    TRY     PRV_S, 0, csrw stimecmp, x0
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    csrwi   mcounteren, 7
    EXPECT_CSR stimecmp, -1

    CHECK   5                               /* time is beyond: pending; software cannot change STIP */
    csrw    stimecmp, x0
    EXPECT_BITS mip, MIP_STIP, MIP_STIP
    csrw    mip, x0
    EXPECT_BITS mip, MIP_STIP, MIP_STIP
    CHECK   6
    SET     stimecmp, -1
    EXPECT_BITS mip, MIP_STIP, 0
    SET     mip, MIP_STIP
    EXPECT_BITS mip, MIP_STIP, 0
    CHECK   7                               /* the comparison is unsigned: 2^63 is far in the future */
    SET     stimecmp, 1 << 63
    EXPECT_BITS mip, MIP_STIP, 0

    CHECK   8                               /* S-mode arms its timer and waits */
    SET     mideleg, MIDELEG_STI
    SET     mie, MIE_STIE
    csrsi   sstatus, SSTATUS_SIE
    csrwi   scounteren, 7
    RUN     PRV_S, wait_for_timer
    EXPECT_CSR mcause, EXC_ECALL_S
    EXPECT_CSR scause, (1 << 63) | IRQ_STI
    la      a0, spin
    csrr    a1, sepc
    bne     a0, a1, fail
    csrr    a0, time
    csrr    a1, stimecmp
    bltu    a0, a1, fail
    CHECK   9                               /* S-mode's own view */
    EXPECT_BITS sip, SIP_STIP, SIP_STIP
    SET     stimecmp, -1
    EXPECT_BITS sip, SIP_STIP, 0
    j       pass

wait_for_timer:
    csrr    a0, time
    addi    a0, a0, 20
    csrw    stimecmp, a0
spin:
    j       spin
