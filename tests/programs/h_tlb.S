/* Two-stage translations of many pages for two machines, beside the host's own, and HLV among all of them. */
#include "test.h"

#define PAGES       40
#define G_ROOT_2    (G_ROOT + 0x8000)       /* DATA(4) to DATA(7) */
#define G_L1_2      DATA(8)
#define G_L0_2      DATA(9)
#define VMID(n)     ((n) << HGATP_VMID_SHIFT)

/* For all i below PAGES: entry i of `table` maps to page (`step` * i) mod `modulus` from `base` on. */
.macro FILL table, base, step, modulus, flags
    li      a0, 0
    li      a1, PAGES
.Lfill\@:
    li      a2, \step
    mul     a2, a0, a2
    andi    a2, a2, (\modulus) - 1
    slli    a2, a2, 10
    li      a3, PTE_OF(\base, \flags)
    add     a2, a2, a3
    slli    a3, a0, 3
    li      a4, \table
    add     a3, a3, a4
    sd      a2, 0(a3)
    addi    a0, a0, 1
    bne     a0, a1, .Lfill\@
.endm
.macro IN_VS routine
    RUN     PRV_VS, \routine
    EXPECT_CSR mcause, EXC_ECALL_VS
.endm

PROGRAM 1
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    FILL    VS_L0, GPA(0), 5, 32, KERNEL_RW         /* VA(i) is on GPA(5 i mod 32) */
    FILL    G_L0, DATA(0), 1, 4, USER_RW            /* machine 1: GPA(j) is on DATA(j mod 4) */
    MAP     G_ROOT_2, 2, PTE_OF(0x80000000, USER_RWX)
    MAP     G_ROOT_2, 1, TABLE(G_L1_2)
    MAP     G_L1_2, 0, TABLE(G_L0_2)
    FILL    G_L0_2, DATA(10), 1, 4, USER_RW         /* machine 2: on DATA(10 + j mod 4) */
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT) | VMID(1)
    SET     hstatus, HSTATUS_SPVP
    FENCE_ALL

    CHECK   1                               /* machine 1 writes i at offset 8 i of its page i */
    li      s1, 0
    IN_VS   write_pages
    IN_VS   read_pages
    EXPECT  a5, 0
    CHECK   2                               /* page 7 is on GPA(3), on DATA(3) */
    EXPECT_MEM DATA(3) + 56, 7
    CHECK   3                               /* machine 2 has memory of its own behind the same addresses */
    SET     hgatp, SV39X4(G_ROOT_2) | VMID(2)
    li      s1, 1000
    IN_VS   write_pages
    IN_VS   read_pages
    EXPECT  a5, 0
    EXPECT_MEM DATA(13) + 56, 1007
    EXPECT_MEM DATA(3) + 56, 7
    CHECK   4                               /* back and forth without a fence */
    li      s0, 3
1:  SET     hgatp, SV39X4(G_ROOT) | VMID(1)
    li      s1, 0
    IN_VS   read_pages
    EXPECT  a5, 0
    SET     hgatp, SV39X4(G_ROOT_2) | VMID(2)
    li      s1, 1000
    IN_VS   read_pages
    EXPECT  a5, 0
    addi    s0, s0, -1
    bnez    s0, 1b

    CHECK   5                               /* the host reads both machines page by page, between accesses of its own */
    MAP_RAM S_ROOT, S_L1, S_L0
    FILL    S_L0, DATA(0), 1, 4, KERNEL_RW
    SET     satp, SV39(S_ROOT)
    sfence.vma
    RUN     PRV_S, compare_pages
    EXPECT_CSR mcause, EXC_ECALL_S
    EXPECT  a5, 0

    CHECK   6                               /* one page of machine 2 taken away: machine 1 keeps it */
    PUT     G_L0_2 + 8 * 3, 0
    li      a0, GPA(3) >> 2
    li      a1, 2
    hfence.gvma a0, a1
    li      a0, VA(7) + 56
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_M EXC_LOAD_GUEST_PAGE_FAULT
    EXPECT_CSR mtval, VA(7) + 56
    EXPECT_CSR mtval2, (GPA(3) + 56) >> 2
    SET     hgatp, SV39X4(G_ROOT) | VMID(1)
    li      s1, 0
    IN_VS   read_pages
    EXPECT  a5, 0
    j       pass

/* Page i gets i + s1 at its offset 8 i. */
write_pages:
    li      a0, VA(0)
    li      a1, 0
    li      a2, PAGES
1:  add     a4, a1, s1
    sd      x0, 0(a0)                       /* misses, and the next store hits */
    sd      a4, 0(a0)
    addi    a1, a1, 1
    li      a3, 0x1008
    add     a0, a0, a3
    bne     a1, a2, 1b
    ecall
/* a5: pages that do not hold it. */
read_pages:
    li      a0, VA(0)
    li      a1, 0
    li      a2, PAGES
    li      a5, 0
1:  ld      a4, 0(a0)
    sub     a4, a4, s1
    beq     a4, a1, 2f
    addi    a5, a5, 1
2:  addi    a1, a1, 1
    li      a3, 0x1008
    add     a0, a0, a3
    bne     a1, a2, 1b
    ecall
/* a5: pages i where HLV does not read s1 + i, or the host's own load of GPA(5 i mod 32)'s page i of machine 1. */
compare_pages:
    li      a0, VA(0)
    li      a1, 0
    li      a2, PAGES
    li      a5, 0
1:  hlv.d   a4, (a0)
    sub     a4, a4, s1
    beq     a4, a1, 2f
    addi    a5, a5, 1
2:  li      a3, 5                           /* DATA(5 i mod 4) is on VA(5 i mod 4) of the host */
    mul     a3, a1, a3
    andi    a3, a3, 3
    slli    a3, a3, 12
    slli    a6, a1, 3
    add     a3, a3, a6
    li      a6, VA(0)
    add     a3, a3, a6
    ld      a4, 0(a3)
    beq     a4, a1, 3f
    addi    a5, a5, 1
3:  addi    a1, a1, 1
    li      a3, 0x1008
    add     a0, a0, a3
    bne     a1, a2, 1b
    ecall
