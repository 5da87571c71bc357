/* Smcntrpmf: minstret without the instructions of some modes; a return counts in the mode it leaves, a trap never.
Needs: Smcntrpmf. */
#include "test.h"

/* Instructions counted from here until after an `addi` and an `ecall` in `mode`, and the way back. */
.macro COUNT n, filter, mode
    CHECK   \n
    SET     minstretcfg, \filter
    csrr    s0, minstret
    TRY     \mode, 0, nop
    csrr    s1, minstret
    sub     s0, s1, s0
.endm

PROGRAM
    CHECK   1                               /* the fields, and nothing else */
    SET     minstretcfg, -1
    csrr    a0, minstretcfg
    SET     mcyclecfg, -1
    csrr    a1, mcyclecfg
    bne     a0, a1, fail
    li      t5, MINSTRETCFG_MINH | MINSTRETCFG_SINH | MINSTRETCFG_UINH
    and     a1, a0, t5
    bne     a1, t5, fail
    li      t5, MINSTRETCFG_MINH | MINSTRETCFG_SINH | MINSTRETCFG_UINH | MINSTRETCFG_VSINH | MINSTRETCFG_VUINH
    or      a0, a0, t5
    bne     a0, t5, fail
    SET     mcyclecfg, 0

    COUNT   2, MINSTRETCFG_UINH, PRV_S      /* everything there is */
    mv      s2, s0
    COUNT   3, MINSTRETCFG_SINH, PRV_S      /* all but the nop: an ecall does not retire */
    addi    s2, s2, -1
    bne     s0, s2, fail
    COUNT   4, 0, PRV_U
    mv      s2, s0
    COUNT   5, MINSTRETCFG_UINH, PRV_U
    addi    s2, s2, -1
    bne     s0, s2, fail
    COUNT   6, MINSTRETCFG_MINH, PRV_U
    EXPECT  s0, 1                           /* the nop alone: neither mret nor the handler */
    COUNT   7, MINSTRETCFG_MINH | MINSTRETCFG_UINH, PRV_U
    EXPECT  s0, 0
    COUNT   8, MINSTRETCFG_MINH | MINSTRETCFG_UINH, PRV_S
    EXPECT  s0, 1

    CHECK   9                               /* the instruction that sets a filter is counted, the one that clears it not */
    SET     minstretcfg, 0
    li      a2, MINSTRETCFG_MINH
    csrr    a0, minstret
    csrs    minstretcfg, a2
    csrr    a1, minstret
    sub     a1, a1, a0
    EXPECT  a1, 2
    csrc    minstretcfg, a2
    csrr    a1, minstret
    csrr    a2, minstret
    sub     a1, a1, a0
    EXPECT  a1, 2
    sub     a2, a2, a0
    EXPECT  a2, 3
    CHECK   10                              /* cycles stand still in M-mode */
    SET     mcyclecfg, MCYCLECFG_MINH
    csrr    a0, mcycle
    nop
    csrr    a1, mcycle
    bne     a0, a1, fail
    SET     mcyclecfg, MCYCLECFG_SINH
    csrr    a0, mcycle
    nop
    csrr    a1, mcycle
    bgeu    a0, a1, fail
    j       pass
