/* The page-modification log: what is logged, a log that is full, and a log that cannot be stored to.
Needs: Xdoppel Smpmp Zicboz. */
    .option arch, +zicboz
#include "test.h"

#define LOG         DATA(1)
#define ENTRY(n)    (LOG + 8 * (n))
#define CLEAN       (USER_RWX & ~PTE_D)         /* of the G-stage: not yet written */
#define FULL        (1 << EXC_PAGE_LOG_FULL | 1 << EXC_STORE_GUEST_PAGE_FAULT | 1 << EXC_STORE_ACCESS_FAULT \
                     | 1 << EXC_LOAD_ACCESS_FAULT)

/* VA(0) maps to GPA(0) with `vs`, GPA(0) to DATA(0) with `g`; the log is empty. */
.macro STAGES n, vs, g
    CHECK   \n
    PUT     VS_L0, PTE_OF(GPA(0), \vs)
    PUT     G_L0, PTE_OF(DATA(0), \g)
    csrw    CSR_HPMLI, x0
    FENCE_ALL
.endm
.macro OK mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_DONE \mode
.endm
.macro LOGGED count, entry
    EXPECT_CSR CSR_HPMLI, \count
    EXPECT_MEM ENTRY(\count - 1), \entry
.endm
.macro FAULT cause, gpa, insn:vararg
    TRY     PRV_VS, 0, \insn
    EXPECT_HS \cause
    csrr    t5, stval
    bne     t5, a0, fail
    EXPECT_CSR htval, (\gpa) >> 2
    EXPECT_BITS hstatus, HSTATUS_GVA | HSTATUS_SPV, HSTATUS_GVA | HSTATUS_SPV
.endm
/* D of the leaf at an address of a table. */
.macro DIRTY pte, wanted
    GET     t5, \pte
    andi    t5, t5, PTE_D
    EXPECT  t5, \wanted
.endm

PROGRAM 1
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    SET     medeleg, FULL
    SET     hedeleg, FULL
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    SET     menvcfg, MENVCFG_ADUE | MENVCFG_CBZE
    SET     henvcfg, MENVCFG_ADUE | MENVCFG_CBZE
    SET     CSR_HPMLA, LOG | HPMLA_ENABLE
    li      a0, VA(0)

    STAGES  1, KERNEL_RWX, CLEAN            /* reading logs nothing, writing does, once */
    OK      PRV_VS, 0, ld a1, 8(a0)
    EXPECT_CSR CSR_HPMLI, 0
    OK      PRV_VS, 0, sb a0, 0x7ff(a0)
    LOGGED  1, GPA(0)
    DIRTY   G_L0, PTE_D
    OK      PRV_VS, 0, sd a0, 8(a0)
    LOGGED  1, GPA(0)
    STAGES  2, KERNEL_RWX, CLEAN & ~PTE_A   /* A alone is not of interest */
    OK      PRV_VS, 0, ld a1, 8(a0)
    EXPECT_CSR CSR_HPMLI, 0
    OK      PRV_VS, 0, amoadd.d a1, a0, (a0)
    LOGGED  1, GPA(0)
    STAGES  3, KERNEL_RWX, CLEAN            /* every kind of store */
    OK      PRV_VS, 0, cbo.zero (a0)
    LOGGED  1, GPA(0)
    STAGES  4, KERNEL_RWX, CLEAN
    OK      PRV_VS, 0, sc.d a1, a0, (a0)    /* even one that fails */
    LOGGED  1, GPA(0)
    STAGES  5, KERNEL_RWX, CLEAN
    SET     hstatus, HSTATUS_SPVP
    hsv.d   a0, (a0)
    LOGGED  1, GPA(0)
    CHECK   6                               /* a superpage: the page that is accessed, and the level */
    MAP     G_ROOT, 1, PTE_OF(0x80000000, CLEAN)
    PUT     VS_L0, PTE_OF(0x40000000 + (DATA(0) - 0x80000000), KERNEL_RWX)
    csrw    CSR_HPMLI, x0
    FENCE_ALL
    OK      PRV_VS, 0, sd a0, 0x18(a0)
    LOGGED  1, 0x40000000 + (DATA(0) - 0x80000000) + 2
    EXPECT_MEM DATA(0) + 0x18, VA(0)
    MAP     G_ROOT, 1, TABLE(G_L1)

    STAGES  7, KERNEL_RWX, CLEAN            /* the index counts on, to the end of the page */
    SET     CSR_HPMLI, 511
    OK      PRV_VS, 0, sd a0, 0(a0)
    LOGGED  512, GPA(0)
    STAGES  8, KERNEL_RWX, CLEAN            /* a full log */
    SET     CSR_HPMLI, 512
    FAULT   EXC_PAGE_LOG_FULL, GPA(0), sd a1, (a0)
    EXPECT_CSR CSR_HPMLI, 512
    DIRTY   G_L0, 0
    OK      PRV_VS, 0, ld a1, 0(a0)
    csrw    CSR_HPMLI, x0
    OK      PRV_VS, 0, sd a0, 0(a0)
    LOGGED  1, GPA(0)
    STAGES  9, KERNEL_RWX, CLEAN & ~PTE_W   /* other faults are in front */
    SET     CSR_HPMLI, 512
    FAULT   EXC_STORE_GUEST_PAGE_FAULT, GPA(0), sd a1, (a0)

    STAGES  10, KERNEL_RWX & ~(PTE_A | PTE_D), CLEAN    /* the guest's own tables are written, too */
    MAP     G_ROOT, 2, TABLE(S_L1)          /* and so are in pages of their own in the G-stage */
    li      a1, S_L1
    li      a2, PTE_OF(0x80000000, USER_RWX)
    sd      a2, 0(a1)
    FENCE_ALL
    OK      PRV_VS, 0, sd a0, 0(a0)
    LOGGED  1, GPA(0)
    CHECK   11
    PUT     S_L1, TABLE(S_L0)
    li      a1, S_L0
    li      a2, PTE_OF(0x80000000, USER_RWX)
    li      a3, 512
    li      a4, 1 << 10
1:  sd      a2, 0(a1)
    add     a2, a2, a4
    addi    a1, a1, 8
    addi    a3, a3, -1
    bnez    a3, 1b
    PUT     S_L0 + ((VS_L0 - 0x80000000) >> 9), PTE_OF(VS_L0, CLEAN)
    PUT     VS_L0, PTE_OF(GPA(0), KERNEL_RWX & ~(PTE_A | PTE_D))
    PUT     G_L0, PTE_OF(DATA(0), CLEAN)
    csrw    CSR_HPMLI, x0
    FENCE_ALL
    OK      PRV_VS, 0, sd a0, 0(a0)
    LOGGED  2, GPA(0)
    EXPECT_MEM ENTRY(0), VS_L0
    CHECK   12                              /* full: the address is that of the entry, and the pseudoinstruction a write */
    PUT     S_L0 + ((VS_L0 - 0x80000000) >> 9), PTE_OF(VS_L0, CLEAN)
    PUT     VS_L0, PTE_OF(GPA(0), KERNEL_RWX & ~(PTE_A | PTE_D))
    SET     CSR_HPMLI, -1
    FENCE_ALL
    FAULT   EXC_PAGE_LOG_FULL, VS_L0, ld a1, (a0)
    EXPECT_CSR htinst, TINST_WRITE_PTE
    DIRTY   VS_L0, 0
    DIRTY   S_L0 + ((VS_L0 - 0x80000000) >> 9), 0

    STAGES  13, KERNEL_RWX, CLEAN           /* no access to the log: an access fault of the access */
    SET     hedeleg, 0
    SET     pmpaddr1, -1
    SET     pmpaddr0, LOG >> 2 | 0x1ff
    SET     pmpcfg0, 0x1f19
    FENCE_ALL
    FAULT   EXC_STORE_ACCESS_FAULT, 0, sd a1, (a0)
    EXPECT_CSR CSR_HPMLI, 0
    DIRTY   G_L0, 0
    SET     pmpcfg0, 0x1f1f
    STAGES  14, KERNEL_RWX, CLEAN           /* the second entry of PMP opens it again */
    SET     pmpaddr0, 0x1ff
    SET     pmpcfg0, 0x1f18
    FENCE_ALL
    OK      PRV_VS, 0, sd a1, (a0)
    EXPECT_CSR CSR_HPMLI, 1
    DIRTY   G_L0, PTE_D
    STAGES  15, KERNEL_RWX, CLEAN
    SET     CSR_HPMLA, 0x1000 | HPMLA_ENABLE        /* no memory to write */
    FAULT   EXC_STORE_ACCESS_FAULT, 0, sd a1, (a0)
    STAGES  16, KERNEL_RWX, CLEAN           /* no log */
    SET     CSR_HPMLA, LOG
    OK      PRV_VS, 0, sd a1, (a0)
    EXPECT_CSR CSR_HPMLI, 0
    STAGES  17, KERNEL_RWX, CLEAN           /* without ADUE nobody sets D */
    SET     CSR_HPMLA, LOG | HPMLA_ENABLE
    csrw    menvcfg, x0
    FENCE_ALL
    FAULT   EXC_STORE_GUEST_PAGE_FAULT, GPA(0), sd a1, (a0)
    EXPECT_CSR CSR_HPMLI, 0
    CHECK   18
    SET     CSR_HPMLA, -1
    EXPECT_CSR CSR_HPMLA, HPMLA_PAGE | HPMLA_ENABLE
    SET     CSR_HPMLI, -1
    EXPECT_CSR CSR_HPMLI, 0x3ff
    j       pass
