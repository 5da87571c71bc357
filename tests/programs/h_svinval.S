/* Svinval: who may invalidate, and that a batch of invalidations makes changed page tables hold, at both stages.
Needs: Svinval. */
    .option arch, +svinval
#include "test.h"

.macro OK mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_DONE \mode
.endm
.macro ILLEGAL mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
.endm
.macro VIRTUAL mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
.endm
/* The value that `mode` loads at VA(0). */
.macro SEES mode, value
    TRY     \mode, 0, ld a1, (a0)
    EXPECT_DONE \mode
    EXPECT  a1, \value
.endm

PROGRAM 1
    CHECK   1                               /* every mode */
    sinval.vma x0, x0
    hinval.vvma x0, x0
    hinval.gvma x0, x0
    sfence.w.inval
    sfence.inval.ir
    OK      PRV_S, sinval.vma a0, a1
    OK      PRV_S, hinval.vvma a0, a1
    OK      PRV_S, hinval.gvma a0, a1
    OK      PRV_S, sfence.w.inval
    OK      PRV_S, sfence.inval.ir
    ILLEGAL PRV_U, sinval.vma a0, a1
    ILLEGAL PRV_U, hinval.vvma a0, a1
    ILLEGAL PRV_U, hinval.gvma a0, a1
    ILLEGAL PRV_U, sfence.w.inval
    ILLEGAL PRV_U, sfence.inval.ir
    OK      PRV_VS, sinval.vma a0, a1
    VIRTUAL PRV_VS, hinval.vvma a0, a1
    VIRTUAL PRV_VS, hinval.gvma a0, a1
    OK      PRV_VS, sfence.w.inval
    OK      PRV_VS, sfence.inval.ir
    VIRTUAL PRV_VU, sinval.vma a0, a1
    VIRTUAL PRV_VU, hinval.vvma a0, a1
    VIRTUAL PRV_VU, hinval.gvma a0, a1
    VIRTUAL PRV_VU, sfence.w.inval
    VIRTUAL PRV_VU, sfence.inval.ir
    CHECK   2                               /* TVM binds those of satp and hgatp in S, and nothing in VS */
    li      t5, MSTATUS_TVM
    csrs    mstatus, t5
    ILLEGAL PRV_S, sinval.vma x0, x0
    OK      PRV_S, hinval.vvma x0, x0
    ILLEGAL PRV_S, hinval.gvma x0, x0
    OK      PRV_S, sfence.w.inval
    OK      PRV_S, sfence.inval.ir
    OK      PRV_VS, sinval.vma x0, x0
    li      t5, MSTATUS_TVM
    csrc    mstatus, t5
    CHECK   3                               /* VTVM binds SINVAL.VMA in VS */
    li      t5, HSTATUS_VTVM
    csrs    hstatus, t5
    VIRTUAL PRV_VS, sinval.vma x0, x0
    OK      PRV_VS, sfence.w.inval
    OK      PRV_VS, sfence.inval.ir
    OK      PRV_S, sinval.vma x0, x0
    li      t5, HSTATUS_VTVM
    csrc    hstatus, t5

    MAP_RAM S_ROOT, S_L1, S_L0
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    PUT     DATA(0), 10
    PUT     DATA(1), 11
    SET     satp, SV39(S_ROOT)
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    MAP     S_L0, 0, PTE_OF(DATA(0), KERNEL_RW)
    MAP     VS_L0, 0, PTE_OF(GPA(0), KERNEL_RW)
    MAP     G_L0, 0, PTE_OF(DATA(0), USER_RW)
    MAP     G_L0, 1, PTE_OF(DATA(1), USER_RW)
    FENCE_ALL
    li      a0, VA(0)
    CHECK   4                               /* satp */
    SEES    PRV_S, 10
    MAP     S_L0, 0, PTE_OF(DATA(1), KERNEL_RW)
    sfence.w.inval
    sinval.vma a0, x0
    sfence.inval.ir
    SEES    PRV_S, 11
    CHECK   5                               /* vsatp, from HS and from VS */
    SEES    PRV_VS, 10
    MAP     VS_L0, 0, PTE_OF(GPA(1), KERNEL_RW)
    sfence.w.inval
    hinval.vvma a0, x0
    sfence.inval.ir
    SEES    PRV_VS, 11
    MAP     VS_L0, 0, PTE_OF(GPA(0), KERNEL_RW)
    OK      PRV_VS, sinval.vma x0, x0
    SEES    PRV_VS, 10
    CHECK   6                               /* hgatp */
    MAP     G_L0, 0, PTE_OF(DATA(1), USER_RW)
    sfence.w.inval
    hinval.gvma x0, x0
    sfence.inval.ir
    SEES    PRV_VS, 11
    j       pass
