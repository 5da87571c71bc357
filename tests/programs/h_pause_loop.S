/* Pause-loop exit. What is checked depends on the order of clocks alone, not on how many cycles anything takes.
Needs: Xdoppel. */
#include "test.h"

#define PAUSE       0x0100000f
#define GAP         (0xffff << HPLE_GAP_SHIFT)
#define LONG        0xffffffff                  /* a window that is never over */

.macro EXITS delegated
    .if \delegated
    EXPECT_CSR mcause, EXC_ECALL_S
    EXPECT_CSR scause, EXC_PAUSE_LOOP
    EXPECT_CSR stval, PAUSE
    EXPECT_CSR htval, 0
    EXPECT_CSR htinst, 0
    EXPECT_BITS hstatus, HSTATUS_GVA | HSTATUS_SPV, HSTATUS_SPV
    .else
    EXPECT_CSR mcause, EXC_PAUSE_LOOP
    EXPECT_CSR mtval, PAUSE
    EXPECT_CSR mtval2, 0
    EXPECT_CSR mtinst, 0
    EXPECT_BITS mstatus, MSTATUS_GVA | MSTATUS_MPV, MSTATUS_MPV
    .endif
.endm
/* Runs four pauses, and counts in s0 those that retired. */
.macro FOUR mode
    li      s0, 0
    RUN     \mode, four
.endm

PROGRAM 1
    csrw    hgatp, x0
    csrw    vsatp, x0
    SET     medeleg, 0
    j       start
four:
    pause
    addi    s0, s0, 1
    pause
    addi    s0, s0, 1
    pause
    addi    s0, s0, 1
    pause
    addi    s0, s0, 1
    ecall
start:
    CHECK   1                               /* off */
    csrw    CSR_HPLE, x0
    FOUR    PRV_VS
    EXPECT  s0, 4
    EXPECT_DONE PRV_VS
    CHECK   2                               /* window 0: the second traps */
    SET     CSR_HPLE, HPLE_ENABLE | HPLE_VS | HPLE_VU | GAP
    FOUR    PRV_VS
    EXPECT  s0, 1
    EXITS   0
    la      a0, four + 6
    csrr    a1, mepc
    bne     a0, a1, fail
    CHECK   3
    FOUR    PRV_VU
    EXPECT  s0, 1
    EXITS   0
    CHECK   4                               /* not with V=0 */
    FOUR    PRV_S
    EXPECT  s0, 4
    FOUR    PRV_U
    EXPECT  s0, 4
    CHECK   5                               /* the modes have a bit each */
    SET     CSR_HPLE, HPLE_ENABLE | HPLE_VS | GAP
    FOUR    PRV_VU
    EXPECT  s0, 4
    FOUR    PRV_VS
    EXPECT  s0, 1
    CHECK   6
    SET     CSR_HPLE, HPLE_ENABLE | HPLE_VU | GAP
    FOUR    PRV_VS
    EXPECT  s0, 4
    FOUR    PRV_VU
    EXPECT  s0, 1
    CHECK   7
    SET     CSR_HPLE, HPLE_VS | HPLE_VU | GAP
    FOUR    PRV_VS
    EXPECT  s0, 4
    CHECK   8                               /* gap 0: no two pauses belong to one loop */
    SET     CSR_HPLE, HPLE_ENABLE | HPLE_VS
    FOUR    PRV_VS
    EXPECT  s0, 4
    CHECK   9                               /* a window that is long enough */
    SET     CSR_HPLE, HPLE_ENABLE | HPLE_VS | GAP | LONG
    FOUR    PRV_VS
    EXPECT  s0, 4
    CHECK   10                              /* and one that ends at some time */
    SET     CSR_HPLE, HPLE_ENABLE | HPLE_VS | GAP | 300
    li      s0, 0
    RUN     PRV_VS, spin
    EXITS   0
    li      a0, 2
    bltu    s0, a0, fail
    CHECK   11                              /* to HS, and never to VS */
    SET     medeleg, 1 << EXC_PAUSE_LOOP
    SET     hedeleg, -1
    SET     CSR_HPLE, HPLE_ENABLE | HPLE_VS | GAP
    FOUR    PRV_VS
    EXPECT  s0, 1
    EXITS   1
    CHECK   12                              /* the trap has ended the loop: going on where it was, one pause is free */
    RUN     PRV_VS, four + 6
    EXPECT  s0, 2
    EXITS   1
    CHECK   13                              /* a trap of the guest's own does not end it */
    SET     hedeleg, 1 << EXC_BREAKPOINT
    SET     medeleg, 1 << EXC_BREAKPOINT
    la      a0, guest_trap
    csrr    s1, vstvec
    csrw    vstvec, a0
    li      s0, 0
    RUN     PRV_VS, trapping
    EXPECT  s0, 1
    EXITS   0
    csrw    vstvec, s1
    CHECK   14                              /* nor does it matter what is written to hple and hgatp to end one */
    SET     medeleg, 0
    li      s0, 0
    RUN     PRV_VS, one
    csrr    a0, CSR_HPLE
    csrw    CSR_HPLE, a0
    RUN     PRV_VS, one
    csrw    hgatp, x0
    RUN     PRV_VS, one
    EXPECT  s0, 3
    CHECK   15                              /* the register's fields, and its number for guests and HS */
    SET     CSR_HPLE, -1
    EXPECT_CSR CSR_HPLE, HPLE_ENABLE | HPLE_VS | HPLE_VU | GAP | LONG
    csrw    CSR_HPLE, x0
    TRY     PRV_S, 0, csrr a0, CSR_HPLE
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    li      a1, MSTATEEN0_C
    csrs    mstateen0, a1
    TRY     PRV_S, 0, csrr a0, CSR_HPLE
    EXPECT_DONE PRV_S
    TRY     PRV_VS, 0, csrr a0, CSR_HPLE
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    TRY     PRV_VS, 0, csrw CSR_HDCAP, a0
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    EXPECT_BITS CSR_HDCAP, HDCAP_VERSION | HDCAP_HPLE, 1 | HDCAP_HPLE
    j       pass

spin:
    pause
    addi    s0, s0, 1
    j       spin
one:
    pause
    addi    s0, s0, 1
    ecall
trapping:
    pause
    addi    s0, s0, 1
    ebreak
    pause
    addi    s0, s0, 1
    ecall
    .balign 4
guest_trap:
    csrr    a0, sepc
    addi    a0, a0, 2                       /* c.ebreak */
    csrw    sepc, a0
    sret
