/* Setting A or D meets a bus error: the entry at LEAF can be read and not written. It lies in the page of tohost, which no cache
holds.
Needs: Svadu. */
#include "test.h"

#define TOHOST  0x80001000
#define LEAF    (TOHOST + 0x80)
#define PAGE_OF_LEAF 16

PROGRAM
    .section .tohost
    .balign 64
leaf:
    .dword  PTE_OF(DATA(0), PTE_V | PTE_R | PTE_W | PTE_X)
    .text
    CHECK   1
    la      a0, leaf
    EXPECT  a0, LEAF
    MAP     S_ROOT, 2, PTE_OF(0x80000000, KERNEL_RWX)
    MAP     S_ROOT, 1, TABLE(S_L1)
    MAP     S_L1, 0, TABLE(TOHOST)
    SET     menvcfg, MENVCFG_ADUE
    SET     satp, SV39(S_ROOT)
    sfence.vma
    li      a0, VA(PAGE_OF_LEAF)

    CHECK   2
    TRY     PRV_S, 0, ld a1, (a0)
    EXPECT_M EXC_LOAD_ACCESS_FAULT
    CHECK   3
    TRY     PRV_S, 0, sd a1, (a0)
    EXPECT_M EXC_STORE_ACCESS_FAULT
    CHECK   4
    EXPECT_MEM LEAF, PTE_OF(DATA(0), PTE_V | PTE_R | PTE_W | PTE_X)
    j       pass
