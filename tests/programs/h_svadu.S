/* Svadu in both stages of a guest: which register enables which, what the VS stage's own tables need in the G-stage, and the
pseudoinstruction of a PTE that the guest may not write. Corner case 30.
Needs: Svadu. */
#include "test.h"

#define FAULTS      (1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT | 1 << EXC_LOAD_GUEST_PAGE_FAULT \
                     | 1 << EXC_STORE_GUEST_PAGE_FAULT)
#define RWX         (PTE_V | PTE_R | PTE_W | PTE_X)
#define TABLE_PAGE  1                       /* guest-physical page at which the last table of the VS stage is reached */

/* Flags of the VS-stage leaf, of the G-stage leaf of the data, and of the one of the table. */
.macro LEAVES n, vs, data, table
    CHECK   \n
    PUT     VS_L0, PTE_OF(GPA(0), \vs)
    PUT     G_L0, PTE_OF(DATA(0), PTE_U | \data)
    PUT     G_L0 + 8 * TABLE_PAGE, PTE_OF(VS_L0, PTE_U | \table)
    FENCE_ALL
.endm
.macro LEFT vs, data, table
    EXPECT_MEM VS_L0, PTE_OF(GPA(0), \vs)
    EXPECT_MEM G_L0, PTE_OF(DATA(0), PTE_U | \data)
    EXPECT_MEM G_L0 + 8 * TABLE_PAGE, PTE_OF(VS_L0, PTE_U | \table)
.endm
.macro FAULT cause, insn:vararg
    TRY     PRV_VS, 0, \insn
    EXPECT_HS \cause
.endm
.macro OK insn:vararg
    TRY     PRV_VS, 0, \insn
    EXPECT_DONE PRV_VS
.endm
#define A       RWX | PTE_A
#define AD      RWX | PTE_A | PTE_D

PROGRAM 1
    MAP_GUEST_RAM
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP     VS_L1, 0, TABLE(GPA(TABLE_PAGE))
    SET     medeleg, FAULTS
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    li      a0, VA(0)

    SET     menvcfg, MENVCFG_ADUE           /* of menvcfg alone: the G-stage has it */
    SET     henvcfg, 0
    LEAVES  1, AD, RWX, AD
    OK      ld a1, (a0)
    LEFT    AD, A, AD
    LEAVES  2, AD, RWX, AD
    OK      sd a1, (a0)
    LEFT    AD, AD, AD
    LEAVES  3, RWX, AD, AD
    FAULT   EXC_LOAD_PAGE_FAULT, ld a1, (a0)
    LEFT    RWX, AD, AD

    CHECK   4                               /* without that of menvcfg there is none in henvcfg */
    SET     menvcfg, MENVCFG_ADUE
    SET     henvcfg, HENVCFG_ADUE           /* not even the one that was set before */
    SET     menvcfg, 0
    SET     henvcfg, HENVCFG_ADUE
    EXPECT_BITS henvcfg, HENVCFG_ADUE, 0
    LEAVES  5, AD, RWX, AD
    FAULT   EXC_LOAD_GUEST_PAGE_FAULT, ld a1, (a0)
    LEFT    AD, RWX, AD
    LEAVES  6, RWX, AD, AD
    FAULT   EXC_STORE_PAGE_FAULT, sd a1, (a0)
    LEFT    RWX, AD, AD

    SET     menvcfg, MENVCFG_ADUE           /* both */
    SET     henvcfg, HENVCFG_ADUE
    LEAVES  7, RWX, RWX, RWX                /* reading a table is a load in the G-stage, writing one a store */
    OK      ld a1, (a0)
    LEFT    A, A, AD
    LEAVES  8, AD, RWX, RWX
    OK      ld a1, (a0)
    LEFT    AD, A, A
    LEAVES  9, RWX, RWX, RWX
    OK      sd a1, (a0)
    LEFT    AD, AD, AD

    LEAVES  10, RWX, RWX, PTE_V | PTE_R     /* a table that the guest may not write */
    FAULT   EXC_LOAD_GUEST_PAGE_FAULT, ld a1, (a0)
    LEFT    RWX, RWX, PTE_V | PTE_R | PTE_A
    EXPECT_CSR stval, VA(0)
    EXPECT_CSR htval, GPA(TABLE_PAGE) >> 2
    EXPECT_CSR htinst, TINST_WRITE_PTE
    LEAVES  11, RWX, RWX, PTE_V | PTE_R
    FAULT   EXC_STORE_GUEST_PAGE_FAULT, sd a1, (a0)
    EXPECT_CSR htinst, TINST_WRITE_PTE
    LEAVES  12, RWX, RWX, PTE_V | PTE_X     /* may not read */
    FAULT   EXC_STORE_GUEST_PAGE_FAULT, sd a1, (a0)
    LEFT    RWX, RWX, PTE_V | PTE_X
    EXPECT_CSR htinst, TINST_READ_PTE

    LEAVES  13, RWX, PTE_V | PTE_R, AD      /* the VS stage is complete when the G-stage refuses the access */
    FAULT   EXC_STORE_GUEST_PAGE_FAULT, sd a1, (a0)
    LEFT    AD, PTE_V | PTE_R, AD
    EXPECT_CSR htval, GPA(0) >> 2

    LEAVES  14, RWX, RWX, RWX               /* a load of the hypervisor's, as the guest */
    li      t5, HSTATUS_SPVP
    csrs    hstatus, t5
    hlv.d   a1, (a0)
    LEFT    A, A, AD
    CHECK   15
    hsv.d   a1, (a0)
    LEFT    AD, AD, AD
    j       pass
