/* Divisions behind a load that faults: they end without a trace, however far they are. The load's table lies in the page of
tohost, which no cache holds, so that a slow bus brings the fault at another time in each round. */
#include "test.h"

#define ROUNDS      24
#define KEPT        0x5a5a

/* A load that has no page, and the division behind it. */
.macro DROPPED insn:vararg
    la      t6, .Lafter\@
    csrw    mscratch, t6
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, MSTATUS_MPRV | PRV_S << MSTATUS_MPP_SHIFT
    csrs    mstatus, t5
    la      s11, .Lload\@
.Lload\@:
    ld      a1, (a0)
    \insn
    j       fail
.Lafter\@:
    li      t5, MSTATUS_MPRV
    csrc    mstatus, t5
    EXPECT_M EXC_LOAD_PAGE_FAULT
    EXPECT  a2, KEPT
.endm

PROGRAM
    CHECK   1
    la      t6, tohost
    srli    t6, t6, PAGE_SHIFT
    li      t5, SATP_MODE_SV39
    or      t6, t6, t5
    csrw    satp, t6
    sfence.vma
    li      a0, VA(0)
    li      a2, KEPT
    li      a3, 1
    li      a4, 3
    li      a5, ROUNDS
1:  DROPPED divu a2, a3, a4
    DROPPED divuw a2, a3, a4
    DROPPED remu a2, a0, a4
    DROPPED remuw a2, a0, a3
    addi    a5, a5, -1
    bnez    a5, 1b

    CHECK   2                               /* the next one is whole */
    li      a3, 1000
    div     a2, a3, a4
    EXPECT  a2, 333
    j       pass
