/* Code and data in more regions of 2 MiB than a cache of page tables holds, each of which shows the same memory: every entry of
   either stage, and every set of both TLBs, is used, replaced and fenced. */
#include "test.h"

#define REGIONS     40
#define SHIFT       21
#define REGION(n)   (VA(0) + ((n) << SHIFT))

/* Regions of a table of level 1: one after the other from `pa` on, or all the same. */
.macro LEAVES table, pa, step, flags
    li      a0, \table
    li      a1, PTE_OF(\pa, \flags)
    li      a2, REGIONS
    li      a3, (\step) >> 2
1:  sd      a1, 0(a0)
    addi    a0, a0, 8
    add     a1, a1, a3
    addi    a2, a2, -1
    bnez    a2, 1b
.endm
/* Twice, so that what was replaced comes back. */
.macro ROUNDS n, mode
    CHECK   \n
    li      s0, 2
1:  RUN     \mode, all_regions
    EXPECT_DONE \mode
    EXPECT  a5, 3 * REGIONS
    addi    s0, s0, -1
    bnez    s0, 1b
.endm

PROGRAM 1
    MAP     S_ROOT, 2, PTE_OF(0x80000000, KERNEL_RWX)
    MAP     S_ROOT, 1, TABLE(S_L1)
    LEAVES  S_L1, 0x80000000, 0, KERNEL_RWX
    SET     satp, SV39(S_ROOT)
    sfence.vma
    ROUNDS  1, PRV_S
    CHECK   2                               /* one region less, with a fence */
    MAP     S_L1, 7, 0
    li      a0, REGION(7)
    sfence.vma a0, x0
    TRY     PRV_S, 0, ld a1, (a0)
    EXPECT_M EXC_LOAD_PAGE_FAULT
    MAP     S_L1, 7, PTE_OF(0x80000000, KERNEL_RWX)
    sfence.vma
    ROUNDS  3, PRV_S

    MAP     VS_ROOT, 2, PTE_OF(0x80000000, KERNEL_RWX)
    MAP     VS_ROOT, 1, TABLE(VS_L1)
    LEAVES  VS_L1, GPA(0), 1 << SHIFT, KERNEL_RWX
    MAP_GUEST_RAM
    LEAVES  G_L1, 0x80000000, 0, USER_RWX
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    FENCE_ALL
    ROUNDS  4, PRV_VS
    CHECK   5                               /* one region of the G-stage less */
    MAP     G_L1, 9, 0
    hfence.gvma
    li      a0, REGION(9)
    TRY     PRV_VS, 0, ld a1, (a0)
    EXPECT_M EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR mtval2, REGION(9) >> 2
    MAP     G_L1, 9, PTE_OF(0x80000000, USER_RWX)
    hfence.gvma
    ROUNDS  6, PRV_VS
    CHECK   7                               /* one of the guest's own */
    MAP     VS_L1, 9, 0
    hfence.vvma a0, x0
    TRY     PRV_VS, 0, ld a1, (a0)
    EXPECT_M EXC_LOAD_PAGE_FAULT
    ROUNDS  8, PRV_S                        /* the host has its region 9 */
    j       pass

/* a5: the sum of what a routine finds beside itself, called in each region. */
all_regions:
    la      a0, in_region
    li      a1, REGION(0) - 0x80000000
    add     a0, a0, a1
    li      a1, 1 << SHIFT
    li      a2, REGIONS
    li      a5, 0
1:  jalr    a0
    add     a0, a0, a1
    addi    a2, a2, -1
    bnez    a2, 1b
    ecall
in_region:
    la      a3, 3f                          /* relative to pc: in this region */
    lw      a4, 0(a3)
    add     a5, a5, a4
    ret
    .balign 4
3:  .word   3
