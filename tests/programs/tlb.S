/* More mappings than any TLB holds: pages of both sizes, several address spaces, and remapping one page among many. */
#include "test.h"

#define PAGES   48

/* Calls a routine in S-mode. */
.macro IN_S routine
    RUN     PRV_S, \routine
    EXPECT_CSR mcause, EXC_ECALL_S
.endm
/* Entry i of level 0, for all i: DATA(i mod 16), 7 i times apart so that neighbours differ. */
.macro FILL table, step
    li      a0, 0
    li      a1, PAGES
1:  li      a2, \step
    mul     a2, a0, a2
    andi    a2, a2, 15
    slli    a2, a2, 10
    li      a3, PTE_OF(DATA(0), KERNEL_RW)
    add     a2, a2, a3
    slli    a3, a0, 3
    li      a4, \table
    add     a3, a3, a4
    sd      a2, 0(a3)
    addi    a0, a0, 1
    bne     a0, a1, 1b
.endm

PROGRAM
    MAP_RAM S_ROOT, S_L1, S_L0
    FILL    S_L0, 7
    SET     satp, SV39(S_ROOT)
    sfence.vma

    CHECK   1                               /* each page i gets i at its offset 8 i, through its mapping */
    li      s0, 3
2:  IN_S    write_pages
    IN_S    read_pages
    EXPECT  a5, 0
    addi    s0, s0, -1
    bnez    s0, 2b
    CHECK   2                               /* and it is where the tables say: page 5 is on DATA(35 mod 16) */
    EXPECT_MEM DATA(3) + 8 * 5, 5
    EXPECT_MEM DATA(9) + 8 * 47, 47

    CHECK   3                               /* one page moved, with a fence for it alone: the others stay */
    MAP     S_L0, 5, PTE_OF(DATA(4), KERNEL_RW)
    PUT     DATA(4) + 8 * 5, 1234
    li      a0, VA(5)
    sfence.vma a0, x0
    IN_S    read_pages
    EXPECT  a5, 1
    EXPECT  a6, 1234
    MAP     S_L0, 5, PTE_OF(DATA(3), KERNEL_RW)
    sfence.vma a0, x0
    IN_S    read_pages
    EXPECT  a5, 0

    CHECK   4                               /* one page made read-only: its TLB entry must not allow the store */
    MAP     S_L0, 11, PTE_OF(DATA(13), PTE_V | PTE_R | PTE_A)
    li      a0, VA(11)
    sfence.vma a0, x0
    TRY     PRV_S, 0, ld a1, 88(a0)
    EXPECT  a1, 11
    TRY     PRV_S, 0, sd x0, 88(a0)
    EXPECT_M EXC_STORE_PAGE_FAULT
    EXPECT_CSR mtval, VA(11) + 88
    EXPECT_MEM DATA(13) + 88, 11
    MAP     S_L0, 11, PTE_OF(DATA(13), KERNEL_RW)
    sfence.vma

    CHECK   5                               /* a 2 MiB page that shows the same memory */
    MAP     S_L1, 1, PTE_OF(0x80000000, KERNEL_RW)
    sfence.vma
    li      s0, VA(512) + DATA(3) - 0x80000000 + 40
    li      s1, VA(5) + 40
    IN_S    through_both
    EXPECT  a0, 5
    EXPECT  a1, 6
    EXPECT  a2, 7
    MAP     S_L1, 1, 0

    CHECK   6                               /* a second address space with its own tables, under another ASID */
    MAP_RAM G_ROOT, VS_L1, VS_L0
    FILL    VS_L0, 3
    PUT     DATA(3) + 40, 5
    sfence.vma
    SET     satp, SV39(G_ROOT) | (1 << SATP_ASID_SHIFT)
    li      a0, VA(1) + 40                  /* page 1 is on DATA(3) here, on DATA(7) there */
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT  a1, 5
    SET     satp, SV39(S_ROOT)
    li      a0, VA(1) + 8
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT  a1, 1
    li      s0, 4
3:  SET     satp, SV39(G_ROOT) | (1 << SATP_ASID_SHIFT)
    IN_S    sum_pages
    mv      s2, a5
    SET     satp, SV39(S_ROOT)
    IN_S    read_pages
    EXPECT  a5, 0
    addi    s0, s0, -1
    bnez    s0, 3b
    CHECK   7                               /* the sum over the second space never changes */
    SET     satp, SV39(G_ROOT) | (1 << SATP_ASID_SHIFT)
    sfence.vma
    IN_S    sum_pages
    bne     a5, s2, fail
    beqz    a5, fail
    CHECK   8                               /* a fence for one ASID leaves the other space right */
    SET     satp, SV39(S_ROOT)
    li      a0, 1
    sfence.vma x0, a0
    IN_S    read_pages
    EXPECT  a5, 0

    CHECK   9                               /* S-mode goes to the other space: the next instruction is the one there */
    PUT     DATA(14), 0x0010051318059073    /* csrw satp, a1; li a0, 1 */
    PUT     DATA(14) + 8, 0x73              /* ecall */
    PUT     DATA(15), 0x0020051318059073    /* csrw satp, a1; li a0, 2 */
    PUT     DATA(15) + 8, 0x73
    MAP     S_L0, 60, PTE_OF(DATA(14), KERNEL_RWX)
    MAP     VS_L0, 60, PTE_OF(DATA(15), KERNEL_RWX)
    sfence.vma
    fence.i
    li      a1, SV39(G_ROOT) | (1 << SATP_ASID_SHIFT)
    IN_S    VA(60)
    EXPECT  a0, 2
    SET     satp, SV39(S_ROOT)
    li      a1, SV39(S_ROOT)
    IN_S    VA(60)                          /* to where it is */
    EXPECT  a0, 1
    j       pass

write_pages:
    li      a0, VA(0)
    li      a1, 0
    li      a2, PAGES
1:  sd      x0, 0(a0)                       /* misses, and the next store hits */
    sd      a1, 0(a0)
    addi    a1, a1, 1
    li      a3, 0x1008
    add     a0, a0, a3
    bne     a1, a2, 1b
    ecall
/* a5: pages that do not hold their number, a6: what the last of them holds. */
read_pages:
    li      a0, VA(0)
    li      a1, 0
    li      a2, PAGES
    li      a5, 0
1:  ld      a4, 0(a0)
    beq     a4, a1, 2f
    addi    a5, a5, 1
    mv      a6, a4
2:  addi    a1, a1, 1
    li      a3, 0x1008
    add     a0, a0, a3
    bne     a1, a2, 1b
    ecall
/* a5: the sum of the first words with number 40 / 8 of all pages. */
sum_pages:
    li      a0, VA(0) + 40
    li      a1, 0
    li      a2, PAGES
    li      a5, 0
1:  ld      a4, 0(a0)
    add     a5, a5, a4
    addi    a1, a1, 1
    li      a3, 0x1000
    add     a0, a0, a3
    bne     a1, a2, 1b
    ecall
through_both:
    ld      a0, 0(s0)
    addi    a3, a0, 1
    sd      a3, 0(s1)
    ld      a1, 0(s0)
    addi    a3, a1, 1
    sd      a3, 0(s0)
    ld      a2, 0(s1)
    ecall
