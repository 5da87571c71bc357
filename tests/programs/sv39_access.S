/* Sv39 permissions that depend on status bits: U pages, SUM, MXR, MPRV. */
#include "test.h"

#define PAGE_FAULTS (1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT | 1 << EXC_INSTRUCTION_PAGE_FAULT)
#define VALUE       0x00008067feedbeef
#define X_ONLY      (PTE_V | PTE_X | PTE_A | PTE_D)

.macro STATUS bits
    li      t5, MSTATUS_SUM | MSTATUS_MXR | MSTATUS_MPRV
    csrc    mstatus, t5
    li      t5, \bits
    csrs    mstatus, t5
.endm
.macro OK n, mode, offset, status, insn:vararg
    CHECK   \n
    STATUS  \status
    TRY     \mode, \offset, \insn
    EXPECT_DONE \mode
.endm
.macro FAULT n, mode, offset, status, cause, insn:vararg
    CHECK   \n
    STATUS  \status
    TRY     \mode, \offset, \insn
    EXPECT_HS \cause
    csrr    t5, stval
    bne     t5, a0, fail
.endm
/* A load in M-mode with MPRV as the mode `mpp`. */
.macro MPRV_OK n, mpp, status
    CHECK   \n
    STATUS  \status
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, (\mpp) << MSTATUS_MPP_SHIFT | MSTATUS_MPRV
    csrs    mstatus, t5
    ld      a1, 0(a0)
    li      t5, MSTATUS_MPRV
    csrc    mstatus, t5
.endm
.macro MPRV_FAULT n, mpp, status
    CHECK   \n
    STATUS  \status
    la      t6, .Lafter\@
    csrw    mscratch, t6
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, (\mpp) << MSTATUS_MPP_SHIFT | MSTATUS_MPRV
    csrs    mstatus, t5
    la      s11, .Linsn\@
.Linsn\@:
    ld      a1, 0(a0)
    j       fail
.Lafter\@:
    li      t5, MSTATUS_MPRV
    csrc    mstatus, t5
    EXPECT_M EXC_LOAD_PAGE_FAULT
    csrr    t5, mtval
    bne     t5, a0, fail
.endm

PROGRAM
    MAP_RAM S_ROOT, S_L1, S_L0
    MAP     S_L0, 0, PTE_OF(DATA(0), KERNEL_RWX)
    MAP     S_L0, 1, PTE_OF(DATA(0), USER_RWX)
    MAP     S_L0, 2, PTE_OF(DATA(0), X_ONLY)
    MAP     S_L0, 3, PTE_OF(DATA(0), X_ONLY | PTE_U)
    PUT     DATA(0), VALUE
    SET     satp, SV39(S_ROOT)
    SET     medeleg, PAGE_FAULTS

    li      a0, VA(0)                       /* a page of the supervisor */
    OK      1, PRV_S, 0, 0, ld a1, 0(a0)
    FAULT   2, PRV_U, USER_ALIAS, 0, EXC_LOAD_PAGE_FAULT, ld a1, 0(a0)
    FAULT   3, PRV_U, USER_ALIAS, MSTATUS_SUM, EXC_STORE_PAGE_FAULT, sd a1, 0(a0)

    li      a0, VA(1)                       /* a page of the user */
    OK      4, PRV_U, USER_ALIAS, 0, ld a1, 0(a0)
    EXPECT  a1, VALUE
    FAULT   5, PRV_S, 0, 0, EXC_LOAD_PAGE_FAULT, ld a1, 0(a0)
    FAULT   6, PRV_S, 0, MSTATUS_MXR, EXC_STORE_PAGE_FAULT, sd a1, 0(a0)
    OK      7, PRV_S, 0, MSTATUS_SUM, ld a1, 0(a0)
    OK      8, PRV_S, 0, MSTATUS_SUM, amoor.d a1, x0, (a0)
    CHECK   9                               /* S-mode never fetches from it, SUM or not */
    STATUS  MSTATUS_SUM
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    CHECK   10                              /* U-mode never fetches from the supervisor's */
    li      a0, VA(0)
    TRY     PRV_U, USER_ALIAS, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT

    li      a0, VA(2)                       /* execute-only */
    FAULT   11, PRV_S, 0, 0, EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    OK      12, PRV_S, 0, MSTATUS_MXR, lwu a1, 0(a0)
    EXPECT  a1, 0xfeedbeef
    FAULT   13, PRV_S, 0, MSTATUS_MXR, EXC_STORE_PAGE_FAULT, sw a1, 0(a0)
    FAULT   14, PRV_S, 0, MSTATUS_MXR, EXC_STORE_PAGE_FAULT, amoadd.w a1, x0, (a0)
    li      a0, VA(3)
    FAULT   15, PRV_U, USER_ALIAS, 0, EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    OK      16, PRV_U, USER_ALIAS, MSTATUS_MXR, lw a1, 0(a0)
    FAULT   17, PRV_S, 0, MSTATUS_MXR, EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    OK      18, PRV_S, 0, MSTATUS_MXR | MSTATUS_SUM, lw a1, 0(a0)

    li      a0, VA(0)
    MPRV_OK 19, PRV_S, 0
    EXPECT  a1, VALUE
    MPRV_FAULT 20, PRV_U, 0
    li      a0, VA(1)
    MPRV_OK 21, PRV_U, 0
    MPRV_FAULT 22, PRV_S, 0
    MPRV_OK 23, PRV_S, MSTATUS_SUM
    li      a0, VA(2)
    MPRV_FAULT 24, PRV_S, 0
    MPRV_OK 25, PRV_S, MSTATUS_MXR
    li      a0, DATA(0)                     /* MPP = M: no translation */
    MPRV_OK 26, PRV_M, 0
    EXPECT  a1, VALUE

    CHECK   27                              /* MPRV also moves stores and atomics, never fetches */
    STATUS  0
    li      a0, VA(0)
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, PRV_S << MSTATUS_MPP_SHIFT | MSTATUS_MPRV
    csrs    mstatus, t5
    sd      x0, 8(a0)
    li      a1, 3
    amoadd.d a2, a1, (a0)
    li      t5, MSTATUS_MPRV
    csrc    mstatus, t5
    EXPECT_MEM DATA(0), VALUE + 3
    PUT     DATA(0), VALUE

    CHECK   28                              /* S-mode opens SUM for itself: the next access sees it */
    RUN     PRV_S, toggle_sum
    EXPECT_CSR scause, EXC_LOAD_PAGE_FAULT
    EXPECT_CSR stval, VA(1)
    la      a1, toggle_sum_fault
    csrr    a2, sepc
    bne     a1, a2, fail
    EXPECT  a3, VALUE

    CHECK   29                              /* and it never fetches where the user has just fetched */
    fence.i
    li      a0, VA(1) + 4                   /* a return */
    TRY     PRV_U, USER_ALIAS, jalr a0
    EXPECT_DONE PRV_U
    STATUS  MSTATUS_SUM
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    j       pass

toggle_sum:
    li      a0, VA(1)
    li      t0, SSTATUS_SUM
    csrs    sstatus, t0
    ld      a3, 0(a0)
    csrc    sstatus, t0
toggle_sum_fault:
    ld      a3, 0(a0)
    ecall
