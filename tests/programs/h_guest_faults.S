/* What a guest-page fault reports: the exact guest physical address, and a pseudoinstruction for the walk's own accesses. */
#include "test.h"

#define GUEST_FAULTS    (1 << EXC_LOAD_GUEST_PAGE_FAULT | 1 << EXC_STORE_GUEST_PAGE_FAULT | 1 << EXC_INSTRUCTION_GUEST_PAGE_FAULT)
#define PAGE_FAULTS     (1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT | 1 << EXC_INSTRUCTION_PAGE_FAULT)

/* In this program the guest's tables stand at GPA(1), GPA(2) and GPA(3), so that the G-stage can deny each of them.
   VA(0) is read through entry 1 of the root, 0 of level 1 and 0 of level 0; VA(5) through entry 5 of level 0. */
.macro TABLES root, l1, l0
    MAP     G_L0, 1, PTE_OF(VS_ROOT, \root)
    MAP     G_L0, 2, PTE_OF(VS_L1, \l1)
    MAP     G_L0, 3, PTE_OF(VS_L0, \l0)
    FENCE_ALL
.endm
.macro GUEST_FAULT cause, tval, gpa, tinst, insn:vararg
    TRY     PRV_VS, 0, \insn
    EXPECT_HS \cause
    EXPECT_CSR stval, \tval
    EXPECT_CSR htval, (\gpa) >> 2
    EXPECT_CSR htinst, \tinst
    EXPECT_BITS hstatus, HSTATUS_GVA | HSTATUS_SPV, HSTATUS_GVA | HSTATUS_SPV
.endm
.macro FETCH_FAULT tval, gpa, tinst
    TRY     PRV_VS, 0, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_GUEST_PAGE_FAULT
    EXPECT_CSR stval, \tval
    EXPECT_CSR htval, (\gpa) >> 2
    EXPECT_CSR htinst, \tinst
.endm
#define READ_ONLY   (PTE_V | PTE_R | PTE_U | PTE_A)
#define X_ONLY      (PTE_V | PTE_X | PTE_U | PTE_A)

PROGRAM 1
    MAP_GUEST_RAM
    MAP     VS_ROOT, 2, PTE_OF(0x80000000, KERNEL_RWX)
    MAP     VS_ROOT, 1, TABLE(GPA(2))
    MAP     VS_L1, 0, TABLE(GPA(3))
    MAP     VS_L0, 0, PTE_OF(GPA(8), KERNEL_RWX)
    MAP     VS_L0, 5, PTE_OF(GPA(9), KERNEL_RWX)
    MAP     G_L0, 8, PTE_OF(DATA(0), USER_RWX)
    SET     hgatp, SV39X4(G_ROOT)
    SET     vsatp, SV39(GPA(1))
    SET     medeleg, PAGE_FAULTS | GUEST_FAULTS
    SET     hedeleg, PAGE_FAULTS
    li      a0, VA(0) + 8

    CHECK   1                               /* tables that may only be read are enough: reading them is a load */
    TABLES  READ_ONLY, READ_ONLY, READ_ONLY
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_DONE PRV_VS
    TRY     PRV_VS, 0, sd a1, 0(a0)
    EXPECT_DONE PRV_VS

    CHECK   2                               /* corner cases 16, 17: the slot of each level, and the pseudoinstruction */
    TABLES  READ_ONLY, READ_ONLY, 0
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(0) + 8, GPA(3), TINST_READ_PTE, ld a1, 0(a0)
    CHECK   3
    TABLES  READ_ONLY, 0, READ_ONLY
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(0) + 8, GPA(2), TINST_READ_PTE, lb a1, 0(a0)
    CHECK   4                               /* entry 5 of level 0 */
    TABLES  READ_ONLY, READ_ONLY, 0
    li      a0, VA(5) + 0x123
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, VA(5) + 0x123, GPA(3) + 40, TINST_READ_PTE, sb a1, 0(a0)
    CHECK   5                               /* corner case 5: the cause is that of the access, not that of the walk */
    li      a0, VA(5) + 0x128
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, VA(5) + 0x128, GPA(3) + 40, TINST_READ_PTE, amoadd.d a1, x0, (a0)
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(5) + 0x128, GPA(3) + 40, TINST_READ_PTE, lr.d a1, (a0)
    FETCH_FAULT VA(5) + 0x128, GPA(3) + 40, TINST_READ_PTE

    CHECK   6                               /* corner case 6: MXR does not make tables readable */
    TABLES  READ_ONLY, READ_ONLY, X_ONLY
    li      t0, SSTATUS_MXR
    csrs    sstatus, t0
    csrs    vsstatus, t0
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(5) + 0x128, GPA(3) + 40, TINST_READ_PTE, ld a1, 0(a0)
    CHECK   7                               /* corner case 5: nor does a fetch need them executable */
    FETCH_FAULT VA(5) + 0x128, GPA(3) + 40, TINST_READ_PTE
    li      t0, SSTATUS_MXR
    csrc    sstatus, t0
    csrc    vsstatus, t0
    CHECK   8                               /* the G-stage's A, U and reserved bits hold for tables, too */
    TABLES  READ_ONLY, READ_ONLY - PTE_A, READ_ONLY
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(5) + 0x128, GPA(2), TINST_READ_PTE, ld a1, 0(a0)
    TABLES  READ_ONLY, READ_ONLY - PTE_U, READ_ONLY
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(5) + 0x128, GPA(2), TINST_READ_PTE, ld a1, 0(a0)
    TABLES  READ_ONLY, READ_ONLY | (1 << 60), READ_ONLY
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(5) + 0x128, GPA(2), TINST_READ_PTE, ld a1, 0(a0)

    CHECK   9                               /* the page itself: the address of the access, exactly */
    TABLES  READ_ONLY, READ_ONLY, READ_ONLY
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR stval, VA(5) + 0x128
    EXPECT_CSR htval, (GPA(9) + 0x128) >> 2
    li      a0, VA(5) + 0x7ff
    TRY     PRV_VS, 0, sb a1, 0(a0)
    EXPECT_HS EXC_STORE_GUEST_PAGE_FAULT
    EXPECT_CSR stval, VA(5) + 0x7ff
    EXPECT_CSR htval, (GPA(9) + 0x7ff) >> 2
    li      a0, VA(5) + 0x7fe
    FETCH_FAULT VA(5) + 0x7fe, GPA(9) + 0x7fe, 0

    CHECK   10                              /* corner case 17: any other trap to HS writes 0 */
    SET     medeleg, 1 << EXC_BREAKPOINT | 1 << EXC_VIRTUAL_INSTRUCTION | 1 << EXC_LOAD_PAGE_FAULT
    SET     hedeleg, 0
    SET     htval, 0x123456789
    SET     htinst, 0x3000
    TRY     PRV_VS, 0, csrr a1, hgatp
    EXPECT_HS EXC_VIRTUAL_INSTRUCTION
    EXPECT_CSR htval, 0
    EXPECT_CSR htinst, 0
    SET     htval, 0x123456789
    MAP     VS_L0, 6, 0
    FENCE_ALL
    li      a0, VA(6)
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_PAGE_FAULT
    EXPECT_CSR htval, 0
    EXPECT_BITS hstatus, HSTATUS_GVA, HSTATUS_GVA

    CHECK   11                              /* the same to M-mode: mtval2, mtinst, mstatus.GVA */
    SET     medeleg, 0
    TABLES  READ_ONLY, READ_ONLY, 0
    li      a0, VA(5) + 0x128
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_M EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR mtval, VA(5) + 0x128
    EXPECT_CSR mtval2, (GPA(3) + 40) >> 2
    EXPECT_CSR mtinst, TINST_READ_PTE
    EXPECT_BITS mstatus, MSTATUS_GVA | MSTATUS_MPV, MSTATUS_GVA | MSTATUS_MPV
    CHECK   12
    TRAPS   EXC_ECALL_M, ecall
    EXPECT_CSR mtval2, 0
    EXPECT_CSR mtinst, 0
    EXPECT_BITS mstatus, MSTATUS_GVA, 0

    /* Corner cases 2 and 3: guest physical addresses of more than 41 bits */
    SET     medeleg, PAGE_FAULTS | GUEST_FAULTS
    SET     hedeleg, PAGE_FAULTS
    CHECK   13                              /* in a leaf */
    TABLES  READ_ONLY, READ_ONLY, READ_ONLY
    MAP     VS_L0, 5, PTE_OF((1 << 41) + GPA(8), KERNEL_RWX)
    FENCE_ALL
    li      a0, VA(5) + 8
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR htval, ((1 << 41) + GPA(8) + 8) >> 2
    CHECK   14                              /* permissions of the VS-stage come first */
    MAP     VS_L0, 5, PTE_OF((1 << 41) + GPA(8), KERNEL_RWX - PTE_W)
    FENCE_ALL
    TRY     PRV_VS, 0, sd a1, 0(a0)
    EXPECT_VS EXC_STORE_PAGE_FAULT
    MAP     VS_L0, 5, PTE_OF((1 << 41) + GPA(8), 0)
    FENCE_ALL
    TRY     PRV_VS, 0, sd a1, 0(a0)
    EXPECT_VS EXC_STORE_PAGE_FAULT
    CHECK   15                              /* in a pointer: the fault is the walk's */
    MAP     VS_L1, 0, TABLE((1 << 55) + GPA(3))
    FENCE_ALL
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, VA(5) + 8, (1 << 55) + GPA(3) + 40, TINST_READ_PTE, ld a1, 0(a0)
    CHECK   16                              /* in vsatp */
    SET     vsatp, SV39((1 << 41) + GPA(1))
    FENCE_ALL
    RUN     PRV_VS, nowhere
    la      s11, nowhere
    EXPECT_HS EXC_INSTRUCTION_GUEST_PAGE_FAULT
    EXPECT_CSR htval, ((1 << 41) + GPA(1) + 16) >> 2
    EXPECT_CSR htinst, TINST_READ_PTE
    CHECK   17                              /* with vsatp Bare, the address itself */
    SET     vsatp, 0
    FENCE_ALL
    li      a0, (1 << 41) + GPA(8)
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR stval, (1 << 41) + GPA(8)
    EXPECT_CSR htval, ((1 << 41) + GPA(8)) >> 2
    FETCH_FAULT (1 << 41) + GPA(8), (1 << 41) + GPA(8), 0
    li      a0, 0x8000000080000000
    TRY     PRV_VS, 0, sd a1, 0(a0)
    EXPECT_HS EXC_STORE_GUEST_PAGE_FAULT
    EXPECT_CSR stval, 0x8000000080000000

    CHECK   18                              /* a table of the guest where no memory is: an access fault */
    SET     vsatp, SV39(GPA(1))
    MAP     VS_L1, 0, TABLE(GPA(3))
    TABLES  READ_ONLY, READ_ONLY, READ_ONLY
    MAP     G_L0, 3, PTE_OF(0x40000000, READ_ONLY)
    FENCE_ALL
    li      a0, VA(0)
    TRY     PRV_VS, 0, sd a1, 0(a0)
    EXPECT_M EXC_STORE_ACCESS_FAULT
    EXPECT_CSR mtval, VA(0)
    EXPECT_CSR mtval2, 0
    EXPECT_BITS mstatus, MSTATUS_GVA, MSTATUS_GVA

    CHECK   19                              /* corner case 18: a fetch whose second half is on another page */
    TABLES  READ_ONLY, READ_ONLY, READ_ONLY
    MAP     VS_L0, 5, PTE_OF(GPA(8), KERNEL_RWX)
    MAP     VS_L0, 6, PTE_OF(GPA(9), KERNEL_RWX)
    PUT     DATA(0) + 0xff8, 0x0073000000000000
    FENCE_ALL
    fence.i
    li      a0, VA(6) - 2
    FETCH_FAULT VA(6), GPA(9), 0
    j       pass

nowhere:
    ecall
