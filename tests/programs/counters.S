/* Zicntr: counting, writing, and who may read which counter. */
#include "test.h"

.macro DENIED n, mode, m, s, csr
    CHECK   \n
    SET     mcounteren, \m
    SET     scounteren, \s
    TRY     \mode, 0, csrr a0, \csr
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
.endm
.macro ALLOWED n, mode, m, s, csr
    CHECK   \n
    SET     mcounteren, \m
    SET     scounteren, \s
    TRY     \mode, 0, csrr a0, \csr
    EXPECT_DONE \mode
.endm

PROGRAM
    CHECK   1                               /* instret: one for each instruction between two reads */
    csrr    a0, minstret
    nop
    nop
    csrr    a1, minstret
    sub     a1, a1, a0
    EXPECT  a1, 3

    CHECK   2                               /* a write takes the place of that instruction's increment */
    li      a0, 1000
    csrw    minstret, a0
    csrr    a1, minstret
    EXPECT  a1, 1000
    CHECK   3
    csrr    a0, instret
    EXPECT  a0, 1000 + 4                    /* csrr, li, bne and li came between */

    CHECK   4                               /* a trapping instruction does not retire */
    la      t6, 1f
    csrw    mscratch, t6
    csrr    a0, minstret
    ecall
1:  csrr    a1, minstret                    /* la (2), csrrw, jr of the handler and the first csrr */
    sub     a1, a1, a0
    EXPECT  a1, 5

    CHECK   5                               /* cycle moves on, at least one an instruction */
    csrr    a0, mcycle
    nop
    csrr    a1, cycle
    bgeu    a0, a1, fail
    CHECK   6                               /* both can be written */
    li      a0, 0x100000000000
    csrw    mcycle, a0
    csrr    a1, mcycle
    bltu    a1, a0, fail

    DENIED  7, PRV_S, 6, 7, cycle
    DENIED  8, PRV_S, 5, 7, time
    DENIED  9, PRV_S, 3, 7, instret
    ALLOWED 10, PRV_S, 1, 0, cycle          /* scounteren does not concern S-mode */
    ALLOWED 11, PRV_S, 4, 0, instret
    DENIED  12, PRV_U, 7, 6, cycle
    DENIED  13, PRV_U, 7, 3, instret
    DENIED  14, PRV_U, 6, 7, cycle
    ALLOWED 15, PRV_U, 7, 1, cycle
    ALLOWED 16, PRV_U, 7, 4, instret

    CHECK   17                              /* event counters that do not count read zero and ignore writes */
    li      a0, -1
    csrw    mhpmcounter30, a0
    csrw    mhpmevent31, x0
    csrr    a0, mhpmcounter30
    EXPECT  a0, 0
    csrr    a0, mhpmcounter31
    EXPECT  a0, 0

    CHECK   18                              /* counters are read-only below their M-mode names */
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrw cycle, x0
    j       pass
