/* Physical memory attributes: devices allow aligned loads and stores only; what is nowhere allows nothing. */
#include "test.h"

#define MTIMECMP    (CLINT_BASE + CLINT_MTIMECMP)

PROGRAM
    li      a0, MTIMECMP
    CHECK   1                               /* loads and stores of 4 and 8 bytes */
    li      a1, 0x1122334455667788
    sd      a1, 0(a0)
    ld      a2, 0(a0)
    bne     a1, a2, fail
    lwu     a2, 4(a0)
    EXPECT  a2, 0x11223344
    li      a1, -1
    sw      a1, 4(a0)
    ld      a2, 0(a0)
    EXPECT  a2, 0xffffffff55667788
    CHECK   2                               /* misaligned */
    TRAPS   EXC_LOAD_MISALIGNED, ld a2, 4(a0)
    EXPECT_CSR mtval, MTIMECMP + 4
    CHECK   3                               /* no atomics, no reservations */
    TRAPS   EXC_STORE_ACCESS_FAULT, amoor.d a2, x0, (a0)
    EXPECT_CSR mtval, MTIMECMP
    CHECK   4
    TRAPS   EXC_LOAD_ACCESS_FAULT, lr.d a2, (a0)
    EXPECT_CSR mtval, MTIMECMP
    CHECK   5
    TRAPS   EXC_STORE_ACCESS_FAULT, sc.d a2, a1, (a0)
    EXPECT_CSR mtval, MTIMECMP
    ld      a2, 0(a0)
    EXPECT  a2, 0xffffffff55667788
    CHECK   6                               /* no fetches */
    la      t6, 1f
    csrw    mscratch, t6
    mv      s11, a0
    jr      a0
1:  EXPECT_M EXC_INSTRUCTION_ACCESS_FAULT
    EXPECT_CSR mtval, MTIMECMP
    CHECK   7                               /* no page tables */
    MAP_RAM S_ROOT, S_L1, S_L0
    MAP     S_L1, 0, TABLE(CLINT_BASE)
    SET     satp, SV39(S_ROOT)
    sfence.vma
    li      a0, VA(0)
    TRY     PRV_S, 0, ld a1, 0(a0)
    EXPECT_M EXC_LOAD_ACCESS_FAULT
    EXPECT_CSR mtval, VA(0)
    CHECK   8                               /* devices through translation */
    MAP     S_L1, 0, TABLE(S_L0)
    MAP     S_L0, 0, PTE_OF(CLINT_BASE + 0x4000, KERNEL_RWX)
    sfence.vma
    TRY     PRV_S, 0, lwu a1, 0(a0)
    EXPECT_DONE PRV_S
    EXPECT  a1, 0x55667788
    TRY     PRV_S, 0, amoadd.w a1, a1, (a0)
    EXPECT_M EXC_STORE_ACCESS_FAULT
    EXPECT_CSR mtval, VA(0)
    TRY     PRV_S, 0, jr a0
    mv      s11, a0
    EXPECT_M EXC_INSTRUCTION_ACCESS_FAULT
    CHECK   9                               /* addresses with high bits, and in the gaps */
    li      a0, 0x80000000000000
    TRAPS   EXC_LOAD_ACCESS_FAULT, lb a1, 0(a0)
    EXPECT_CSR mtval, 0x80000000000000
    li      a0, 0x20000000
    TRAPS   EXC_STORE_ACCESS_FAULT, sb a1, 3(a0)
    EXPECT_CSR mtval, 0x20000003
    j       pass
