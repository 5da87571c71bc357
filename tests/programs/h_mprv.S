/* Corner case 13: MPRV with MPV: M-mode accesses as VS or VU would; not with MPP = M. */
#include "test.h"

#define VALUE   0x1234567890
#define AS_VS   (MSTATUS_MPRV | MSTATUS_MPV | (1 << MSTATUS_MPP_SHIFT))
#define AS_VU   (MSTATUS_MPRV | MSTATUS_MPV)
#define AS_M    (MSTATUS_MPRV | MSTATUS_MPV | MSTATUS_MPP)
#define AS_S    (MSTATUS_MPRV | (1 << MSTATUS_MPP_SHIFT))

.macro STAGES vs, g
    PUT     VS_L0, PTE_OF(GPA(0), \vs)
    PUT     G_L0, PTE_OF(DATA(0), \g)
    FENCE_ALL
.endm
/* One instruction with these bits of mstatus. */
.macro AS bits, insn:vararg
    li      t5, MSTATUS_MPV | MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, \bits
    csrs    mstatus, t5
    \insn
    li      t5, MSTATUS_MPRV | MSTATUS_MPV
    csrc    mstatus, t5
.endm
.macro FAULT cause, bits, insn:vararg
    la      t6, .Lafter\@
    csrw    mscratch, t6
    la      s11, .Linsn\@
    li      t5, MSTATUS_MPV | MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, \bits
    csrs    mstatus, t5
.Linsn\@:
    \insn
    j       fail
.Lafter\@:
    csrr    s10, mstatus
    li      t5, MSTATUS_MPRV | MSTATUS_MPV
    csrc    mstatus, t5
    EXPECT_M \cause
    csrr    t5, mtval
    bne     t5, a0, fail
.endm
.macro EXPECT_GVA value
    li      t5, MSTATUS_GVA | MSTATUS_MPV
    and     t5, t5, s10
    EXPECT  t5, \value
.endm

PROGRAM 1
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    MAP_RAM S_ROOT, S_L1, S_L0
    PUT     DATA(0), VALUE
    PUT     DATA(1), 0x55
    MAP     S_L0, 0, PTE_OF(DATA(1), KERNEL_RWX)
    SET     satp, SV39(S_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    SET     vsatp, SV39(VS_ROOT)
    STAGES  KERNEL_RWX, USER_RWX
    li      a0, VA(0)

    CHECK   1
    AS      AS_VS, ld a1, 0(a0)
    EXPECT  a1, VALUE
    CHECK   2                               /* the same address as HS */
    AS      AS_S, ld a1, 0(a0)
    EXPECT  a1, 0x55
    CHECK   3                               /* MPP = M: no translation, whatever MPV */
    li      a0, DATA(0)
    AS      AS_M, ld a1, 0(a0)
    EXPECT  a1, VALUE
    li      a0, VA(0)
    FAULT   EXC_LOAD_ACCESS_FAULT, AS_M, ld a1, 0(a0)
    EXPECT_GVA 0
    CHECK   4                               /* as VU: a page of the guest's supervisor */
    FAULT   EXC_LOAD_PAGE_FAULT, AS_VU, ld a1, 0(a0)
    EXPECT_GVA MSTATUS_GVA
    EXPECT_CSR mtval2, 0
    CHECK   5
    STAGES  USER_RWX, USER_RWX
    AS      AS_VU, amoadd.d a1, x0, (a0)
    EXPECT  a1, VALUE
    FAULT   EXC_STORE_PAGE_FAULT, AS_VS, sd a1, 0(a0)
    EXPECT_GVA MSTATUS_GVA
    CHECK   6                               /* SUM of vsstatus */
    li      t0, VSSTATUS_SUM
    csrs    vsstatus, t0
    AS      AS_VS, ld a1, 0(a0)
    li      t0, VSSTATUS_SUM
    csrc    vsstatus, t0
    csrs    sstatus, t0
    FAULT   EXC_LOAD_PAGE_FAULT, AS_VS, ld a1, 0(a0)
    li      t0, VSSTATUS_SUM
    csrc    sstatus, t0
    CHECK   7                               /* a guest-page fault, with its address; the trap comes from M */
    STAGES  KERNEL_RWX, 0
    FAULT   EXC_STORE_GUEST_PAGE_FAULT, AS_VS, sb a1, 0(a0)
    EXPECT_GVA MSTATUS_GVA
    EXPECT_CSR mtval2, GPA(0) >> 2
    EXPECT_BITS mstatus, MSTATUS_MPP, MSTATUS_MPP
    CHECK   8                               /* the width of the address is checked in the effective mode */
    li      a0, 1 << 40
    FAULT   EXC_LOAD_PAGE_FAULT, AS_VS, lb a1, 0(a0)
    SET     vsatp, 0
    FENCE_ALL
    FAULT   EXC_LOAD_GUEST_PAGE_FAULT, AS_VS, lb a1, 0(a0)
    EXPECT_CSR mtval2, (1 << 40) >> 2
    CHECK   9                               /* misaligned: a guest virtual address in mtval */
    li      a0, VA(0) + 2
    FAULT   EXC_LOAD_MISALIGNED, AS_VS, lw a1, 0(a0)
    EXPECT_GVA MSTATUS_GVA
    CHECK   10                              /* fetches and EBREAK's pc are M's own (corner case 15) */
    la      t6, 1f
    csrw    mscratch, t6
    li      t5, MSTATUS_MPV | MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, AS_VS
    csrs    mstatus, t5
    ebreak
1:  csrr    s10, mstatus
    li      t5, MSTATUS_MPRV | MSTATUS_MPV
    csrc    mstatus, t5
    EXPECT_CSR mcause, EXC_BREAKPOINT
    EXPECT_GVA 0
    CHECK   11                              /* MXR of vsstatus is nothing to HS */
    li      a0, VA(0)
    PUT     S_L0, PTE_OF(DATA(1), PTE_V | PTE_X | PTE_A | PTE_D)
    FENCE_ALL
    li      t0, MSTATUS_MXR
    csrs    vsstatus, t0
    FAULT   EXC_LOAD_PAGE_FAULT, AS_S, ld a1, 0(a0)
    csrs    sstatus, t0
    AS      AS_S, ld a1, 0(a0)
    EXPECT  a1, 0x55
    j       pass
