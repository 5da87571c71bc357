/* A of the pages of a guest's instructions: in both stages, the guest's own table included, and only for what is executed.
Corner case 30.
Needs: Svadu. */
#include "test.h"

#define RWX         (PTE_V | PTE_R | PTE_W | PTE_X)
#define A           (RWX | PTE_A)
#define AD          (RWX | PTE_A | PTE_D)
#define END         0xffe                   /* of a page: its last halfword */
#define TABLE_PAGE  2                       /* guest-physical page at which the last table of the VS stage is reached */
#define FAULTS      (1 << EXC_INSTRUCTION_PAGE_FAULT | 1 << EXC_INSTRUCTION_GUEST_PAGE_FAULT)

/* Flags of both stages' leaves of two pages that follow one another, and of the G-stage's leaf of the table. */
.macro LEAVES n, vs, vs_next, g, g_next, table
    CHECK   \n
    PUT     VS_L0, PTE_OF(GPA(0), \vs)
    PUT     VS_L0 + 8, PTE_OF(GPA(1), \vs_next)
    PUT     G_L0, PTE_OF(DATA(0), PTE_U | \g)
    PUT     G_L0 + 8, PTE_OF(DATA(1), PTE_U | \g_next)
    PUT     G_L0 + 8 * TABLE_PAGE, PTE_OF(VS_L0, PTE_U | \table)
    FENCE_ALL
.endm
.macro LEFT vs, vs_next, g, g_next, table
    EXPECT_MEM VS_L0, PTE_OF(GPA(0), \vs)
    EXPECT_MEM VS_L0 + 8, PTE_OF(GPA(1), \vs_next)
    EXPECT_MEM G_L0, PTE_OF(DATA(0), PTE_U | \g)
    EXPECT_MEM G_L0 + 8, PTE_OF(DATA(1), PTE_U | \g_next)
    EXPECT_MEM G_L0 + 8 * TABLE_PAGE, PTE_OF(VS_L0, PTE_U | \table)
.endm
.macro CODE offset, half
    li      t6, DATA(0) + (\offset)
    li      t5, \half
    sh      t5, 0(t6)
.endm
/* From the last halfword of the first page. */
.macro GO
    fence.i
    li      s11, VA(0) + END
    csrw    mepc, s11
    la      t6, .Lback\@
    csrw    mscratch, t6
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, MSTATUS_MPV | PRV_S << MSTATUS_MPP_SHIFT
    csrs    mstatus, t5
    mret
.Lback\@:
.endm
.macro DONE
    EXPECT_DONE PRV_VS
    EXPECT_CSR mepc, VA(0) + 0x1002
.endm
.macro FAULT cause, address, gpa, tinst
    EXPECT_HS \cause
    EXPECT_CSR stval, \address
    EXPECT_CSR htval, (\gpa) >> 2
    EXPECT_CSR htinst, \tinst
.endm

PROGRAM 1
    MAP_GUEST_RAM
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP     VS_L1, 0, TABLE(GPA(TABLE_PAGE))
    SET     medeleg, FAULTS
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    SET     menvcfg, MENVCFG_ADUE
    SET     henvcfg, HENVCFG_ADUE
    CODE    END, 0x0513                     /* li a0, 5 in two pages */
    CODE    0x1000, 0x0050
    CODE    0x1002, 0x0073                  /* ecall */
    CODE    0x1004, 0

    LEAVES  1, RWX, RWX, RWX, RWX, RWX      /* everything at once */
    GO
    DONE
    LEFT    A, A, A, A, AD
    LEAVES  2, A, A, RWX, A, RWX            /* one stage */
    GO
    DONE
    LEFT    A, A, A, A, A
    LEAVES  3, A, RWX, A, A, RWX
    GO
    DONE
    LEFT    A, A, A, A, AD
    LEAVES  4, RWX, RWX, RWX, RWX & ~PTE_X, RWX     /* the second half faults in the G-stage: all the rest is done */
    GO
    FAULT   EXC_INSTRUCTION_GUEST_PAGE_FAULT, VA(1), GPA(1), 0
    LEFT    A, A, A, RWX & ~PTE_X, AD
    LEAVES  5, RWX, RWX, RWX & ~PTE_X, RWX, RWX     /* the first half faults in the G-stage */
    GO
    FAULT   EXC_INSTRUCTION_GUEST_PAGE_FAULT, VA(0) + END, GPA(0) + END, 0
    LEFT    A, RWX, RWX & ~PTE_X, RWX, AD
    LEAVES  6, A, RWX, A, A, PTE_V | PTE_R          /* the table may not be written */
    GO
    FAULT   EXC_INSTRUCTION_GUEST_PAGE_FAULT, VA(1), GPA(TABLE_PAGE) + 8, TINST_WRITE_PTE
    LEFT    A, RWX, A, A, PTE_V | PTE_R | PTE_A
    CODE    END, 0xbfed                     /* c.j END - 6 */
    CODE    0xff8, 0x0073
    CODE    0xffa, 0
    LEAVES  7, RWX, RWX, RWX, RWX, RWX      /* what is fetched ahead sets nothing */
    GO
    EXPECT_DONE PRV_VS
    LEFT    A, RWX, A, RWX, AD
    SET     henvcfg, 0                      /* the VS stage alone is without */
    LEAVES  8, RWX, A, RWX, A, RWX
    GO
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    LEFT    RWX, A, RWX, A, A
    j       pass
