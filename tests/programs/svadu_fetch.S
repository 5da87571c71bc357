/* A of the pages of instructions under Svadu: set for what is executed, not for what is only fetched ahead.
Needs: Svadu. */
#include "test.h"

#define RWX         (PTE_V | PTE_R | PTE_W | PTE_X)
#define END         0xffe                   /* of a page: its last halfword */
#define ECALL       0x00000073
#define LI_A0_5     0x00500513              /* 4 bytes long */

/* Flags of the leaves of two pages that follow one another. */
.macro LEAVES n, first, second
    CHECK   \n
    PUT     S_L0, PTE_OF(DATA(0), \first)
    PUT     S_L0 + 8, PTE_OF(DATA(1), \second)
    sfence.vma
.endm
.macro LEFT first, second
    EXPECT_MEM S_L0, PTE_OF(DATA(0), \first)
    EXPECT_MEM S_L0 + 8, PTE_OF(DATA(1), \second)
.endm
/* A halfword of code at an offset from DATA(0). */
.macro CODE offset, half
    li      t6, DATA(0) + (\offset)
    li      t5, \half
    sh      t5, 0(t6)
.endm
.macro GO mode, offset
    fence.i
    li      s11, VA(0) + (\offset)
    csrw    mepc, s11
    la      t6, .Lback\@
    csrw    mscratch, t6
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, (\mode) << MSTATUS_MPP_SHIFT
    csrs    mstatus, t5
    mret
.Lback\@:
.endm
.macro DONE mode, offset
    EXPECT_DONE \mode
    EXPECT_CSR mepc, VA(0) + (\offset)
.endm

PROGRAM
    MAP_RAM S_ROOT, S_L1, S_L0
    SET     medeleg, 1 << EXC_INSTRUCTION_PAGE_FAULT
    SET     satp, SV39(S_ROOT)
    SET     menvcfg, MENVCFG_ADUE
    CODE    0xff8, ECALL
    CODE    0xffa, ECALL >> 16
    CODE    0x1002, ECALL
    CODE    0x1004, ECALL >> 16

    LEAVES  1, RWX, RWX                     /* what follows a trap in the same page */
    GO      PRV_S, 0xff8
    DONE    PRV_S, 0xff8
    LEFT    RWX | PTE_A, RWX
    LEAVES  2, RWX, RWX                     /* what follows a jump in the next page, the first time and the second */
    CODE    END, 0xbfed                     /* c.j END - 6 */
    GO      PRV_S, END
    DONE    PRV_S, 0xff8
    LEFT    RWX | PTE_A, RWX
    LEAVES  3, RWX, RWX
    GO      PRV_S, END
    DONE    PRV_S, 0xff8
    LEFT    RWX | PTE_A, RWX

    LEAVES  4, RWX, RWX                     /* an instruction in two pages sets both */
    CODE    END, LI_A0_5 & 0xffff
    CODE    0x1000, LI_A0_5 >> 16
    li      a0, 0
    GO      PRV_S, END
    DONE    PRV_S, 0x1002
    EXPECT  a0, 5
    LEFT    RWX | PTE_A, RWX | PTE_A
    LEAVES  5, RWX | PTE_A, RWX             /* or one of them */
    GO      PRV_S, END
    LEFT    RWX | PTE_A, RWX | PTE_A
    LEAVES  6, RWX, RWX | PTE_A
    GO      PRV_S, END
    LEFT    RWX | PTE_A, RWX | PTE_A
    LEAVES  7, RWX, RWX & ~PTE_X            /* the first half is fetched before the second faults */
    GO      PRV_S, END
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    EXPECT_CSR stval, VA(1)
    LEFT    RWX | PTE_A, RWX & ~PTE_X
    LEAVES  8, RWX & ~PTE_X, RWX            /* and not the second when the first has faulted */
    GO      PRV_S, END
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    EXPECT_CSR stval, VA(0) + END
    LEFT    RWX & ~PTE_X, RWX
    LEAVES  9, RWX, RWX                     /* two instructions: each its own */
    CODE    END, 0x0001                     /* c.nop */
    CODE    0x1000, 0x0001
    GO      PRV_S, END
    DONE    PRV_S, 0x1002
    LEFT    RWX | PTE_A, RWX | PTE_A
    LEAVES  10, RWX | PTE_U, RWX | PTE_U | PTE_A    /* a user's pages */
    GO      PRV_U, END
    DONE    PRV_U, 0x1002
    LEFT    RWX | PTE_U | PTE_A, RWX | PTE_U | PTE_A
    LEAVES  11, RWX | PTE_U, RWX            /* the next page refuses the user */
    GO      PRV_U, END
    EXPECT_CSR scause, EXC_INSTRUCTION_PAGE_FAULT
    EXPECT_CSR stval, VA(1)
    EXPECT_CSR sepc, VA(1)
    LEFT    RWX | PTE_U | PTE_A, RWX

    CHECK   12                              /* a jump that has gone to one page goes to another */
    CODE    END, 0x8582                     /* c.jr a1 */
    li      a1, VA(1) + 2
    PUT     S_L0 + 16, PTE_OF(DATA(1), RWX)
    LEAVES  13, RWX, RWX
    GO      PRV_S, END
    DONE    PRV_S, 0x1002
    LEFT    RWX | PTE_A, RWX | PTE_A
    LEAVES  14, RWX, RWX
    li      a1, VA(2) + 2
    GO      PRV_S, END
    DONE    PRV_S, 0x2002
    LEFT    RWX | PTE_A, RWX
    EXPECT_MEM S_L0 + 16, PTE_OF(DATA(1), RWX | PTE_A)

    SET     menvcfg, 0                      /* without ADUE a fetch faults, in front of nothing else */
    LEAVES  15, RWX, RWX
    GO      PRV_S, 0xff8
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    LEFT    RWX, RWX
    j       pass
