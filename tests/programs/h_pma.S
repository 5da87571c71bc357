/* Physical memory attributes under two stages: corner case 7, HLVX needs memory that can be read and executed. */
#include "test.h"

PROGRAM 1
    MAP_GUEST_RAM
    MAP     G_L0, 0, PTE_OF(CLINT_BASE + 0x4000, USER_RWX)
    PUT     CLINT_BASE + 0x4000, 0x1122334455667788
    SET     hgatp, SV39X4(G_ROOT)
    SET     vsatp, 0
    SET     hstatus, HSTATUS_SPVP
    FENCE_ALL
    li      a0, GPA(0)
    CHECK   1                               /* a device of the guest can be read */
    TRY     PRV_VS, 0, lwu a1, 0(a0)
    EXPECT_DONE PRV_VS
    EXPECT  a1, 0x55667788
    hlv.wu  a1, (a0)
    EXPECT  a1, 0x55667788
    CHECK   2                               /* but not by HLVX: a load access fault, of a guest virtual address */
    TRAPS   EXC_LOAD_ACCESS_FAULT, hlvx.wu a1, (a0)
    EXPECT_CSR mtval, GPA(0)
    EXPECT_CSR mtval2, 0
    EXPECT_BITS mstatus, MSTATUS_GVA | MSTATUS_MPV, MSTATUS_GVA
    CHECK   3
    TRY     PRV_VS, 0, amoadd.w a1, a1, (a0)
    EXPECT_M EXC_STORE_ACCESS_FAULT
    EXPECT_CSR mtval, GPA(0)
    EXPECT_BITS mstatus, MSTATUS_GVA | MSTATUS_MPV, MSTATUS_GVA | MSTATUS_MPV
    CHECK   4
    TRY     PRV_VS, 0, jr a0
    mv      s11, a0
    EXPECT_M EXC_INSTRUCTION_ACCESS_FAULT
    EXPECT_CSR mtval, GPA(0)
    CHECK   5                               /* a table of the G-stage where no memory is */
    MAP     G_L1, 0, TABLE(0x40000000)
    FENCE_ALL
    TRY     PRV_VS, 0, ld a1, 0(a0)
    EXPECT_M EXC_LOAD_ACCESS_FAULT
    EXPECT_CSR mtval, GPA(0)
    EXPECT_CSR mtval2, 0
    CHECK   6                               /* a page of the guest where no memory is */
    MAP     G_L1, 0, TABLE(G_L0)
    MAP     G_L0, 0, PTE_OF(0x40000000, USER_RWX)
    FENCE_ALL
    TRY     PRV_VS, 0, sd a1, 0(a0)
    EXPECT_M EXC_STORE_ACCESS_FAULT
    EXPECT_CSR mtval, GPA(0)
    EXPECT_CSR mtval2, 0
    j       pass
