/* Two-stage translation: either stage alone, both, superpages, permissions of each, and which fault wins. */
#include "test.h"

#define VS_LEAF(gpa, flags)     PUT VS_L0, PTE_OF(gpa, flags)
#define G_LEAF(pa, flags)       PUT G_L0, PTE_OF(pa, flags)
#define VALUE                   0x0000806722334455
#define PAGE_FAULTS     (1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT | 1 << EXC_INSTRUCTION_PAGE_FAULT)
#define GUEST_FAULTS    (1 << EXC_LOAD_GUEST_PAGE_FAULT | 1 << EXC_STORE_GUEST_PAGE_FAULT | 1 << EXC_INSTRUCTION_GUEST_PAGE_FAULT)
#define X_ONLY          (PTE_V | PTE_X | PTE_A | PTE_D)

/* VA(0) maps to GPA(0) with `vs`, GPA(0) to DATA(0) with `g`. */
.macro STAGES n, vs, g
    CHECK   \n
    PUT     VS_L0, PTE_OF(GPA(0), \vs)
    PUT     G_L0, PTE_OF(DATA(0), \g)
    FENCE_ALL
.endm
.macro OK mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_DONE \mode
.endm
.macro PAGE_FAULT cause, mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_VS \cause
    csrr    t5, vstval
    bne     t5, a0, fail
.endm
.macro GUEST_FAULT cause, mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_HS \cause
    csrr    t5, stval
    bne     t5, a0, fail
    EXPECT_CSR htval, GPA(0) >> 2
    EXPECT_BITS hstatus, HSTATUS_GVA | HSTATUS_SPV, HSTATUS_GVA | HSTATUS_SPV
.endm
.macro FETCH_FROM mode, offset
    TRY     \mode, \offset, jalr a0
    mv      s11, a0
.endm

PROGRAM 1
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    PUT     DATA(0), VALUE
    SET     medeleg, PAGE_FAULTS | GUEST_FAULTS
    SET     hedeleg, PAGE_FAULTS
    li      a0, VA(0)

    CHECK   1                               /* the G-stage alone: addresses are guest-physical */
    SET     vsatp, 0
    SET     hgatp, SV39X4(G_ROOT)
    PUT     G_L0, PTE_OF(DATA(0), USER_RWX)
    FENCE_ALL
    OK      PRV_VS, 0, ld a1, 0(a0)
    EXPECT  a1, VALUE
    OK      PRV_VU, 0, ld a1, 0(a0)
    CHECK   2
    PUT     G_L0, 0
    FENCE_ALL
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, PRV_VU, 0, sd a1, 0(a0)
    CHECK   3                               /* the VS-stage alone */
    SET     hgatp, 0
    SET     vsatp, SV39(VS_ROOT)
    PUT     VS_L0, PTE_OF(DATA(0), KERNEL_RWX)
    FENCE_ALL
    OK      PRV_VS, 0, ld a1, 0(a0)
    EXPECT  a1, VALUE
    PAGE_FAULT EXC_LOAD_PAGE_FAULT, PRV_VU, USER_ALIAS, ld a1, 0(a0)

    SET     hgatp, SV39X4(G_ROOT)
    STAGES  4, KERNEL_RWX, USER_RWX         /* both */
    OK      PRV_VS, 0, ld a1, 0(a0)
    EXPECT  a1, VALUE
    OK      PRV_VS, 0, amoadd.d a1, x0, (a0)
    PUT     DATA(0) + 8, 0
    OK      PRV_VS, 0, sd a1, 8(a0)
    EXPECT_MEM DATA(0) + 8, VALUE
    STAGES  5, USER_RWX, USER_RWX
    OK      PRV_VU, USER_ALIAS, lw a1, 0(a0)
    EXPECT  a1, 0x22334455

    STAGES  6, 0, USER_RWX                  /* the VS-stage denies: a page fault, for VS */
    PAGE_FAULT EXC_LOAD_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    PAGE_FAULT EXC_STORE_PAGE_FAULT, PRV_VS, 0, sd a1, 0(a0)
    FETCH_FROM PRV_VS, 0
    EXPECT_VS EXC_INSTRUCTION_PAGE_FAULT
    STAGES  7, KERNEL_RWX, 0                /* the G-stage denies: a guest-page fault, for HS */
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, PRV_VS, 0, sd a1, 0(a0)
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, lr.w a1, (a0)
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, PRV_VS, 0, sc.w a1, a1, (a0)
    CHECK   8                               /* corner case 32: atomics are stores */
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, PRV_VS, 0, amoor.w a1, x0, (a0)
    CHECK   9                               /* corner case 33: a fetch has its own code */
    FETCH_FROM PRV_VS, 0
    EXPECT_HS EXC_INSTRUCTION_GUEST_PAGE_FAULT
    EXPECT_CSR stval, VA(0)
    EXPECT_CSR htval, GPA(0) >> 2
    EXPECT_CSR htinst, 0

    STAGES  10, 0, 0                        /* corner case 4: both deny: the VS-stage is first */
    PAGE_FAULT EXC_LOAD_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    STAGES  11, KERNEL_RWX - PTE_W, 0
    PAGE_FAULT EXC_STORE_PAGE_FAULT, PRV_VS, 0, sd a1, 0(a0)
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    STAGES  12, KERNEL_RWX - PTE_W, KERNEL_RWX      /* corner case 32: W=0 in VS, U=0 in G: a store page fault */
    PAGE_FAULT EXC_STORE_PAGE_FAULT, PRV_VS, 0, amoadd.w a1, x0, (a0)
    STAGES  13, KERNEL_RWX - PTE_W, USER_RWX - PTE_W
    OK      PRV_VS, 0, ld a1, 0(a0)         /* corner case 4: what the TLB holds changes nothing */
    PAGE_FAULT EXC_STORE_PAGE_FAULT, PRV_VS, 0, sd a1, 0(a0)
    OK      PRV_VS, 0, ld a1, 0(a0)

    STAGES  14, KERNEL_RWX, KERNEL_RWX      /* the G-stage wants U, whatever the guest's mode */
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    STAGES  15, KERNEL_RWX, USER_RWX - PTE_W
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, PRV_VS, 0, sd a1, 0(a0)
    OK      PRV_VS, 0, ld a1, 0(a0)
    STAGES  16, KERNEL_RWX, USER_RWX - PTE_X
    FETCH_FROM PRV_VS, 0
    EXPECT_HS EXC_INSTRUCTION_GUEST_PAGE_FAULT
    STAGES  17, KERNEL_RWX, USER_RWX - PTE_A
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    STAGES  18, KERNEL_RWX, USER_RWX - PTE_D
    GUEST_FAULT EXC_STORE_GUEST_PAGE_FAULT, PRV_VS, 0, sd a1, 0(a0)
    OK      PRV_VS, 0, ld a1, 0(a0)
    STAGES  19, KERNEL_RWX, USER_RWX | (1 << 54)
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    STAGES  20, KERNEL_RWX, USER_RWX - PTE_R
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    STAGES  21, KERNEL_RWX | (1 << 61), USER_RWX
    PAGE_FAULT EXC_LOAD_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)

    /* MXR: that of vsstatus for the VS-stage, that of sstatus for both. SUM: that of vsstatus */
    STAGES  22, X_ONLY, USER_RWX
    PAGE_FAULT EXC_LOAD_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    li      t0, VSSTATUS_MXR
    csrs    vsstatus, t0
    OK      PRV_VS, 0, ld a1, 0(a0)
    STAGES  23, KERNEL_RWX, X_ONLY | PTE_U
    GUEST_FAULT EXC_LOAD_GUEST_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    li      t0, VSSTATUS_MXR
    csrc    vsstatus, t0
    csrs    sstatus, t0
    STAGES  24, X_ONLY, X_ONLY | PTE_U
    OK      PRV_VS, 0, ld a1, 0(a0)
    EXPECT  a1, VALUE
    li      t0, VSSTATUS_MXR | VSSTATUS_SUM
    csrc    sstatus, t0
    STAGES  25, USER_RWX, USER_RWX
    li      t0, SSTATUS_SUM
    csrs    sstatus, t0
    PAGE_FAULT EXC_LOAD_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    li      t0, SSTATUS_SUM
    csrc    sstatus, t0
    csrs    vsstatus, t0
    OK      PRV_VS, 0, ld a1, 0(a0)
    li      t0, SSTATUS_SUM
    csrc    vsstatus, t0

    CHECK   26                              /* superpages: 2 MiB in one stage, 1 GiB or 4 KiB in the other */
    MAP     VS_L1, 1, PTE_OF(0x80000000, KERNEL_RWX)
    FENCE_ALL
    li      a2, VA(512) + DATA(0) - 0x80000000
    OK      PRV_VS, 0, ld a1, 0(a2)
    EXPECT  a1, VALUE
    CHECK   27                              /* a 2 MiB page of the guest over 4 KiB pages of the host */
    MAP     VS_L1, 1, PTE_OF(GPA(0), KERNEL_RWX)
    MAP     G_L0, 3, PTE_OF(DATA(0), USER_RWX)
    MAP     G_L0, 4, 0
    FENCE_ALL
    li      a2, VA(512 + 3)
    OK      PRV_VS, 0, ld a1, 0(a2)
    EXPECT  a1, VALUE
    li      a0, VA(512 + 4) + 16
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR stval, VA(512 + 4) + 16
    EXPECT_CSR htval, (GPA(4) + 16) >> 2
    CHECK   28                              /* misaligned superpages in either stage */
    MAP     VS_L1, 1, PTE_OF(0x80001000, KERNEL_RWX)
    FENCE_ALL
    PAGE_FAULT EXC_LOAD_PAGE_FAULT, PRV_VS, 0, ld a1, 0(a0)
    MAP     VS_L1, 1, PTE_OF(GPA(512), KERNEL_RWX)
    MAP     G_L1, 1, PTE_OF(0x80001000, USER_RWX)
    FENCE_ALL
    li      a0, VA(512)
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR htval, GPA(512) >> 2

    CHECK   29                              /* corner case 27: the root has 2,048 entries; the leaf is a host address */
    MAP     G_ROOT, 2047, PTE_OF(0x80000000, USER_RWX)
    PUT     VS_L0, PTE_OF((2047 << 30) + DATA(0) - 0x80000000, KERNEL_RWX)
    FENCE_ALL
    li      a0, VA(0)
    OK      PRV_VS, 0, ld a1, 0(a0)
    EXPECT  a1, VALUE

    CHECK   30                              /* neither stage is for HS and U: a device that the guest has not */
    PUT     CLINT_BASE + CLINT_MTIMECMP, 0x7766554433221100
    li      a0, CLINT_BASE + CLINT_MTIMECMP
    OK      PRV_S, 0, ld a1, 0(a0)
    EXPECT  a1, 0x7766554433221100
    OK      PRV_U, 0, lw a2, 0(a0)
    EXPECT  a2, 0x33221100
    li      a0, VA(0)
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_M EXC_LOAD_ACCESS_FAULT
    EXPECT_BITS mstatus, MSTATUS_GVA, 0
    CHECK   31                              /* with a map of its own, which points outside of the guest's */
    MAP_RAM S_ROOT, S_L1, S_L0
    MAP     S_L0, 0, PTE_OF(CLINT_BASE + 0x4000, KERNEL_RW)
    SET     satp, SV39(S_ROOT)
    FENCE_ALL
    li      a0, VA(0)
    OK      PRV_S, 0, ld a3, 0(a0)
    bne     a1, a3, fail
    j       pass
