/* HFENCE.VVMA, HFENCE.GVMA and SFENCE.VMA with V=1: after a fence the new entry holds, for every form of the operands. */
#include "test.h"

/* Two pages with different values; each check moves a mapping from one to the other, fences, and loads. */
#define OLD     0x0101
#define NEW     0x0202
#define VMID(n) ((n) << HGATP_VMID_SHIFT)
#define ASID(n) ((n) << SATP_ASID_SHIFT)

.macro G_PAGE n
    PUT     G_L0, PTE_OF(DATA(\n), USER_RWX)
.endm
.macro VS_PAGE n
    PUT     VS_L0, PTE_OF(GPA(\n), KERNEL_RWX)
.endm
.macro LOADS value
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_DONE PRV_VS
    EXPECT  a1, \value
.endm

PROGRAM 1
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    PUT     DATA(0), OLD
    PUT     DATA(1), NEW
    PUT     G_L0 + 8, PTE_OF(DATA(1), USER_RWX)
    SET     hgatp, SV39X4(G_ROOT) | VMID(1)
    SET     vsatp, SV39(VS_ROOT) | ASID(1)
    li      a0, VA(0)
    li      a2, GPA(0) >> 2
    li      a3, 1                           /* the VMID and the ASID */

    CHECK   1                               /* corner case 26: HFENCE.GVMA reaches what both stages made together */
    G_PAGE  0
    VS_PAGE 0
    FENCE_ALL
    LOADS   OLD
    G_PAGE  1
    hfence.gvma
    LOADS   NEW
    CHECK   2                               /* by guest physical address, which is shifted right by 2 */
    G_PAGE  0
    hfence.gvma a2, x0
    LOADS   OLD
    CHECK   3                               /* by VMID */
    G_PAGE  1
    hfence.gvma x0, a3
    LOADS   NEW
    CHECK   4
    G_PAGE  0
    hfence.gvma a2, a3
    LOADS   OLD

    CHECK   5                               /* HFENCE.VVMA: for the VMID in hgatp */
    VS_PAGE 1
    hfence.vvma
    LOADS   NEW
    CHECK   6
    VS_PAGE 0
    hfence.vvma a0, x0
    LOADS   OLD
    CHECK   7
    VS_PAGE 1
    hfence.vvma x0, a3
    LOADS   NEW
    CHECK   8
    VS_PAGE 0
    hfence.vvma a0, a3
    LOADS   OLD
    CHECK   9                               /* SFENCE.VMA of the guest itself */
    VS_PAGE 1
    TRY     PRV_VS, 0, sfence.vma
    LOADS   NEW
    CHECK   10
    VS_PAGE 0
    TRY     PRV_VS, 0, sfence.vma a0, a3
    LOADS   OLD
    CHECK   11                              /* from HS-mode */
    VS_PAGE 1
    TRY     PRV_S, 0, hfence.vvma a0, a3
    EXPECT_DONE PRV_S
    LOADS   NEW
    G_PAGE  1
    VS_PAGE 0
    TRY     PRV_S, 0, hfence.gvma
    TRY     PRV_S, 0, hfence.vvma
    LOADS   NEW

    CHECK   12                              /* corner case 26: a 2 MiB page of the guest over 4 KiB of the host */
    MAP     VS_L1, 1, PTE_OF(GPA(0), KERNEL_RWX)
    PUT     G_L0 + 24, PTE_OF(DATA(0), USER_RWX)
    PUT     G_L0 + 32, PTE_OF(DATA(1), USER_RWX)
    FENCE_ALL
    li      a0, VA(512 + 3)
    LOADS   OLD
    li      a0, VA(512 + 4)
    LOADS   NEW
    MAP     VS_L1, 1, 0
    hfence.vvma a0, x0                      /* an address elsewhere in the same guest page */
    li      a0, VA(512 + 3)
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_M EXC_LOAD_PAGE_FAULT

    CHECK   13                              /* two machines: a change of VMID needs no fence */
    li      a0, VA(0)
    G_PAGE  0
    FENCE_ALL
    LOADS   OLD
    MAP     G_ROOT + 0x8000, 2, PTE_OF(0x80000000, USER_RWX)
    MAP     G_ROOT + 0x8000, 1, TABLE(DATA(2))
    MAP     DATA(2), 0, TABLE(DATA(3))
    MAP     DATA(3), 0, PTE_OF(DATA(1), USER_RWX)
    SET     hgatp, SV39X4(G_ROOT + 0x8000) | VMID(2)
    LOADS   NEW
    SET     hgatp, SV39X4(G_ROOT) | VMID(1)
    LOADS   OLD
    CHECK   14                              /* a fence for one VMID keeps the other right, too */
    li      a3, 2
    PUT     DATA(3), PTE_OF(DATA(0), USER_RWX)
    hfence.gvma x0, a3
    LOADS   OLD
    SET     hgatp, SV39X4(G_ROOT + 0x8000) | VMID(2)
    LOADS   OLD
    SET     hgatp, SV39X4(G_ROOT) | VMID(1)

    CHECK   15                              /* two ASIDs of one guest */
    VS_PAGE 1
    SET     vsatp, SV39(VS_ROOT) | ASID(2)
    LOADS   NEW
    CHECK   16                              /* the fences of HS do not need V, and work on Bare stages */
    SET     vsatp, 0
    SET     hgatp, 0
    FENCE_ALL
    li      a0, DATA(1)
    LOADS   NEW
    j       pass
