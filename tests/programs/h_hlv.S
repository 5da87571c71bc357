/* HLV, HLVX and HSV: from M, HS and U; effective privilege, permissions, widths, faults. */
#include "test.h"

#define VALUE           0x8182838485868788
#define PAGE_FAULTS     (1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT)
#define GUEST_FAULTS    (1 << EXC_LOAD_GUEST_PAGE_FAULT | 1 << EXC_STORE_GUEST_PAGE_FAULT)
#define X_ONLY          (PTE_V | PTE_X | PTE_A | PTE_D)
#define SPV_GVA         (HSTATUS_SPV | HSTATUS_GVA)

.macro STAGES vs, g
    PUT     VS_L0, PTE_OF(GPA(0), \vs)
    PUT     G_L0, PTE_OF(DATA(0), \g)
    FENCE_ALL
.endm
.macro OK mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_DONE \mode
.endm
/* A fault goes to HS with SPV = 0 and GVA = 1 (corner case 15). */
.macro FAULT cause, mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_HS \cause
    csrr    t5, stval
    bne     t5, a0, fail
    EXPECT_BITS hstatus, SPV_GVA, HSTATUS_GVA
.endm
.macro LOAD insn, offset, result
    li      a2, VA(0) + \offset
    \insn   a1, (a2)
    EXPECT  a1, \result
.endm

PROGRAM 1
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP_GUEST_RAM
    MAP_RAM S_ROOT, S_L1, S_L0
    PUT     DATA(0), VALUE
    SET     hgatp, SV39X4(G_ROOT)
    SET     vsatp, SV39(VS_ROOT)
    SET     hstatus, HSTATUS_SPVP
    SET     medeleg, PAGE_FAULTS | GUEST_FAULTS
    SET     hedeleg, PAGE_FAULTS
    STAGES  KERNEL_RWX, USER_RWX
    li      a0, VA(0)

    CHECK   1                               /* widths and extension, from M-mode */
    LOAD    hlv.b, 0, 0xffffffffffffff88
    LOAD    hlv.bu, 1, 0x87
    LOAD    hlv.h, 2, 0xffffffffffff8586
    LOAD    hlv.hu, 6, 0x8182
    LOAD    hlv.w, 4, 0xffffffff81828384
    LOAD    hlv.wu, 0, 0x85868788
    LOAD    hlv.d, 0, VALUE
    LOAD    hlvx.hu, 4, 0x8384
    LOAD    hlvx.wu, 4, 0x81828384
    CHECK   2
    PUT     DATA(0) + 8, -1
    li      a1, 0x1122334455667788
    addi    a2, a0, 8
    hsv.b   a1, (a2)
    EXPECT_MEM DATA(0) + 8, 0xffffffffffffff88
    hsv.h   a1, (a2)
    EXPECT_MEM DATA(0) + 8, 0xffffffffffff7788
    hsv.w   a1, (a2)
    EXPECT_MEM DATA(0) + 8, 0xffffffff55667788
    hsv.d   a1, (a2)
    EXPECT_MEM DATA(0) + 8, 0x1122334455667788

    CHECK   3                               /* HS, and U where HU is set */
    OK      PRV_S, hlv.d a1, (a0)
    EXPECT  a1, VALUE
    TRY     PRV_U, 0, hlv.d a1, (a0)
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    TRY     PRV_U, 0, hsv.d a1, (a0)
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    SET     hstatus, HSTATUS_SPVP | HSTATUS_HU
    li      a1, 0
    OK      PRV_U, hlv.w a1, (a0)
    EXPECT  a1, 0xffffffff85868788
    OK      PRV_U, hsv.w a1, (a2)
    TRY     PRV_U, 0, hfence.vvma           /* HU does not allow fences */
    EXPECT_M EXC_ILLEGAL_INSTRUCTION

    CHECK   4                               /* corner case 11: SPVP is the privilege, whoever executes */
    SET     hstatus, HSTATUS_HU
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlv.w a1, (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, hsv.w a1, (a0)
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_U, hlvx.wu a1, (a0)
    CHECK   5
    STAGES  USER_RWX, USER_RWX
    OK      PRV_S, hlv.d a1, (a0)
    OK      PRV_U, hlv.d a1, (a0)
    SET     hstatus, HSTATUS_SPVP | HSTATUS_HU
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlv.d a1, (a0)
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_U, hlv.d a1, (a0)
    CHECK   6                               /* the SUM that counts is that of vsstatus */
    li      t0, VSSTATUS_SUM
    csrs    sstatus, t0
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlv.d a1, (a0)
    csrc    sstatus, t0
    li      t0, VSSTATUS_SUM
    csrs    vsstatus, t0
    OK      PRV_S, hlv.d a1, (a0)
    li      t0, VSSTATUS_SUM
    csrc    vsstatus, t0

    CHECK   7                               /* corner case 7: HLVX wants X in place of R, in both stages */
    STAGES  X_ONLY, X_ONLY | PTE_U
    OK      PRV_S, hlvx.hu a1, (a0)
    EXPECT  a1, 0x8788
    OK      PRV_S, hlvx.wu a1, (a0)
    CHECK   8                               /* corner case 8: right after it HLV must fault all the same */
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlv.hu a1, (a0)
    OK      PRV_S, hlvx.wu a1, (a0)
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlv.wu a1, (a0)
    STAGES  KERNEL_RWX, X_ONLY | PTE_U
    OK      PRV_S, hlvx.wu a1, (a0)
    FAULT   EXC_LOAD_GUEST_PAGE_FAULT, PRV_S, hlv.wu a1, (a0)
    CHECK   9
    STAGES  KERNEL_RW, USER_RWX
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlvx.wu a1, (a0)
    OK      PRV_S, hlv.wu a1, (a0)
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlvx.wu a1, (a0)        /* nor with what HLV has left in a TLB */
    STAGES  KERNEL_RWX, USER_RW
    FAULT   EXC_LOAD_GUEST_PAGE_FAULT, PRV_S, hlvx.wu a1, (a0)
    EXPECT_CSR htval, GPA(0) >> 2
    OK      PRV_S, hlv.wu a1, (a0)
    FAULT   EXC_LOAD_GUEST_PAGE_FAULT, PRV_S, hlvx.wu a1, (a0)
    CHECK   10                              /* MXR of vsstatus and of sstatus */
    STAGES  X_ONLY, USER_RWX
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, hlv.wu a1, (a0)
    li      t0, VSSTATUS_MXR
    csrs    vsstatus, t0
    OK      PRV_S, hlv.wu a1, (a0)
    li      t0, VSSTATUS_MXR
    csrc    vsstatus, t0
    STAGES  X_ONLY, X_ONLY | PTE_U
    li      t0, SSTATUS_MXR
    csrs    sstatus, t0
    OK      PRV_S, hlv.wu a1, (a0)
    li      t0, SSTATUS_MXR
    csrc    sstatus, t0

    CHECK   11                              /* guest-page faults, delegated to HS even from M's point of view */
    STAGES  KERNEL_RWX, 0
    FAULT   EXC_LOAD_GUEST_PAGE_FAULT, PRV_S, hlv.b a1, (a0)
    EXPECT_CSR htval, GPA(0) >> 2
    FAULT   EXC_STORE_GUEST_PAGE_FAULT, PRV_S, hsv.b a1, (a0)
    EXPECT_CSR htval, GPA(0) >> 2
    CHECK   12                              /* in M-mode they stay in M, with mstatus.GVA = 1 and MPV = 0 */
    TRAPS   EXC_LOAD_GUEST_PAGE_FAULT, hlv.d a1, (a0)
    EXPECT_CSR mtval, VA(0)
    EXPECT_CSR mtval2, GPA(0) >> 2
    EXPECT_BITS mstatus, MSTATUS_GVA | MSTATUS_MPV, MSTATUS_GVA
    CHECK   13                              /* page faults go to HS: hedeleg concerns V=1 alone */
    STAGES  0, USER_RWX
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, hsv.d a1, (a0)
    EXPECT_CSR htval, 0
    CHECK   14                              /* corner case 11: misaligned, before any translation */
    li      a0, VA(0) + 1
    TRY     PRV_S, 0, hlv.d a1, (a0)
    EXPECT_M EXC_LOAD_MISALIGNED
    EXPECT_CSR mtval, VA(0) + 1
    EXPECT_BITS mstatus, MSTATUS_GVA, MSTATUS_GVA
    TRY     PRV_S, 0, hsv.h a1, (a0)
    EXPECT_M EXC_STORE_MISALIGNED
    TRY     PRV_S, 0, hlvx.wu a1, (a0)
    EXPECT_M EXC_LOAD_MISALIGNED
    li      a0, VA(0)

    CHECK   15                              /* corner case 9: before and after HLV, HS uses its own satp */
    STAGES  KERNEL_RWX, USER_RWX
    PUT     DATA(1), 0x77
    MAP     S_L0, 0, PTE_OF(DATA(1), KERNEL_RWX)
    SET     satp, SV39(S_ROOT)
    FENCE_ALL
    RUN     PRV_S, both_spaces
    EXPECT_CSR mcause, EXC_ECALL_S
    EXPECT  a1, 0x77
    EXPECT  a2, VALUE
    EXPECT  a3, 0x77
    EXPECT  a4, VALUE
    EXPECT_MEM DATA(1) + 16, 0x77
    EXPECT_MEM DATA(0) + 16, VALUE
    CHECK   16                              /* corner case 10: HLV sees a store just done, through another mapping */
    li      a1, 0x99
    li      a2, DATA(0)
    sd      a1, 0(a2)
    hlv.d   a1, (a0)
    EXPECT  a1, 0x99

    CHECK   17                              /* the very next access has the new privilege */
    li      t0, HSTATUS_SPVP
    la      t6, .Lstale_fault
    csrw    mscratch, t6
    la      s11, .Lstale
    csrs    hstatus, t0
    hlv.d   a1, (a0)
    csrc    hstatus, t0
.Lstale:
    hlv.d   a1, (a0)
    j       fail
.Lstale_fault:
    EXPECT_M EXC_LOAD_PAGE_FAULT
    SET     hstatus, HSTATUS_SPVP

    CHECK   18                              /* with both stages Bare the address is physical */
    SET     hgatp, 0
    SET     vsatp, 0
    FENCE_ALL
    li      a0, DATA(0)
    OK      PRV_S, hlv.d a1, (a0)
    EXPECT  a1, 0x99
    CHECK   19                              /* MPRV does not concern them */
    SET     hgatp, SV39X4(G_ROOT)
    SET     vsatp, SV39(VS_ROOT)
    FENCE_ALL
    li      a0, VA(0)
    li      t0, MSTATUS_MPRV
    li      t1, MSTATUS_MPP
    csrc    mstatus, t1
    csrs    mstatus, t0
    hlv.d   a1, (a0)
    csrc    mstatus, t0
    EXPECT  a1, 0x99
    j       pass

both_spaces:
    ld      a1, 0(a0)
    hlv.d   a2, (a0)
    ld      a3, 0(a0)
    hlv.d   a4, (a0)
    sd      a3, 16(a0)
    addi    a5, a0, 16
    hsv.d   a4, (a5)
    ecall
