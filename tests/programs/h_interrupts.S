/* Interrupts with V: hvip, hip, hie, vsip and vsie; delegation by hideleg; shifted causes; vectors; priorities. */
#include "test.h"

#define INTERRUPT   (1 << 63)
#define VS_ALL      (HVIP_VSSIP | HVIP_VSTIP | HVIP_VSEIP)

.macro LEVEL hideleg, sie, vsie
    SET     hideleg, \hideleg
    csrci   sstatus, SSTATUS_SIE
    csrci   vsstatus, VSSTATUS_SIE
    .if \sie
    csrsi   sstatus, SSTATUS_SIE
    .endif
    .if \vsie
    csrsi   vsstatus, VSSTATUS_SIE
    .endif
.endm

PROGRAM 1
    csrw    hgatp, x0
    csrw    vsatp, x0
    csrw    mideleg, x0
    SET     hvip, 0
    SET     mie, VS_ALL

    CHECK   1                               /* hvip, and its views */
    SET     hvip, -1
    EXPECT_CSR hvip, VS_ALL
    EXPECT_BITS hip, VS_ALL, VS_ALL
    EXPECT_BITS mip, VS_ALL, VS_ALL
    EXPECT_BITS sip, VS_ALL, 0
    CHECK   2                               /* corner case 23: only VSSIP can be written through hip and mip */
    csrw    hip, x0
    EXPECT_BITS hip, VS_ALL, HVIP_VSTIP | HVIP_VSEIP
    EXPECT_CSR hvip, HVIP_VSTIP | HVIP_VSEIP
    SET     hvip, 0
    SET     hip, -1
    EXPECT_CSR hvip, HVIP_VSSIP
    SET     hvip, 0
    SET     mip, VS_ALL
    EXPECT_CSR hvip, HVIP_VSSIP
    SET     mip, 0
    EXPECT_CSR hvip, 0
    CHECK   3                               /* hie is a view of mie; sie does not show VS-level bits */
    EXPECT_CSR hie, VS_ALL
    SET     hie, 0
    EXPECT_CSR mie, 0
    SET     hie, VS_ALL | HIE_VSSIE >> 1
    EXPECT_CSR mie, VS_ALL
    EXPECT_CSR sie, 0

    CHECK   4                               /* vsip and vsie: shifted, and zero where hideleg does not delegate */
    SET     hideleg, 0
    SET     hvip, VS_ALL
    EXPECT_CSR vsip, 0
    EXPECT_CSR vsie, 0
    SET     vsie, -1
    SET     hideleg, VS_ALL
    EXPECT_CSR vsip, 0x222
    EXPECT_CSR vsie, 0x222
    SET     vsie, 0x20
    EXPECT_CSR hie, 0x40
    SET     hideleg, HIDELEG_VSEI
    EXPECT_CSR vsip, 0x200
    EXPECT_CSR vsie, 0
    CHECK   5                               /* only SSIP of vsip can be written, where it is delegated */
    SET     hideleg, 0
    csrw    vsip, x0
    EXPECT_CSR hvip, VS_ALL
    SET     hideleg, VS_ALL
    csrw    vsip, x0
    EXPECT_CSR hvip, HVIP_VSTIP | HVIP_VSEIP
    SET     hvip, 0
    SET     vsip, -1
    EXPECT_CSR hvip, HVIP_VSSIP
    CHECK   6                               /* sip and sie of the guest */
    SET     hie, VS_ALL
    TRY     PRV_VS, 0, csrr a0, sip
    EXPECT  a0, 2
    TRY     PRV_VS, 0, csrr a0, sie
    EXPECT  a0, 0x222
    TRY     PRV_VS, 0, csrw sip, x0
    EXPECT_CSR hvip, 0

    CHECK   7                               /* not delegated: HS takes cause 2, from V=1 whatever its SIE */
    SET     hvip, HVIP_VSSIP
    LEVEL   0, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT_HS INTERRUPT | IRQ_VSSI
    EXPECT_BITS hstatus, HSTATUS_SPV, HSTATUS_SPV
    CHECK   8                               /* ... in HS-mode with SIE, like any HS-level interrupt */
    LEVEL   0, 0, 1
    TRY     PRV_S, 0, nop
    EXPECT_DONE PRV_S
    LEVEL   0, 1, 0
    TRY     PRV_S, 0, nop
    EXPECT_HS INTERRUPT | IRQ_VSSI
    LEVEL   0, 0, 0
    TRY     PRV_U, 0, nop
    EXPECT_HS INTERRUPT | IRQ_VSSI

    CHECK   9                               /* corner case 21: delegated, the guest sees the supervisor's codes */
    LEVEL   VS_ALL, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT_VS INTERRUPT | IRQ_SSI
    EXPECT_CSR vstval, 0
    SET     hvip, HVIP_VSTIP
    LEVEL   VS_ALL, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT_VS INTERRUPT | IRQ_STI
    SET     hvip, HVIP_VSEIP
    TRY     PRV_VU, 0, nop
    EXPECT_VS INTERRUPT | IRQ_SEI
    CHECK   10                              /* VS needs vsstatus.SIE, VU does not */
    LEVEL   VS_ALL, 1, 0
    TRY     PRV_VS, 0, nop
    EXPECT_DONE PRV_VS
    TRY     PRV_VU, 0, nop
    EXPECT_VS INTERRUPT | IRQ_SEI
    CHECK   11                              /* corner case 22: VS-level interrupts never fire while V=0 */
    LEVEL   VS_ALL, 1, 1
    TRY     PRV_S, 0, nop
    EXPECT_DONE PRV_S
    TRY     PRV_U, 0, nop
    EXPECT_DONE PRV_U
    csrsi   mstatus, MSTATUS_MIE
    nop
    csrci   mstatus, MSTATUS_MIE
    CHECK   12                              /* corner case 22: HS-level ones are always enabled while V=1 */
    SET     mideleg, MIDELEG_SSI
    SET     mie, VS_ALL | MIE_SSIE
    SET     mip, MIP_SSIP
    SET     hvip, HVIP_VSEIP
    LEVEL   VS_ALL, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT_HS INTERRUPT | IRQ_SSI
    CHECK   13                              /* M-level before HS-level */
    SET     mideleg, 0
    TRY     PRV_VS, 0, nop
    EXPECT_M INTERRUPT | IRQ_SSI
    EXPECT_BITS mstatus, MSTATUS_MPV | MSTATUS_GVA, MSTATUS_MPV
    SET     mip, 0

    CHECK   14                              /* priorities in VS: external, software, timer */
    SET     hvip, VS_ALL
    TRY     PRV_VS, 0, nop
    EXPECT_VS INTERRUPT | IRQ_SEI
    SET     hvip, HVIP_VSSIP | HVIP_VSTIP
    LEVEL   VS_ALL, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT_VS INTERRUPT | IRQ_SSI
    CHECK   15                              /* in HS: an S-level timer before a VS-level external interrupt */
    SET     mideleg, MIDELEG_STI
    SET     mie, VS_ALL | MIE_STIE
    SET     hvip, VS_ALL
    SET     mip, MIP_STIP
    LEVEL   0, 0, 0
    TRY     PRV_VS, 0, nop
    EXPECT_HS INTERRUPT | IRQ_STI
    SET     mip, 0
    SET     hvip, VS_ALL
    TRY     PRV_VS, 0, nop
    EXPECT_HS INTERRUPT | IRQ_VSEI
    CHECK   16                              /* what HS keeps comes before what it delegates */
    LEVEL   HIDELEG_VSEI, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT_HS INTERRUPT | IRQ_VSSI

    CHECK   17                              /* corner case 21: vectored in VS, the pc moves by the shifted code */
    csrr    a1, vstvec
    la      a0, vectors + 1
    csrw    vstvec, a0
    SET     hvip, HVIP_VSTIP
    LEVEL   VS_ALL, 0, 1
    TRY     PRV_VU, 0, nop
    EXPECT_CSR vscause, INTERRUPT | IRQ_STI
    EXPECT  s10, 4 * IRQ_STI
    SET     hvip, HVIP_VSEIP
    LEVEL   VS_ALL, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT  s10, 4 * IRQ_SEI
    csrw    vstvec, a1
    CHECK   18                              /* vectored in HS, by the code that HS sees */
    csrr    a1, stvec
    csrw    stvec, a0
    SET     hvip, HVIP_VSTIP
    LEVEL   0, 0, 1
    TRY     PRV_VS, 0, nop
    EXPECT_CSR scause, INTERRUPT | IRQ_VSTI
    EXPECT  s10, 4 * IRQ_VSTI
    csrw    stvec, a1

    CHECK   19                              /* SRET into the guest: a pending interrupt is taken at its first pc */
    SET     hvip, HVIP_VSSIP
    LEVEL   VS_ALL, 0, 1
    SET     hstatus, HSTATUS_SPV
    li      t0, SSTATUS_SPP
    csrs    sstatus, t0
    la      s11, landing
    csrw    sepc, s11
    RUN     PRV_S, go_sret
    EXPECT_VS INTERRUPT | IRQ_SSI
    j       pass

    .balign 4
go_sret:
    sret
landing:
    j       landing
    .balign 64
    .option push
    .option norvc
vectors:
    .rept   16
    jal     t6, vectored
    .endr
    .option pop
vectored:
    la      s10, vectors + 4
    sub     s10, t6, s10
    csrr    t6, mscratch                    /* illegal here: goes on in M-mode */
    j       vectored
