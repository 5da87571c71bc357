/* Cache-block operations of guests: illegal or virtual instruction, and the faults of two stages. Corner case 31.
Needs: Zicbom Zicboz Zicbop. */
    .option arch, +zicbom, +zicboz, +zicbop
#include "test.h"

#define VIRTUAL     (1 << EXC_VIRTUAL_INSTRUCTION)
#define FAULTS      (1 << EXC_STORE_PAGE_FAULT | 1 << EXC_STORE_GUEST_PAGE_FAULT)
#define ALL         (MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE)
#define USER_RO     (PTE_V | PTE_R | PTE_A | PTE_D | PTE_U)

.macro ENVCFG n, m, h, s
    CHECK   \n
    SET     menvcfg, \m
    SET     henvcfg, \h
    SET     senvcfg, \s
.endm
.macro OK mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_DONE \mode
.endm
.macro ILLEGAL mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
.endm
.macro VIRTUAL_INSN mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_HS EXC_VIRTUAL_INSTRUCTION
    EXPECT_CSR htinst, 0
    EXPECT_CSR htval, 0
.endm
.macro EACH expect, mode
    \expect \mode, cbo.inval (a0)
    \expect \mode, cbo.clean (a0)
    \expect \mode, cbo.flush (a0)
    \expect \mode, cbo.zero (a0)
.endm
/* VA(0) maps to GPA(0) with `vs`, GPA(0) to DATA(0) with `g`. */
.macro STAGES n, vs, g
    CHECK   \n
    PUT     VS_L0, PTE_OF(GPA(0), \vs)
    PUT     G_L0, PTE_OF(DATA(0), \g)
    FENCE_ALL
.endm
.macro PAGE_FAULT mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_VS EXC_STORE_PAGE_FAULT
    csrr    t5, vstval
    bne     t5, a0, fail
.endm
.macro GUEST_FAULT mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_HS EXC_STORE_GUEST_PAGE_FAULT
    csrr    t5, stval
    bne     t5, a0, fail
    EXPECT_CSR htval, GPA(0) >> 2
    EXPECT_BITS hstatus, HSTATUS_GVA | HSTATUS_SPV, HSTATUS_GVA | HSTATUS_SPV
.endm

PROGRAM 1
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    SET     medeleg, VIRTUAL | FAULTS
    SET     hedeleg, 1 << EXC_STORE_PAGE_FAULT
    li      a0, DATA(0)

    ENVCFG  1, 0, ALL, ALL                  /* menvcfg decides first, and what it refuses is illegal */
    EACH    ILLEGAL, PRV_VS
    EACH    ILLEGAL, PRV_VU
    ENVCFG  2, 0, 0, 0
    EACH    ILLEGAL, PRV_VU
    ENVCFG  3, ALL, 0, ALL                  /* henvcfg is for VS and VU, and what it refuses is virtual */
    EACH    VIRTUAL_INSN, PRV_VS
    EACH    VIRTUAL_INSN, PRV_VU
    OK      PRV_U, 0, cbo.inval (a0)
    OK      PRV_U, 0, cbo.zero (a0)
    ENVCFG  4, ALL, ALL, 0                  /* senvcfg is for U and VU */
    EACH    VIRTUAL_INSN, PRV_VU
    EACH    ILLEGAL, PRV_U
    OK      PRV_VS, 0, cbo.inval (a0)
    OK      PRV_VS, 0, cbo.flush (a0)
    OK      PRV_VS, 0, cbo.zero (a0)
    ENVCFG  5, ALL, MENVCFG_CBIE, ALL       /* each field for its own instructions */
    OK      PRV_VS, 0, cbo.inval (a0)
    VIRTUAL_INSN PRV_VS, cbo.clean (a0)
    VIRTUAL_INSN PRV_VS, cbo.zero (a0)
    ENVCFG  6, ALL, MENVCFG_CBCFE, ALL
    OK      PRV_VU, 0, cbo.clean (a0)
    OK      PRV_VU, 0, cbo.flush (a0)
    VIRTUAL_INSN PRV_VU, cbo.inval (a0)
    VIRTUAL_INSN PRV_VU, cbo.zero (a0)
    ENVCFG  7, ALL, MENVCFG_CBZE, ALL
    OK      PRV_VS, 0, cbo.zero (a0)
    VIRTUAL_INSN PRV_VS, cbo.inval (a0)
    VIRTUAL_INSN PRV_VS, cbo.flush (a0)
    ENVCFG  8, 0, 0, 0                      /* a prefetch is a HINT for everybody */
    OK      PRV_VU, 0, prefetch.r 0(a0)
    OK      PRV_VS, 0, prefetch.w 2016(a0)

    ENVCFG  9, ALL, ALL, ALL
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    li      a0, VA(0)
    STAGES  10, KERNEL_RWX, USER_RWX
    PUT     DATA(0) + 40, -1
    OK      PRV_VS, 0, cbo.flush (a0)
    EXPECT_MEM DATA(0) + 40, -1
    OK      PRV_VS, 0, cbo.zero (a0)
    EXPECT_MEM DATA(0) + 40, 0
    STAGES  11, KERNEL_RWX & ~PTE_D, USER_RWX & ~PTE_D      /* D matters for zero alone, and the guest's stage is first */
    OK      PRV_VS, 0, cbo.inval (a0)
    OK      PRV_VS, 0, cbo.clean (a0)
    PAGE_FAULT PRV_VS, 0, cbo.zero (a0)
    STAGES  12, KERNEL_RWX, USER_RWX & ~PTE_D
    OK      PRV_VS, 0, cbo.flush (a0)
    GUEST_FAULT PRV_VS, 0, cbo.zero (a0)
    STAGES  13, KERNEL_RWX, USER_RO
    OK      PRV_VS, 0, cbo.flush (a0)
    GUEST_FAULT PRV_VS, 0, cbo.zero (a0)
    STAGES  14, KERNEL_RWX, USER_RWX & ~PTE_A
    GUEST_FAULT PRV_VS, 0, cbo.inval (a0)
    GUEST_FAULT PRV_VS, 0, cbo.zero (a0)
    STAGES  15, KERNEL_RWX & ~PTE_A, USER_RWX
    PAGE_FAULT PRV_VS, 0, cbo.inval (a0)
    PAGE_FAULT PRV_VS, 0, cbo.zero (a0)
    STAGES  16, USER_RWX, USER_RWX
    PAGE_FAULT PRV_VS, 0, cbo.clean (a0)
    OK      PRV_VU, USER_ALIAS, cbo.clean (a0)
    OK      PRV_VU, USER_ALIAS, cbo.zero (a0)
    STAGES  17, USER_RWX, 0
    GUEST_FAULT PRV_VU, USER_ALIAS, cbo.clean (a0)
    GUEST_FAULT PRV_VU, USER_ALIAS, cbo.flush (a0)
    GUEST_FAULT PRV_VU, USER_ALIAS, cbo.inval (a0)
    GUEST_FAULT PRV_VU, USER_ALIAS, cbo.zero (a0)
    OK      PRV_VU, USER_ALIAS, prefetch.i 0(a0)
    j       pass
