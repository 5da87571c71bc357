/* Hpm counters that count the exits of a guest, by class of cause; who may read them, and how they are stopped.
Needs: Zihpm. */
#include "test.h"

#define COUNTER     (1 << 3)
#define HPM         0xfffffff8              /* of the counter-enable registers */

/* Exits of event `event` that one instruction of VS makes. */
.macro EXITS n, event, count, insn:vararg
    CHECK   \n
    SET     mhpmevent3, \event
    SET     mhpmcounter3, 100
    TRY     PRV_VS, 0, \insn
    EXPECT_CSR mhpmcounter3, 100 + \count
.endm

PROGRAM 1
    CHECK   1                               /* the event selector keeps known events alone */
    SET     mhpmevent3, EVENT_BRANCH_MISS
    EXPECT_CSR mhpmevent3, EVENT_BRANCH_MISS
    SET     mhpmevent3, 0x1f
    EXPECT_CSR mhpmevent3, 0
    /* The call at the end of TRY is the second exit of instructions that complete. */
    EXITS   2, EVENT_EXIT_VIRTUAL, 1, hfence.gvma
    EXITS   3, EVENT_EXIT_ECALL, 1, nop
    EXITS   4, EVENT_EXIT_ECALL, 0, hfence.gvma
    EXITS   5, EVENT_EXIT_OTHER, 1, ebreak
    EXITS   6, EVENT_EXIT_OTHER, 0, hfence.gvma
    EXITS   7, EVENT_NONE, 0, ebreak
    CHECK   8                               /* guest-page faults */
    SET     hgatp, SV39X4(G_ROOT)
    MAP_GUEST_RAM
    FENCE_ALL
    li      a0, VA(0)
    EXITS   9, EVENT_EXIT_GUEST_PAGE, 1, ld a1, (a0)
    EXITS   10, EVENT_EXIT_GUEST_PAGE, 1, sd a1, (a0)
    EXITS   11, EVENT_EXIT_OTHER, 0, ld a1, (a0)
    CHECK   12                              /* an interrupt; after it the call */
    SET     mideleg, 1 << IRQ_SSI
    SET     mie, 1 << IRQ_SSI
    csrsi   mip, 1 << IRQ_SSI
    EXITS   13, EVENT_EXIT_INTERRUPT, 1, nop
    SET     mie, 0
    csrci   mip, 1 << IRQ_SSI
    CHECK   14                              /* what stays in the guest is no exit */
    SET     medeleg, 1 << EXC_BREAKPOINT
    SET     hedeleg, 1 << EXC_BREAKPOINT
    EXITS   15, EVENT_EXIT_OTHER, 0, ebreak
    CHECK   16                              /* neither is a trap of S */
    SET     mhpmcounter3, 100
    TRY     PRV_S, 0, ebreak
    EXPECT_CSR mhpmcounter3, 100
    CHECK   17                              /* mcountinhibit */
    SET     mcountinhibit, COUNTER
    EXITS   18, EVENT_EXIT_ECALL, 0, nop
    SET     mcountinhibit, 0

    CHECK   19                              /* who may read it */
    SET     mcounteren, HPM
    SET     hcounteren, HPM
    SET     scounteren, HPM
    TRY     PRV_S, 0, csrr a1, hpmcounter3
    EXPECT_DONE PRV_S
    TRY     PRV_U, 0, csrr a1, hpmcounter3
    EXPECT_DONE PRV_U
    TRY     PRV_VU, 0, csrr a1, hpmcounter3
    EXPECT_DONE PRV_VU
    SET     hcounteren, HPM & ~COUNTER
    TRY     PRV_VS, 0, csrr a1, hpmcounter3
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    SET     mcounteren, HPM & ~COUNTER
    TRY     PRV_VS, 0, csrr a1, hpmcounter3
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    TRY     PRV_S, 0, csrr a1, hpmcounter3
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    j       pass
