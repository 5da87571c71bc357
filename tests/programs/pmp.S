/* Physical memory protection: the registers, the three ways to describe a region, priority, page tables, and locks last.
Needs: Smpmp. */
#include "test.h"

#define FETCH       EXC_INSTRUCTION_ACCESS_FAULT
#define LOAD        EXC_LOAD_ACCESS_FAULT
#define STORE       EXC_STORE_ACCESS_FAULT
#define NAPOT_PAGE(pa)  ((pa) >> PMP_ADDRESS_SHIFT | 0x1ff)
#define TOR         (PMP_TOR << PMPCFG_A_SHIFT)
#define NAPOT       (PMP_NAPOT << PMPCFG_A_SHIFT)
#define OPEN_REST   (0x1f << 56)            /* entry 7 */
#define R           PMPCFG_R
#define RW          (PMPCFG_R | PMPCFG_W)
#define X           PMPCFG_X

/* Entry 0 in front of all of memory, which is open. */
.macro ENTRY n, cfg
    CHECK   \n
    SET     pmpcfg0, OPEN_REST | (\cfg)
    sfence.vma
.endm
.macro OK mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_DONE \mode
.endm
.macro FAULT cause, mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_M \cause
    csrr    t5, mtval
    bne     t5, a0, fail
.endm

#define EACH(byte)  ((byte) * 0x0101010101010101)

PROGRAM
    CHECK   1                               /* the grain is 4 KiB */
    SET     pmpcfg0, 0
    SET     pmpaddr0, -1
    EXPECT_CSR pmpaddr0, 0x3ffffffffffc00
    CHECK   2                               /* bits below it read as ones in a NAPOT region, and are kept */
    SET     pmpcfg0, NAPOT
    SET     pmpaddr0, 0x12345678
    EXPECT_CSR pmpaddr0, 0x12345678 | 0x1ff
    SET     pmpcfg0, TOR
    EXPECT_CSR pmpaddr0, 0x12345678 & ~0x3ff
    SET     pmpcfg0, NAPOT
    EXPECT_CSR pmpaddr0, 0x12345678 | 0x1ff
    CHECK   3                               /* W without R, NA4, and bits 6:5 */
    SET     pmpcfg0, PMPCFG_W | PMPCFG_X
    EXPECT_CSR pmpcfg0, PMPCFG_X
    SET     pmpcfg0, PMPCFG_R | PMP_NA4 << PMPCFG_A_SHIFT
    EXPECT_CSR pmpcfg0, PMPCFG_R | NAPOT
    SET     pmpcfg0, 0x60
    EXPECT_CSR pmpcfg0, 0
    CHECK   4                               /* entries 8 to 15 cannot be written, odd pmpcfg do not exist */
    SET     pmpaddr8, -1
    SET     pmpcfg2, -1
    EXPECT_CSR pmpaddr8, 0
    EXPECT_CSR pmpcfg2, 0
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrr a1, 0x3a1

    SET     pmpaddr7, -1
    SET     pmpaddr0, NAPOT_PAGE(DATA(0))
    li      a0, DATA(0)
    ENTRY   5, NAPOT                        /* S and U are refused, M is not */
    FAULT   LOAD, PRV_S, ld a1, (a0)
    FAULT   LOAD, PRV_U, lr.d a1, (a0)
    FAULT   STORE, PRV_S, sd a1, (a0)
    FAULT   STORE, PRV_U, sc.d a1, a1, (a0)
    FAULT   STORE, PRV_S, amoadd.d a1, a1, (a0)
    ld      a1, (a0)
    sd      a1, (a0)
    ENTRY   6, NAPOT | R
    OK      PRV_U, ld a1, (a0)
    FAULT   STORE, PRV_U, sd a1, (a0)
    FAULT   STORE, PRV_U, amoadd.d a1, a1, (a0)
    ENTRY   7, NAPOT | RW
    OK      PRV_S, ld a1, (a0)
    OK      PRV_S, sd a1, (a0)
    OK      PRV_S, amoadd.d a1, a1, (a0)
    ENTRY   8, NAPOT | X
    FAULT   LOAD, PRV_S, ld a1, (a0)
    FAULT   STORE, PRV_S, sd a1, (a0)
    CHECK   9                               /* fetches */
    PUT     DATA(0), 0x73                   /* ecall */
    fence.i
    RUN     PRV_S, DATA(0)
    EXPECT_DONE PRV_S
    SET     pmpcfg0, OPEN_REST | NAPOT | RW
    sfence.vma
    RUN     PRV_U, DATA(0)
    EXPECT_CSR mcause, FETCH
    EXPECT_CSR mtval, DATA(0)
    RUN     PRV_M, DATA(0)
    EXPECT_DONE PRV_M

    CHECK   10                              /* the page behind is another matter */
    li      a0, DATA(1)
    SET     pmpcfg0, OPEN_REST | NAPOT
    sfence.vma
    OK      PRV_S, ld a1, (a0)
    li      a0, DATA(0) - 8
    OK      PRV_S, ld a1, (a0)
    CHECK   11                              /* two pages as one region */
    SET     pmpaddr0, DATA(0) >> PMP_ADDRESS_SHIFT | 0x3ff
    sfence.vma
    li      a0, DATA(1) + 0xff8
    FAULT   LOAD, PRV_S, ld a1, (a0)
    li      a0, DATA(2)
    OK      PRV_S, ld a1, (a0)

    CHECK   12                              /* a range from the entry below, whose own mode does not matter */
    SET     pmpaddr0, DATA(0) >> PMP_ADDRESS_SHIFT
    SET     pmpaddr1, DATA(2) >> PMP_ADDRESS_SHIFT
    SET     pmpcfg0, OPEN_REST | TOR << 8
    sfence.vma
    li      a0, DATA(0)
    FAULT   LOAD, PRV_S, ld a1, (a0)
    li      a0, DATA(1) + 0xff8
    FAULT   LOAD, PRV_S, ld a1, (a0)
    li      a0, DATA(2)
    OK      PRV_S, ld a1, (a0)
    li      a0, DATA(0) - 8
    OK      PRV_S, ld a1, (a0)
    CHECK   13                              /* an empty range */
    SET     pmpaddr1, DATA(0) >> PMP_ADDRESS_SHIFT
    sfence.vma
    li      a0, DATA(0)
    OK      PRV_S, ld a1, (a0)
    CHECK   14                              /* the first that matches decides */
    SET     pmpaddr0, NAPOT_PAGE(DATA(0))
    SET     pmpaddr1, NAPOT_PAGE(DATA(0))
    SET     pmpcfg0, OPEN_REST | NAPOT << 8 | NAPOT | R
    sfence.vma
    OK      PRV_S, ld a1, (a0)
    SET     pmpcfg0, OPEN_REST | (NAPOT | R) << 8 | NAPOT
    sfence.vma
    FAULT   LOAD, PRV_S, ld a1, (a0)

    CHECK   15                              /* MPRV */
    li      t5, MSTATUS_MPP
    csrc    mstatus, t5
    li      t5, MSTATUS_MPRV | PRV_S << MSTATUS_MPP_SHIFT
    csrs    mstatus, t5
    TRAPS   LOAD, ld a1, (a0)
    li      t5, MSTATUS_MPRV
    csrc    mstatus, t5

    CHECK   16                              /* page tables are read as S, by whomever */
    MAP_RAM S_ROOT, S_L1, S_L0
    MAP     S_L0, 0, PTE_OF(DATA(1), USER_RWX)
    SET     satp, SV39(S_ROOT)
    SET     pmpaddr0, NAPOT_PAGE(S_L0)
    SET     pmpcfg0, OPEN_REST | NAPOT | R
    sfence.vma
    li      a0, VA(0)
    TRY     PRV_U, USER_ALIAS, sd a1, (a0)
    EXPECT_DONE PRV_U
    SET     pmpcfg0, OPEN_REST | NAPOT
    sfence.vma
    TRY     PRV_U, USER_ALIAS, sd a1, (a0)
    EXPECT_M STORE
    EXPECT_CSR mtval, VA(0)
    SET     satp, 0

    CHECK   17                              /* an offset that looks like the number of a PMP register, after a write of one */
    li      a0, DATA(2)
    SET     pmpcfg0, OPEN_REST
    OK      PRV_S, ld a1, 0x3b0(a0)
    SET     pmpcfg0, OPEN_REST
    OK      PRV_S, sd x0, 0x3a0(a0)

    CHECK   18                              /* a lock binds M-mode as well */
    SET     pmpaddr0, DATA(0) >> PMP_ADDRESS_SHIFT
    SET     pmpaddr1, DATA(1) >> PMP_ADDRESS_SHIFT
    SET     pmpcfg0, OPEN_REST | (PMPCFG_L | TOR | R) << 8
    sfence.vma
    li      a0, DATA(0)
    ld      a1, (a0)
    TRAPS   STORE, sd a1, (a0)
    EXPECT_CSR mtval, DATA(0)
    CHECK   19                              /* and cannot be taken back, neither can the bottom of its range */
    SET     pmpcfg0, OPEN_REST
    SET     pmpaddr0, 0
    SET     pmpaddr1, 0
    EXPECT_CSR pmpcfg0, OPEN_REST | (PMPCFG_L | TOR | R) << 8
    EXPECT_CSR pmpaddr0, DATA(0) >> PMP_ADDRESS_SHIFT
    EXPECT_CSR pmpaddr1, DATA(1) >> PMP_ADDRESS_SHIFT

    CHECK   20                              /* and the very next instruction, which has been fetched before */
    PUT     DATA(2), 0x133a061073           /* csrw pmpcfg0, a2; nop */
    PUT     DATA(2) + 8, 0x73               /* ecall */
    fence.i
    SET     pmpaddr2, NAPOT_PAGE(DATA(2))
    li      a2, OPEN_REST
    RUN     PRV_M, DATA(2)
    EXPECT_DONE PRV_M
    li      a2, OPEN_REST | (PMPCFG_L | NAPOT) << 16
    RUN     PRV_M, DATA(2)
    EXPECT_CSR mcause, FETCH
    EXPECT_CSR mepc, DATA(2) + 4
    EXPECT_CSR mtval, DATA(2) + 4

    CHECK   21                              /* each entry can be locked, and then stays as it is */
    SET     pmpcfg0, OPEN_REST | EACH(PMPCFG_L)
    EXPECT_CSR pmpcfg0, OPEN_REST | EACH(PMPCFG_L) | (TOR | R) << 8 | NAPOT << 16
    SET     pmpcfg0, 0
    EXPECT_CSR pmpcfg0, OPEN_REST | EACH(PMPCFG_L) | (TOR | R) << 8 | NAPOT << 16
    j       pass
