/* Cache-block operations in M, S and U: what envcfg allows, what the page tables and the attributes of memory allow, and what
they leave behind.
Needs: Zicbom Zicboz Zicbop. */
    .option arch, +zicbom, +zicboz, +zicbop
#include "test.h"

#define FAULTS      (1 << EXC_STORE_PAGE_FAULT | 1 << EXC_STORE_ACCESS_FAULT)
#define ALL         (MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE)
#define ONES        0xffffffffffffffff

.macro ENVCFG m, s
    SET     menvcfg, \m
    SET     senvcfg, \s
.endm
.macro OK mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_DONE \mode
.endm
/* An illegal instruction goes to M. */
.macro ILLEGAL mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
.endm
.macro FAULT cause, mode, offset, insn:vararg
    TRY     \mode, \offset, \insn
    EXPECT_HS \cause
    csrr    t5, stval
    bne     t5, a0, fail
.endm
.macro LEAF n, flags
    CHECK   \n
    PUT     S_L0, PTE_OF(DATA(0), \flags)
    sfence.vma
.endm

PROGRAM
    MAP_RAM S_ROOT, S_L1, S_L0
    SET     medeleg, FAULTS
    li      a0, DATA(0) + 0x13

    CHECK   1                               /* M-mode needs no permission */
    ENVCFG  0, 0
    cbo.inval (a0)
    cbo.clean (a0)
    cbo.flush (a0)
    cbo.zero (a0)
    CHECK   2                               /* S needs that of menvcfg */
    ILLEGAL PRV_S, cbo.inval (a0)
    ILLEGAL PRV_S, cbo.clean (a0)
    ILLEGAL PRV_S, cbo.flush (a0)
    ILLEGAL PRV_S, cbo.zero (a0)
    CHECK   3                               /* each field counts for its own instructions alone */
    ENVCFG  MENVCFG_CBIE, ALL
    OK      PRV_S, 0, cbo.inval (a0)
    ILLEGAL PRV_U, cbo.clean (a0)
    ILLEGAL PRV_U, cbo.flush (a0)
    ILLEGAL PRV_U, cbo.zero (a0)
    CHECK   4
    ENVCFG  MENVCFG_CBCFE, ALL
    OK      PRV_S, 0, cbo.clean (a0)
    OK      PRV_S, 0, cbo.flush (a0)
    ILLEGAL PRV_S, cbo.inval (a0)
    ILLEGAL PRV_S, cbo.zero (a0)
    CHECK   5
    ENVCFG  MENVCFG_CBZE, ALL
    OK      PRV_S, 0, cbo.zero (a0)
    ILLEGAL PRV_S, cbo.inval (a0)
    ILLEGAL PRV_S, cbo.clean (a0)
    CHECK   6                               /* U needs that of senvcfg, too */
    ENVCFG  ALL, 0
    PUT     DATA(0) + 8, ONES
    ILLEGAL PRV_U, cbo.inval (a0)
    ILLEGAL PRV_U, cbo.clean (a0)
    ILLEGAL PRV_U, cbo.zero (a0)
    EXPECT_MEM DATA(0) + 8, ONES
    OK      PRV_S, 0, cbo.inval (a0)
    CHECK   7
    ENVCFG  ALL, ALL
    OK      PRV_U, 0, cbo.inval (a0)
    OK      PRV_U, 0, cbo.clean (a0)
    OK      PRV_U, 0, cbo.flush (a0)
    OK      PRV_U, 0, cbo.zero (a0)
    CHECK   8                               /* CBIE = 01: inval flushes, which is allowed */
    ENVCFG  1 << MENVCFG_CBIE_SHIFT, 1 << MENVCFG_CBIE_SHIFT
    OK      PRV_U, 0, cbo.inval (a0)
    ENVCFG  ALL, ALL

    CHECK   9                               /* zero clears the 64 bytes around the address */
    li      a1, DATA(0) - 8
    li      a2, ONES
    .rept 10
    sd      a2, 0(a1)
    addi    a1, a1, 8
    .endr
    OK      PRV_S, 0, cbo.zero (a0)
    EXPECT_MEM DATA(0) - 8, ONES
    EXPECT_MEM DATA(0), 0
    EXPECT_MEM DATA(0) + 32, 0
    EXPECT_MEM DATA(0) + 56, 0
    EXPECT_MEM DATA(0) + 64, ONES
    CHECK   10                              /* what was stored survives clean, flush and inval */
    PUT     DATA(0) + 8, ONES
    cbo.clean (a0)
    EXPECT_MEM DATA(0) + 8, ONES
    cbo.flush (a0)
    EXPECT_MEM DATA(0) + 8, ONES
    cbo.inval (a0)
    EXPECT_MEM DATA(0) + 8, ONES

    SET     satp, SV39(S_ROOT)
    li      a0, VA(0)
    LEAF    11, KERNEL_RWX & ~PTE_D         /* D matters for zero alone */
    OK      PRV_S, 0, cbo.inval (a0)
    OK      PRV_S, 0, cbo.clean (a0)
    OK      PRV_S, 0, cbo.flush (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.zero (a0)
    LEAF    12, PTE_V | PTE_R | PTE_A | PTE_D   /* zero is a store */
    OK      PRV_S, 0, cbo.flush (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.zero (a0)
    LEAF    13, KERNEL_RWX & ~PTE_A
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.inval (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.zero (a0)
    LEAF    14, USER_RWX
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.clean (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.zero (a0)
    OK      PRV_U, USER_ALIAS, cbo.clean (a0)
    PUT     DATA(0) + 8, ONES
    OK      PRV_U, USER_ALIAS, cbo.zero (a0)
    EXPECT_MEM DATA(0) + 8, 0
    LEAF    15, KERNEL_RWX
    FAULT   EXC_STORE_PAGE_FAULT, PRV_U, USER_ALIAS, cbo.flush (a0)
    LEAF    16, PTE_V | PTE_X | PTE_A       /* with MXR it can be loaded, and so be flushed */
    li      t5, MSTATUS_MXR
    csrs    mstatus, t5
    OK      PRV_S, 0, cbo.flush (a0)
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.zero (a0)
    li      t5, MSTATUS_MXR
    csrc    mstatus, t5
    LEAF    17, 0                           /* prefetches never trap */
    li      a0, VA(0) + 0x13                /* and a fault reports the address as it is given */
    FAULT   EXC_STORE_PAGE_FAULT, PRV_S, 0, cbo.inval (a0)
    OK      PRV_S, 0, prefetch.i 32(a0)
    OK      PRV_S, 0, prefetch.r -2048(a0)
    OK      PRV_S, 0, prefetch.w 0(a0)
    ENVCFG  0, 0
    OK      PRV_S, 0, prefetch.w 0(a0)
    ENVCFG  ALL, ALL
    SET     satp, 0

    CHECK   18                              /* nothing is here */
    li      a0, 0x5000000000
    TRAPS   EXC_STORE_ACCESS_FAULT, cbo.inval (a0)
    csrr    t5, mtval
    bne     t5, a0, fail
    TRAPS   EXC_STORE_ACCESS_FAULT, cbo.zero (a0)
    csrr    t5, mtval
    bne     t5, a0, fail

    CHECK   19                              /* memory that no cache may hold */
    la      a0, fromhost
    li      a1, -1
    sd      a1, 0(a0)
    sd      a1, 56(a0)
    sd      a1, 64(a0)
    cbo.zero (a0)
    ld      a2, 0(a0)
    EXPECT  a2, 0
    ld      a2, 56(a0)
    EXPECT  a2, 0
    ld      a2, 64(a0)
    EXPECT  a2, -1
    j       pass
