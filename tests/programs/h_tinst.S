/* Transformed instructions in htinst and mtinst, for a machine that writes them for explicit accesses. */
#include "test.h"

#define GUEST_FAULTS    (1 << EXC_LOAD_GUEST_PAGE_FAULT | 1 << EXC_STORE_GUEST_PAGE_FAULT)

/* `tinst`: the instruction with its address fields zero, or its 32-bit form with bit 1 clear where it has 16 bits. */
.macro GUEST_FAULT n, cause, tinst, insn:vararg
    CHECK   \n
    TRY     PRV_VS, 0, \insn
    EXPECT_HS \cause
    EXPECT_CSR htinst, \tinst
.endm
.macro M_FAULT n, mode, cause, tinst, insn:vararg
    CHECK   \n
    SET     mtinst, -1
    TRY     \mode, 0, \insn
    EXPECT_M \cause
    EXPECT_CSR mtinst, \tinst
.endm
#define LOAD    EXC_LOAD_GUEST_PAGE_FAULT
#define STORE   EXC_STORE_GUEST_PAGE_FAULT

PROGRAM 1
    .option norvc
    MAP     G_ROOT, 2, PTE_OF(0x80000000, USER_RWX)
    SET     hgatp, SV39X4(G_ROOT)
    SET     vsatp, 0
    SET     medeleg, GUEST_FAULTS
    li      a0, GPA(0) + 0x100

    GUEST_FAULT 1, LOAD, 0x00000583, lb a1, 1(a0)
    GUEST_FAULT 2, LOAD, 0x00001f83, lh t6, -2(a0)
    GUEST_FAULT 3, LOAD, 0x00002583, lw a1, 2044(a0)
    GUEST_FAULT 4, LOAD, 0x00003003, ld x0, 8(a0)
    GUEST_FAULT 5, LOAD, 0x00004583, lbu a1, 3(a0)
    GUEST_FAULT 6, LOAD, 0x00005583, lhu a1, 2(a0)
    GUEST_FAULT 7, LOAD, 0x00006583, lwu a1, 4(a0)
    GUEST_FAULT 8, STORE, 0x00b00023, sb a1, 1(a0)
    GUEST_FAULT 9, STORE, 0x01f01023, sh t6, -2(a0)
    GUEST_FAULT 10, STORE, 0x00b02023, sw a1, 2044(a0)
    GUEST_FAULT 11, STORE, 0x00003023, sd x0, 8(a0)
    GUEST_FAULT 12, STORE, 0x00c025af, amoadd.w a1, a2, (a0)
    GUEST_FAULT 13, STORE, 0x0ec035af, amoswap.d.aqrl a1, a2, (a0)
    GUEST_FAULT 14, LOAD, 0x140035af, lr.d.aq a1, (a0)
    GUEST_FAULT 15, STORE, 0x1ac025af, sc.w.rl a1, a2, (a0)

    /* Compressed: the instruction it stands for */
    .option rvc
    GUEST_FAULT 16, LOAD, 0x00002581, c.lw a1, 4(a0)
    GUEST_FAULT 17, STORE, 0x00b03021, c.sd a1, 8(a0)
    mv      sp, a0
    GUEST_FAULT 18, LOAD, 0x00003f81, c.ldsp t6, 16(sp)
    GUEST_FAULT 19, STORE, 0x01f02021, c.swsp t6, 20(sp)
    .option norvc

    CHECK   20                              /* HLV, HLVX and HSV: rs1 alone is cleared */
    SET     hstatus, HSTATUS_SPVP
    TRY     PRV_S, 0, hlv.wu a1, (a0)
    EXPECT_HS LOAD
    EXPECT_CSR htinst, 0x681045f3
    TRY     PRV_S, 0, hlvx.hu a1, (a0)
    EXPECT_CSR htinst, 0x643045f3
    TRY     PRV_S, 0, hsv.d a1, (a0)
    EXPECT_HS STORE
    EXPECT_CSR htinst, 0x6eb04073

    /* Other faults of explicit accesses, to M-mode */
    SET     medeleg, 0
    li      a0, DATA(0) + 1
    M_FAULT 21, PRV_S, EXC_LOAD_MISALIGNED, 0x00002583, lw a1, 4(a0)
    M_FAULT 22, PRV_VS, EXC_STORE_MISALIGNED, 0x00b01023, sh a1, 0(a0)
    li      a0, 0x40000000
    M_FAULT 23, PRV_U, EXC_STORE_ACCESS_FAULT, 0x00b03023, sd a1, 0(a0)

    /* Zero where there is no transformation */
    M_FAULT 24, PRV_VS, EXC_ILLEGAL_INSTRUCTION, 0, .word 0x0000000b
    M_FAULT 25, PRV_VS, EXC_ECALL_VS, 0, ecall
    M_FAULT 26, PRV_VS, EXC_BREAKPOINT, 0, ebreak
    M_FAULT 27, PRV_VS, EXC_VIRTUAL_INSTRUCTION, 0, hfence.gvma
    CHECK   28
    SET     mtinst, -1
    li      a0, GPA(0)
    TRY     PRV_VS, 0, jr a0
    mv      s11, a0
    EXPECT_M EXC_INSTRUCTION_GUEST_PAGE_FAULT
    EXPECT_CSR mtinst, 0
    j       pass
