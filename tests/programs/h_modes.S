/* VS and VU: entering by MRET and SRET, leaving by traps, and what hstatus, mstatus and vsstatus remember. */
#include "test.h"

#define HSTATUS_PREVIOUS    (HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_GVA)
#define MSTATUS_PREVIOUS    (MSTATUS_MPV | MSTATUS_GVA | MSTATUS_MPP)
#define VS_STACK            (VSSTATUS_SPP | VSSTATUS_SPIE | VSSTATUS_SIE)
#define S_STACK             (SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE)
#define MPP_S               (1 << MSTATUS_MPP_SHIFT)
#define MPP_M               (3 << MSTATUS_MPP_SHIFT)

/* SRET from `mode` with these bits of hstatus.SPV and sstatus. */
.macro SRET_FROM mode, spv, status
    la      t5, here
    csrw    sepc, t5
    li      t5, HSTATUS_SPV
    csrc    hstatus, t5
    li      t5, \spv
    csrs    hstatus, t5
    li      t5, S_STACK
    csrc    sstatus, t5
    li      t5, \status
    csrs    sstatus, t5
    RUN     \mode, go_sret
    la      s11, here
.endm

PROGRAM 1
    csrw    hgatp, x0
    csrw    vsatp, x0
    CHECK   1                               /* VS: V and the nominal privilege in MPV and MPP */
    TRY     PRV_VS, 0, ecall
    EXPECT_M EXC_ECALL_VS
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV | MPP_S
    EXPECT_CSR mtval, 0
    EXPECT_CSR mtval2, 0
    EXPECT_CSR mtinst, 0
    CHECK   2
    TRY     PRV_VU, 0, ecall
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV
    CHECK   3                               /* a trap from V=0 clears MPV */
    TRY     PRV_S, 0, ecall
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MPP_S
    li      t0, MSTATUS_MPV
    csrs    mstatus, t0
    TRAPS   EXC_ECALL_M, ecall
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MPP_M

    CHECK   4                               /* delegated to HS: SPV, SPP and SPVP */
    SET     medeleg, 1 << EXC_ECALL_VS | 1 << EXC_ECALL_U | 1 << EXC_BREAKPOINT
    csrw    hstatus, x0
    TRY     PRV_VS, 0, ecall
    EXPECT_HS EXC_ECALL_VS
    EXPECT_BITS hstatus, HSTATUS_PREVIOUS, HSTATUS_SPV | HSTATUS_SPVP
    EXPECT_BITS sstatus, SSTATUS_SPP, SSTATUS_SPP
    CHECK   5
    TRY     PRV_VU, 0, ecall
    EXPECT_HS EXC_ECALL_U
    EXPECT_BITS hstatus, HSTATUS_PREVIOUS, HSTATUS_SPV
    EXPECT_BITS sstatus, SSTATUS_SPP, 0

    CHECK   6                               /* corner case 12: SPVP does not change on a trap from V=0 */
    SET     hstatus, HSTATUS_SPV | HSTATUS_SPVP
    TRY     PRV_U, 0, ecall
    EXPECT_HS EXC_ECALL_U
    EXPECT_BITS hstatus, HSTATUS_PREVIOUS, HSTATUS_SPVP
    SET     hstatus, 0
    TRY     PRV_S, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    EXPECT_BITS hstatus, HSTATUS_PREVIOUS, 0
    EXPECT_BITS sstatus, SSTATUS_SPP, SSTATUS_SPP

    CHECK   7                               /* corner case 15: GVA for a guest address in tval, as EBREAK writes */
    TRY     PRV_VS, 0, ebreak
    EXPECT_HS EXC_BREAKPOINT
    EXPECT_BITS hstatus, HSTATUS_PREVIOUS, HSTATUS_PREVIOUS
    csrw    medeleg, x0
    TRY     PRV_VS, 0, ebreak
    EXPECT_M EXC_BREAKPOINT
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV | MSTATUS_GVA | MPP_S
    CHECK   8                               /* the next trap clears it */
    TRAPS   EXC_ECALL_M, ecall
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MPP_M
    CHECK   9                               /* not for instruction bits in tval */
    TRY     PRV_VS, 0, .word 0x0000000b
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    EXPECT_CSR mtval, 0x0000000b
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV | MPP_S
    CHECK   10
    TRY     PRV_VS, 0, hlv.b a0, (a0)
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV | MPP_S
    CHECK   11                              /* for misaligned addresses of the guest */
    li      a0, DATA(0) + 1
    TRY     PRV_VU, 0, lw a1, 0(a0)
    EXPECT_M EXC_LOAD_MISALIGNED
    EXPECT_CSR mtval, DATA(0) + 1
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV | MSTATUS_GVA
    EXPECT_CSR mtval2, 0
    CHECK   12                              /* ... not of U */
    TRY     PRV_U, 0, lw a1, 0(a0)
    EXPECT_M EXC_LOAD_MISALIGNED
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, 0

    CHECK   13                              /* corner case 14: MRET to M leaves V = 0 even with MPV = 1 */
    li      t0, MSTATUS_MPV | MSTATUS_MPP
    csrs    mstatus, t0
    la      t0, 1f
    csrw    mepc, t0
    mret
1:  csrr    t0, vsscratch                   /* would trap if V were 1 */
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, 0

    CHECK   14                              /* SRET of HS to VS, VU, HS and U; SPV and SPP are consumed */
    SRET_FROM PRV_S, HSTATUS_SPV, SSTATUS_SPP
    EXPECT_M EXC_ECALL_VS
    EXPECT_BITS hstatus, HSTATUS_SPV, 0
    EXPECT_BITS sstatus, S_STACK, SSTATUS_SPIE
    CHECK   15
    SRET_FROM PRV_S, HSTATUS_SPV, SSTATUS_SPIE
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV
    EXPECT_BITS sstatus, S_STACK, SSTATUS_SPIE | SSTATUS_SIE
    CHECK   16
    SRET_FROM PRV_S, 0, SSTATUS_SPP
    EXPECT_M EXC_ECALL_S
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MPP_S
    CHECK   17
    SRET_FROM PRV_S, 0, 0
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, 0
    CHECK   18                              /* SRET of M-mode is HS's */
    SRET_FROM PRV_M, HSTATUS_SPV, SSTATUS_SPP
    EXPECT_M EXC_ECALL_VS
    SRET_FROM PRV_M, 0, 0
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, 0

    CHECK   19                              /* SRET of VS: vsepc and vsstatus, V stays 1, HS-level state is untouched */
    la      t0, here
    csrw    vsepc, t0
    csrw    sepc, x0
    li      t0, VS_STACK
    csrc    vsstatus, t0
    li      t0, VSSTATUS_SPIE
    csrs    vsstatus, t0
    SET     hstatus, 0
    li      t0, S_STACK
    csrs    sstatus, t0
    RUN     PRV_VS, go_sret
    la      s11, here
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, MSTATUS_PREVIOUS, MSTATUS_MPV
    EXPECT_BITS vsstatus, VS_STACK, VSSTATUS_SPIE | VSSTATUS_SIE
    EXPECT_BITS sstatus, S_STACK, S_STACK
    EXPECT_CSR hstatus, HSTATUS_VSXL & (2 << HSTATUS_VSXL_SHIFT)
    CHECK   20
    li      t0, VSSTATUS_SPP
    csrs    vsstatus, t0
    RUN     PRV_VS, go_sret
    EXPECT_M EXC_ECALL_VS

    CHECK   21                              /* a trap into VS touches neither sstatus nor hstatus */
    SET     medeleg, 1 << EXC_BREAKPOINT
    SET     hedeleg, 1 << EXC_BREAKPOINT
    li      t0, VS_STACK
    csrc    vsstatus, t0
    csrsi   vsstatus, VSSTATUS_SIE
    li      t0, S_STACK
    csrs    sstatus, t0
    csrw    hstatus, x0
    csrw    scause, x0
    csrw    htval, x0
    TRY     PRV_VS, 0, ebreak
    EXPECT_VS EXC_BREAKPOINT
    csrr    t5, vstval
    bne     t5, s11, fail
    EXPECT_BITS vsstatus, VS_STACK, VSSTATUS_SPP | VSSTATUS_SPIE
    EXPECT_BITS sstatus, S_STACK, S_STACK
    EXPECT_BITS hstatus, HSTATUS_PREVIOUS, 0
    EXPECT_CSR scause, 0
    CHECK   22
    TRY     PRV_VU, 0, ebreak
    EXPECT_VS EXC_BREAKPOINT
    EXPECT_BITS vsstatus, VS_STACK, 0

    CHECK   23                              /* corner case 28: right after SRET the guest's sstatus is vsstatus */
    li      t0, VSSTATUS_SUM | VSSTATUS_MXR
    csrs    vsstatus, t0
    li      t0, SSTATUS_SUM | SSTATUS_MXR
    csrc    sstatus, t0
    la      t0, read_sstatus
    csrw    sepc, t0
    SET     hstatus, HSTATUS_SPV
    li      t0, SSTATUS_SPP
    csrs    sstatus, t0
    RUN     PRV_S, go_sret
    li      t0, SSTATUS_SUM | SSTATUS_MXR
    and     a0, a0, t0
    EXPECT  a0, SSTATUS_SUM | SSTATUS_MXR
    j       pass

    .balign 4
go_sret:
    sret
here:
    ecall
read_sstatus:
    csrr    a0, sstatus
    ecall
