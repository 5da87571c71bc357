/* Corner case 24: where V=1 an instruction that HS-mode could have executed is a virtual instruction, any other illegal. */
#include "test.h"

.macro VIRTUAL n, mode, insn:vararg
    CHECK   \n
    TRY     \mode, 0, \insn
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    csrr    t5, mtval                       /* the instruction, whose opcode is SYSTEM */
    andi    t5, t5, 0x7f
    EXPECT  t5, 0x73
.endm
.macro ILLEGAL n, mode, insn:vararg
    CHECK   \n
    TRY     \mode, 0, \insn
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
.endm
.macro OK n, mode, insn:vararg
    CHECK   \n
    TRY     \mode, 0, \insn
    EXPECT_DONE \mode
.endm
.macro ENABLES m, h, s
    SET     mcounteren, \m
    SET     hcounteren, \h
    SET     scounteren, \s
.endm
.macro HSTATUS bits
    SET     hstatus, \bits
.endm
.macro MSTATUS_ON bits
    li      t5, MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR
    csrc    mstatus, t5
    li      t5, \bits
    csrs    mstatus, t5
.endm

PROGRAM 1
    csrw    hgatp, x0
    csrw    vsatp, x0
    csrw    hstatus, x0
    csrw    medeleg, x0
    li      a0, DATA(0)

    /* Registers of the hypervisor and the VS registers under their own names */
    VIRTUAL 1, PRV_VS, csrr a1, hstatus
    VIRTUAL 2, PRV_VU, csrr a1, hgatp
    VIRTUAL 3, PRV_VS, csrw hvip, a1
    VIRTUAL 4, PRV_VS, csrr a1, vsstatus
    VIRTUAL 5, PRV_VU, csrw vsatp, a1
    VIRTUAL 6, PRV_VS, csrr a1, htimedelta
    VIRTUAL 7, PRV_VS, csrr a1, hgeip
    ILLEGAL 8, PRV_VS, csrw hgeip, a1       /* HS-mode could not write it either */
    ILLEGAL 9, PRV_VS, csrr a1, mstatus
    ILLEGAL 10, PRV_VU, csrr a1, mtinst
    ILLEGAL 11, PRV_VS, csrr a1, 0x5c0      /* no such register */
    ILLEGAL 12, PRV_VS, csrr a1, 0x6c0
    ILLEGAL 13, PRV_U, csrr a1, hstatus
    ILLEGAL 14, PRV_U, csrr a1, vsstatus
    OK      15, PRV_S, csrr a1, vsstatus

    /* Supervisor registers from VU */
    VIRTUAL 16, PRV_VU, csrr a1, sstatus
    VIRTUAL 17, PRV_VU, csrrwi a1, sscratch, 3
    VIRTUAL 18, PRV_VU, csrr a1, satp
    VIRTUAL 19, PRV_VU, csrr a1, senvcfg
    ILLEGAL 20, PRV_VU, csrw cycle, a1
    CHECK   21                              /* and nothing was written */
    SET     vsscratch, 9
    SET     sscratch, 9
    li      a1, 4
    TRY     PRV_VU, 0, csrrw a1, sscratch, a1
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    EXPECT  a1, 4
    EXPECT_CSR vsscratch, 9
    TRY     PRV_VS, 0, csrrw a1, vsscratch, a1
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    EXPECT  a1, 4
    EXPECT_CSR vsscratch, 9

    /* Instructions */
    VIRTUAL 22, PRV_VS, hlv.w a1, (a0)
    VIRTUAL 23, PRV_VU, hlvx.hu a1, (a0)
    VIRTUAL 24, PRV_VS, hsv.d a1, (a0)
    VIRTUAL 25, PRV_VU, hfence.gvma
    VIRTUAL 26, PRV_VS, hfence.vvma a0, a1
    ILLEGAL 27, PRV_VS, .word MATCH_HSV_W | (1 << 7)        /* rd = 1 */
    ILLEGAL 28, PRV_VS, .word MATCH_HLV_W | (2 << 20)       /* rs2 = 2 */
    ILLEGAL 29, PRV_VS, .word MATCH_HFENCE_GVMA | (1 << 7)
    ILLEGAL 30, PRV_VU, .word MATCH_SRET | (1 << 7)
    VIRTUAL 31, PRV_VU, sret
    VIRTUAL 32, PRV_VU, sfence.vma
    ILLEGAL 33, PRV_VS, mret
    ILLEGAL 34, PRV_VU, mret
    ILLEGAL 35, PRV_U, hlv.w a1, (a0)
    ILLEGAL 36, PRV_U, hfence.vvma

    /* Corner case 25: WFI. TW comes before VTW and before V */
    SET     mie, MIE_SSIE
    SET     mip, MIP_SSIP
    SET     mideleg, 0
    SET     mip, 0
    VIRTUAL 37, PRV_VU, wfi
    HSTATUS HSTATUS_VTW
    VIRTUAL 38, PRV_VS, wfi
    VIRTUAL 39, PRV_VU, wfi
    MSTATUS_ON MSTATUS_TW
    ILLEGAL 40, PRV_VS, wfi
    ILLEGAL 41, PRV_VU, wfi
    HSTATUS 0
    ILLEGAL 42, PRV_VS, wfi
    ILLEGAL 43, PRV_VU, wfi
    MSTATUS_ON 0

    /* VTSR and VTVM; TSR and TVM are not for VS */
    HSTATUS HSTATUS_VTSR
    VIRTUAL 44, PRV_VS, sret
    HSTATUS HSTATUS_VTVM
    VIRTUAL 45, PRV_VS, sfence.vma
    VIRTUAL 46, PRV_VS, csrr a1, satp
    VIRTUAL 47, PRV_VS, csrw satp, x0
    OK      48, PRV_S, sfence.vma
    HSTATUS 0
    MSTATUS_ON MSTATUS_TVM | MSTATUS_TSR
    OK      49, PRV_VS, sfence.vma a0, x0
    OK      50, PRV_VS, csrr a1, satp
    CHECK   51
    la      t0, here
    csrw    vsepc, t0
    RUN     PRV_VS, go_sret
    la      s11, here
    EXPECT_M EXC_ECALL_U
    VIRTUAL 52, PRV_VU, csrr a1, satp       /* the rule supposes TVM = 0 */
    VIRTUAL 53, PRV_VS, csrr a1, hgatp
    ILLEGAL 54, PRV_S, csrr a1, hgatp
    ILLEGAL 55, PRV_S, hfence.gvma
    ILLEGAL 56, PRV_S, csrr a1, satp
    OK      57, PRV_S, hfence.vvma
    OK      58, PRV_S, csrr a1, vsatp
    MSTATUS_ON 0
    OK      59, PRV_S, hfence.gvma a0, a1

    /* Counters: mcounteren decides between illegal and virtual */
    ENABLES 7, 7, 7
    OK      60, PRV_VU, csrr a1, cycle
    ENABLES 7, 6, 7
    VIRTUAL 61, PRV_VS, csrr a1, cycle
    VIRTUAL 62, PRV_VU, csrr a1, cycle
    OK      63, PRV_U, csrr a1, cycle
    ENABLES 7, 7, 3
    VIRTUAL 64, PRV_VU, csrr a1, instret
    OK      65, PRV_VS, csrr a1, instret
    ENABLES 3, 7, 7
    ILLEGAL 66, PRV_VS, csrr a1, instret
    ILLEGAL 67, PRV_VU, csrr a1, instret
    ENABLES 3, 3, 3
    ILLEGAL 68, PRV_VU, csrr a1, instret
    ENABLES 5, 7, 7
    ILLEGAL 69, PRV_VS, csrr a1, time
    ENABLES 7, 5, 7
    VIRTUAL 70, PRV_VS, csrr a1, time
    ENABLES 7, 7, 7

    /* Sstc: stimecmp of the guest needs STCE and TM in both registers */
    SET     stimecmp, -1
    SET     vstimecmp, -1
    li      t0, MENVCFG_STCE
    csrs    menvcfg, t0
    csrs    henvcfg, t0
    OK      71, PRV_VS, csrr a1, stimecmp
    VIRTUAL 72, PRV_VU, csrr a1, stimecmp
    VIRTUAL 73, PRV_VS, csrr a1, vstimecmp
    ENABLES 7, 5, 7
    VIRTUAL 74, PRV_VS, csrr a1, stimecmp
    ENABLES 5, 7, 7
    ILLEGAL 75, PRV_VS, csrr a1, stimecmp
    ENABLES 7, 7, 7
    li      t0, MENVCFG_STCE
    csrc    henvcfg, t0
    VIRTUAL 76, PRV_VS, csrr a1, stimecmp
    OK      77, PRV_S, csrr a1, stimecmp
    csrc    menvcfg, t0
    li      t0, MENVCFG_STCE
    csrc    menvcfg, t0
    ILLEGAL 78, PRV_VS, csrr a1, stimecmp

    CHECK   79                              /* the value for tval, as a whole */
    TRY     PRV_VS, 0, csrr a1, hstatus
    EXPECT_CSR mtval, 0x600025f3
    EXPECT_CSR mtval2, 0
    EXPECT_CSR mtinst, 0

    VIRTUAL 80, PRV_VU, hfence.vvma a0, x0  /* both fences in both modes of users */
    ILLEGAL 81, PRV_U, hfence.gvma x0, a1

    SET     hideleg, HIDELEG_VSSI           /* WFI of the guest, where nothing forbids it; woken, but not interrupted */
    SET     hvip, HVIP_VSSIP
    SET     mie, MIE_VSSIE
    csrci   vsstatus, VSSTATUS_SIE
    OK      82, PRV_VS, wfi
    j       pass

go_sret:
    sret
here:
    ecall
