/* Sv39 in S-mode: walks, superpages, every reason for a page fault, access faults of the walk, page-crossing fetches. */
#include "test.h"

/* An access of S-mode to VA(0) + 8 whose leaf entry is `entry`. */
.macro LEAF_FAULT n, entry, cause, insn:vararg
    CHECK   \n
    PUT     S_L0, \entry
    sfence.vma
    TRY     PRV_S, 0, \insn
    EXPECT_HS \cause
    EXPECT_CSR stval, VA(0) + 8
.endm
.macro LEAF_OK n, entry, insn:vararg
    CHECK   \n
    PUT     S_L0, \entry
    sfence.vma
    TRY     PRV_S, 0, \insn
    EXPECT_DONE PRV_S
.endm
.macro FETCH_FAULT n, entry
    CHECK   \n
    PUT     S_L0, \entry
    sfence.vma
    TRY     PRV_S, 0, jr a0
    li      s11, VA(0) + 8
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    EXPECT_CSR stval, VA(0) + 8
.endm
#define LEAF(flags)     PTE_OF(DATA(0), flags)
#define PAGE_FAULTS     (1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT | 1 << EXC_INSTRUCTION_PAGE_FAULT)
#define ACCESS_FAULTS   (1 << EXC_LOAD_ACCESS_FAULT | 1 << EXC_STORE_ACCESS_FAULT | 1 << EXC_INSTRUCTION_ACCESS_FAULT)

PROGRAM
    MAP_RAM S_ROOT, S_L1, S_L0
    SET     satp, SV39(S_ROOT)
    SET     medeleg, PAGE_FAULTS | ACCESS_FAULTS
    PUT     DATA(0) + 8, 0x0000807300008067     /* jr ra as the word at VA(0) + 8 */
    li      a0, VA(0) + 8

    LEAF_OK     1, LEAF(KERNEL_RWX), ld a1, 0(a0)
    EXPECT  a1, 0x0000807300008067
    LEAF_OK     2, LEAF(KERNEL_RWX), sw x0, 4(a0)
    EXPECT_MEM  DATA(0) + 8, 0x8067
    fence.i
    LEAF_OK     3, LEAF(KERNEL_RWX), jalr a0
    LEAF_FAULT  4, LEAF(KERNEL_RWX - PTE_V), EXC_LOAD_PAGE_FAULT, ld a1, 0(a0)
    LEAF_FAULT  5, LEAF(KERNEL_RWX - PTE_V), EXC_STORE_PAGE_FAULT, sb a1, 0(a0)
    FETCH_FAULT 6, LEAF(KERNEL_RWX - PTE_V)
    LEAF_FAULT  7, LEAF(KERNEL_RWX - PTE_R), EXC_LOAD_PAGE_FAULT, lb a1, 0(a0)      /* W without R */
    LEAF_FAULT  8, LEAF(PTE_V | PTE_W | PTE_A | PTE_D), EXC_STORE_PAGE_FAULT, sb a1, 0(a0)
    LEAF_FAULT  9, LEAF(KERNEL_RWX - PTE_W), EXC_STORE_PAGE_FAULT, sd a1, 0(a0)
    LEAF_OK     10, LEAF(KERNEL_RWX - PTE_W), ld a1, 0(a0)
    FETCH_FAULT 11, LEAF(KERNEL_RW)
    LEAF_FAULT  12, LEAF(PTE_V | PTE_X | PTE_A | PTE_D), EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    LEAF_OK     13, LEAF(PTE_V | PTE_X | PTE_A | PTE_D), jalr a0
    LEAF_FAULT  14, LEAF(KERNEL_RWX - PTE_A), EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)     /* A is never set here */
    FETCH_FAULT 15, LEAF(KERNEL_RWX - PTE_A)
    LEAF_FAULT  16, LEAF(KERNEL_RWX - PTE_D), EXC_STORE_PAGE_FAULT, sw a1, 0(a0)
    LEAF_OK     17, LEAF(KERNEL_RWX - PTE_D), lw a1, 0(a0)
    LEAF_FAULT  18, LEAF(USER_RWX), EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    FETCH_FAULT 19, LEAF(USER_RWX)
    LEAF_FAULT  20, PTE_OF(S_L0, PTE_V), EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)          /* a fourth level */
    LEAF_FAULT  21, LEAF(KERNEL_RWX) | (1 << 54), EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    LEAF_FAULT  22, LEAF(KERNEL_RWX) | (1 << 60), EXC_STORE_PAGE_FAULT, sw a1, 0(a0)
    LEAF_FAULT  23, LEAF(KERNEL_RWX) | (1 << 61), EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    LEAF_FAULT  24, LEAF(KERNEL_RWX) | (1 << 63), EXC_LOAD_PAGE_FAULT, lw a1, 0(a0)
    LEAF_OK     25, LEAF(KERNEL_RWX) | PTE_RSW | PTE_G, lw a1, 0(a0)

    /* Atomics: a page that may be read but not written */
    LEAF_FAULT  26, LEAF(KERNEL_RWX - PTE_W), EXC_STORE_PAGE_FAULT, amoor.w a1, x0, (a0)
    LEAF_FAULT  27, LEAF(KERNEL_RWX - PTE_V), EXC_STORE_PAGE_FAULT, amoadd.d a1, x0, (a0)
    LEAF_FAULT  28, LEAF(KERNEL_RWX - PTE_V), EXC_LOAD_PAGE_FAULT, lr.w a1, (a0)
    LEAF_OK     29, LEAF(KERNEL_RWX - PTE_W - PTE_D), lr.d a1, (a0)
    CHECK   30                              /* SC without a reservation still needs a page it may write */
    TRY     PRV_S, 0, sc.w a1, x0, (a0)
    EXPECT_HS EXC_STORE_PAGE_FAULT

    CHECK   31                              /* misaligned comes first */
    PUT     S_L0, 0
    sfence.vma
    li      a0, VA(0) + 1
    TRY     PRV_S, 0, lh a1, 0(a0)
    EXPECT_M EXC_LOAD_MISALIGNED
    EXPECT_CSR mtval, VA(0) + 1

    CHECK   32                              /* addresses whose bits 63:39 differ from bit 38 */
    PUT     S_L0, LEAF(KERNEL_RWX)
    sfence.vma
    li      a0, VA(0) + (1 << 39)
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_PAGE_FAULT
    EXPECT_CSR stval, VA(0) + (1 << 39)
    CHECK   33
    li      a0, 0x8000000040000000
    TRY     PRV_S, 0, sd a1, 0(a0)
    EXPECT_HS EXC_STORE_PAGE_FAULT
    EXPECT_CSR stval, 0x8000000040000000
    CHECK   34
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    EXPECT_CSR stval, 0x8000000040000000
    CHECK   35                              /* the upper half: the last entry of the root */
    MAP     S_ROOT, 511, TABLE(S_L1)
    MAP     S_L1, 511, TABLE(S_L0)
    MAP     S_L0, 511, PTE_OF(DATA(1), KERNEL_RW)
    PUT     DATA(1) + 0xff8, 0x1234
    li      a0, -8
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_DONE PRV_S
    EXPECT  a1, 0x1234

    CHECK   36                              /* a 2 MiB page, and one whose address is not aligned */
    MAP     S_L1, 1, PTE_OF(0x80000000, KERNEL_RW)
    sfence.vma
    li      a0, VA(512) + DATA(1) - 0x80000000
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_DONE PRV_S
    li      a2, 0x5678
    TRY     PRV_S, 0, sd a2, 16(a0)
    EXPECT_MEM DATA(1) + 16, 0x5678
    CHECK   37
    MAP     S_L1, 1, PTE_OF(0x80001000, KERNEL_RW)
    sfence.vma
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_PAGE_FAULT
    CHECK   38                              /* a 1 GiB page that is not aligned */
    MAP     S_ROOT, 4, PTE_OF(0x80200000, KERNEL_RW)
    sfence.vma
    li      a0, 0x100000000
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_PAGE_FAULT

    CHECK   39                              /* A, D and U are reserved in a pointer to a table */
    li      a0, VA(0)
    MAP     S_L1, 0, TABLE(S_L0) | PTE_A
    sfence.vma
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_PAGE_FAULT
    CHECK   40
    MAP     S_L1, 0, TABLE(S_L0) | PTE_D
    sfence.vma
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_PAGE_FAULT
    CHECK   41
    MAP     S_L1, 0, TABLE(S_L0) | PTE_U
    sfence.vma
    TRY     PRV_S, 0, sd a1, 0(a0)
    EXPECT_HS EXC_STORE_PAGE_FAULT

    CHECK   42                              /* a table where no memory is: access faults of the original kind */
    MAP     S_L1, 0, TABLE(0x40000000)
    sfence.vma
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_HS EXC_LOAD_ACCESS_FAULT
    EXPECT_CSR stval, VA(0)
    CHECK   43
    TRY     PRV_S, 0, sd a1, 0(a0)
    EXPECT_HS EXC_STORE_ACCESS_FAULT
    CHECK   44
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_ACCESS_FAULT
    CHECK   45                              /* a page where no memory is */
    MAP     S_L1, 0, TABLE(S_L0)
    PUT     S_L0, PTE_OF(0x40000000, KERNEL_RWX)
    sfence.vma
    TRY     PRV_S, 0, amoswap.w a1, x0, (a0)
    EXPECT_HS EXC_STORE_ACCESS_FAULT
    EXPECT_CSR stval, VA(0)

    CHECK   46                              /* an instruction that begins on one page and ends on the next */
    PUT     DATA(0) + 0xff8, 0x0073000000000000  /* low half of ecall in the last two bytes */
    PUT     DATA(1), 0x0000
    PUT     S_L0, PTE_OF(DATA(0), KERNEL_RWX)
    PUT     S_L0 + 8, PTE_OF(DATA(1), KERNEL_RWX)
    sfence.vma
    fence.i
    li      a0, VA(1) - 2
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_M EXC_ECALL_S
    CHECK   47                              /* the fault is at its second half */
    PUT     S_L0 + 8, 0
    sfence.vma
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_PAGE_FAULT
    EXPECT_CSR stval, VA(1)
    CHECK   48                              /* a 16-bit instruction there has no second half */
    PUT     DATA(0) + 0xff8, 0x9002000000000000  /* c.ebreak */
    fence.i
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_M EXC_BREAKPOINT

    CHECK   49                              /* a store through one mapping, a load through another */
    PUT     S_L0, PTE_OF(DATA(2), KERNEL_RW)
    PUT     S_L0 + 8, PTE_OF(DATA(2), KERNEL_RW)
    sfence.vma
    li      a0, VA(0)
    li      a1, 0x77
    TRY     PRV_S, 0, sd a1, 0(a0)
    li      a0, VA(1)
    TRY     PRV_S, 0, ld a2, 0(a0)
    EXPECT  a2, 0x77

    CHECK   50                              /* SFENCE.VMA for one address, executed by S-mode itself */
    PUT     S_L0 + 8, PTE_OF(DATA(3), KERNEL_RW)
    TRY     PRV_S, 0, sfence.vma a0, x0
    TRY     PRV_S, 0, ld a2, 0(a0)
    EXPECT  a2, 0
    CHECK   51                              /* ASIDs: a new one sees new entries, the old one keeps its own */
    SET     satp, SV39(S_ROOT) | (1 << SATP_ASID_SHIFT)
    PUT     S_L0 + 8, PTE_OF(DATA(2), KERNEL_RW)
    sfence.vma
    TRY     PRV_S, 0, ld a2, 0(a0)
    EXPECT  a2, 0x77
    CHECK   52                              /* back to Bare */
    SET     satp, 0
    sfence.vma
    li      a0, DATA(2)
    TRY     PRV_S, 0, ld a2, 0(a0)
    EXPECT  a2, 0x77
    j       pass
