/* The instruction-set mask: what is taken from VS and VU, and from nobody else.
Needs: Xdoppel Zba Zbb Zbs Zicond Zicbom Zicboz Zicbop Zicntr Zihpm. */
    .option arch, +zba, +zbb, +zbs, +zicond, +zicbom, +zicboz, +zicbop
#include "test.h"

#define ENVCFG      (MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE)
#define COUNTERS    0xf

.macro ILLEGAL mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    EXPECT_CSR mtinst, 0
.endm
.macro OK mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_DONE \mode
.endm
/* An instruction of the extension whose bit is `mask`. */
.macro TAKEN mask, insn:vararg
    SET     CSR_HISADIS, \mask
    ILLEGAL PRV_VS, \insn
    ILLEGAL PRV_VU, \insn
    OK      PRV_S, \insn
    OK      PRV_U, \insn
    \insn
    SET     CSR_HISADIS, (1 << 10) - 1 - (\mask)
    OK      PRV_VS, \insn
    OK      PRV_VU, \insn
.endm

PROGRAM 1
    csrw    hgatp, x0
    csrw    vsatp, x0
    SET     medeleg, 0
    SET     menvcfg, ENVCFG
    SET     henvcfg, ENVCFG
    SET     senvcfg, ENVCFG
    SET     mcounteren, COUNTERS
    SET     hcounteren, COUNTERS
    SET     scounteren, COUNTERS
    li      a0, DATA(0)
    li      a1, 3

    CHECK   1
    TAKEN   HISADIS_M, mul a2, a1, a1
    TAKEN   HISADIS_M, remuw a2, a1, a1
    CHECK   2
    TAKEN   HISADIS_A, lr.d a2, (a0)
    TAKEN   HISADIS_A, amoor.w a2, a1, (a0)
    CHECK   3
    TAKEN   HISADIS_ZBA, sh1add.uw a2, a1, a1
    CHECK   4
    TAKEN   HISADIS_ZBB, cpop a2, a1
    TAKEN   HISADIS_ZBB, roriw a2, a1, 4
    CHECK   5
    TAKEN   HISADIS_ZBS, binvi a2, a1, 63
    CHECK   6
    TAKEN   HISADIS_ZICOND, czero.eqz a2, a1, a1
    CHECK   7
    TAKEN   HISADIS_ZICBOM, cbo.clean (a0)
    TAKEN   HISADIS_ZICBOM, cbo.inval (a0)
    CHECK   8
    TAKEN   HISADIS_ZICBOZ, cbo.zero (a0)
    CHECK   9
    TAKEN   HISADIS_ZICNTR, csrr a2, cycle
    TAKEN   HISADIS_ZICNTR, csrr a2, time
    TAKEN   HISADIS_ZICNTR, csrr a2, instret
    CHECK   10
    TAKEN   HISADIS_ZIHPM, csrr a2, hpmcounter3

    CHECK   11                              /* illegal comes before virtual */
    SET     CSR_HISADIS, -1
    SET     henvcfg, 0
    SET     hcounteren, 0
    ILLEGAL PRV_VS, cbo.flush (a0)
    ILLEGAL PRV_VU, cbo.zero (a0)
    ILLEGAL PRV_VS, csrr a2, cycle
    ILLEGAL PRV_VU, csrr a2, hpmcounter3
    SET     CSR_HISADIS, 0
    TRY     PRV_VS, 0, cbo.flush (a0)
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    TRY     PRV_VS, 0, csrr a2, cycle
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    CHECK   12                              /* what cannot be taken */
    SET     CSR_HISADIS, -1
    EXPECT_CSR CSR_HISADIS, (1 << 10) - 1
    OK      PRV_VS, add a2, a1, a1
    OK      PRV_VS, c.add a2, a1
    OK      PRV_VS, csrr a2, sstatus
    OK      PRV_VS, fence.i
    OK      PRV_VU, pause
    OK      PRV_VS, prefetch.w 0(a0)

    CHECK   13                              /* the guest sees zero, the hypervisor what there is */
    SET     senvcfg, ENVCFG | SENVCFG_FIOM
    TRY     PRV_VS, 0, csrr a2, senvcfg
    EXPECT_DONE PRV_VS
    EXPECT  a2, SENVCFG_FIOM
    TRY     PRV_S, 0, csrr a2, senvcfg
    EXPECT  a2, ENVCFG | SENVCFG_FIOM
    TRY     PRV_VS, 0, csrw senvcfg, x0
    EXPECT_CSR senvcfg, ENVCFG
    SET     CSR_HISADIS, HISADIS_ZICBOZ
    TRY     PRV_VS, 0, csrr a2, senvcfg
    EXPECT  a2, MENVCFG_CBIE | MENVCFG_CBCFE
    CHECK   14
    SET     CSR_HISADIS, HISADIS_ZICNTR
    TRY     PRV_VS, 0, csrrw a2, scounteren, x0
    EXPECT  a2, 8
    EXPECT_CSR scounteren, 7
    SET     scounteren, 0xf
    SET     CSR_HISADIS, HISADIS_ZIHPM
    TRY     PRV_VS, 0, csrrw a2, scounteren, x0
    EXPECT  a2, 7
    EXPECT_CSR scounteren, 8
    CHECK   15                              /* the same code at the same address, in turn */
    SET     CSR_HISADIS, HISADIS_M
    RUN     PRV_S, multiply
    EXPECT_DONE PRV_S
    RUN     PRV_VS, multiply
    EXPECT_CSR mcause, EXC_ILLEGAL_INSTRUCTION
    RUN     PRV_S, multiply
    EXPECT_DONE PRV_S
    csrw    CSR_HISADIS, x0
    RUN     PRV_VS, multiply
    EXPECT_DONE PRV_VS
    j       pass
multiply:
    mul     a2, a1, a1
    ecall
