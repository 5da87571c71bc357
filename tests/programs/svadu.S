/* Svadu in S and U: which of A and D a walk sets, for which access, at which level, and that a fault sets nothing.
Needs: Svadu Smpmp. */
#include "test.h"

#define FAULTS      (1 << EXC_INSTRUCTION_PAGE_FAULT | 1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT)
#define RWX         (PTE_V | PTE_R | PTE_W | PTE_X)

.macro LEAF n, flags
    CHECK   \n
    PUT     S_L0, PTE_OF(DATA(0), \flags)
    sfence.vma
.endm
.macro LEFT flags
    EXPECT_MEM S_L0, PTE_OF(DATA(0), \flags)
.endm
.macro FAULT cause, mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_HS \cause
.endm
.macro OK mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_DONE \mode
.endm

PROGRAM
    MAP_RAM S_ROOT, S_L1, S_L0
    SET     medeleg, FAULTS
    SET     satp, SV39(S_ROOT)
    li      a0, VA(0)

    LEAF    1, RWX                          /* as long as ADUE is 0 they fault */
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, 0, ld a1, (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, sd a1, (a0)
    LEFT    RWX
    LEAF    2, RWX | PTE_A
    OK      PRV_S, 0, ld a1, (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, sd a1, (a0)
    LEFT    RWX | PTE_A

    SET     menvcfg, MENVCFG_ADUE
    LEAF    3, RWX                          /* a load sets A */
    OK      PRV_S, 0, ld a1, (a0)
    LEFT    RWX | PTE_A
    CHECK   4                               /* then a store D, with no fence between */
    OK      PRV_S, 0, sd a1, (a0)
    LEFT    RWX | PTE_A | PTE_D
    LEAF    5, RWX                          /* a store sets both */
    OK      PRV_S, 0, sd a1, (a0)
    LEFT    RWX | PTE_A | PTE_D
    LEAF    6, RWX | PTE_D                  /* D alone stays, and A comes */
    OK      PRV_S, 0, ld a1, (a0)
    LEFT    RWX | PTE_A | PTE_D
    LEAF    7, RWX                          /* LR is a load, AMO and SC are stores, also an SC that fails */
    OK      PRV_S, 0, lr.d a1, (a0)
    LEFT    RWX | PTE_A
    LEAF    8, RWX
    OK      PRV_S, 0, amoor.d a1, x0, (a0)
    LEFT    RWX | PTE_A | PTE_D
    LEAF    9, RWX
    OK      PRV_S, 0, sc.d a1, a1, (a0)
    bnez    a1, 1f
    j       fail
1:  LEFT    RWX | PTE_A | PTE_D

    LEAF    10, PTE_V | PTE_X               /* what R, W and X refuse sets nothing */
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, 0, ld a1, (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, sd a1, (a0)
    LEFT    PTE_V | PTE_X
    LEAF    11, RWX | PTE_U                 /* nor what U refuses */
    FAULT   EXC_LOAD_PAGE_FAULT, PRV_S, 0, ld a1, (a0)
    LEFT    RWX | PTE_U
    LEAF    12, RWX | PTE_U
    OK      PRV_U, USER_ALIAS, sd a1, (a0)
    LEFT    RWX | PTE_U | PTE_A | PTE_D

    LEAF    13, RWX                         /* a fetch sets A */
    PUT     DATA(0), 0x73                   /* ecall */
    fence.i
    la      t6, 2f
    csrw    mscratch, t6
    csrw    mepc, a0
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, PRV_S << MSTATUS_MPP_SHIFT
    csrs    mstatus, t5
    mret
2:  EXPECT_DONE PRV_S
    LEFT    RWX | PTE_A

    CHECK   14                              /* larger pages */
    MAP     S_L1, 1, PTE_OF(0x80000000, RWX)
    sfence.vma
    li      a0, VA(0) + 0x200000 + DATA(1) - 0x80000000
    OK      PRV_S, 0, sd a1, (a0)
    EXPECT_MEM S_L1 + 8, PTE_OF(0x80000000, RWX | PTE_A | PTE_D)
    LEAF    15, RWX                         /* M-mode with MPRV */
    li      a0, VA(0)
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, MSTATUS_MPRV | PRV_S << MSTATUS_MPP_SHIFT
    csrs    mstatus, t5
    ld      a1, (a0)
    li      t5, MSTATUS_MPRV
    csrc    mstatus, t5
    LEFT    RWX | PTE_A

    LEAF    16, RWX                         /* a table that PMP lets nobody write */
    SET     pmpaddr1, -1
    SET     pmpaddr0, S_L0 >> PMP_ADDRESS_SHIFT | 0x1ff
    SET     pmpcfg0, 0x1f19
    SET     medeleg, FAULTS | 1 << EXC_LOAD_ACCESS_FAULT
    sfence.vma
    FAULT   EXC_LOAD_ACCESS_FAULT, PRV_S, 0, ld a1, (a0)
    LEFT    RWX
    j       pass
