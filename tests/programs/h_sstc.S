/* Corner case 29: vstimecmp against time + htimedelta, STCE in both registers, and what hip and vsip show. */
#include "test.h"

#define STCE    HENVCFG_STCE

PROGRAM 1
    csrw    hgatp, x0
    csrw    vsatp, x0
    csrw    htimedelta, x0
    csrw    hvip, x0
    csrw    mie, x0
    csrwi   mcounteren, 7
    csrwi   hcounteren, 7
    SET     stimecmp, -1
    SET     vstimecmp, -1
    li      t0, STCE
    csrs    menvcfg, t0
    csrs    henvcfg, t0

    CHECK   1                               /* the guest's stimecmp is vstimecmp */
    li      a0, 0x7fff000000000000
    TRY     PRV_VS, 0, csrw stimecmp, a0
    EXPECT_DONE PRV_VS
    EXPECT_CSR vstimecmp, 0x7fff000000000000
    EXPECT_CSR stimecmp, -1
    CHECK   2                               /* hip.VSTIP while time is beyond, also with V=0 */
    EXPECT_BITS hip, HIP_VSTIP, 0
    csrw    vstimecmp, x0
    EXPECT_BITS hip, HIP_VSTIP, HIP_VSTIP
    EXPECT_BITS mip, MIP_VSTIP, MIP_VSTIP
    CHECK   3                               /* corner case 23: hvip does not see it */
    EXPECT_CSR hvip, 0
    CHECK   4                               /* hvip.VSTIP is ored to it */
    SET     vstimecmp, -1
    EXPECT_BITS hip, HIP_VSTIP, 0
    SET     hvip, HVIP_VSTIP
    EXPECT_BITS hip, HIP_VSTIP, HIP_VSTIP
    SET     hvip, 0
    EXPECT_BITS hip, HIP_VSTIP, 0
    CHECK   5                               /* the guest's time is time + htimedelta */
    SET     htimedelta, 0x1000000000000
    TRY     PRV_VS, 0, csrr a0, time
    srli    a1, a0, 48
    EXPECT  a1, 1
    csrr    a0, time
    srli    a1, a0, 48
    EXPECT  a1, 0
    CHECK   6                               /* below M-mode's time stands still otherwise */
    TRY     PRV_S, 0, csrr a0, time
    srli    a1, a0, 48
    EXPECT  a1, 0
    csrw    htimedelta, x0

    CHECK   7                               /* delegated, it wakes the guest */
    SET     hideleg, HIDELEG_VSTI
    SET     mie, MIE_VSTIE
    csrsi   vsstatus, VSSTATUS_SIE
    RUN     PRV_VS, wait_for_timer
    EXPECT_CSR mcause, EXC_ECALL_VS
    EXPECT_CSR vscause, (1 << 63) | IRQ_STI
    EXPECT_BITS vsip, VSIP_STIP, VSIP_STIP
    CHECK   8                               /* moved forward, it is gone */
    SET     vstimecmp, -1
    EXPECT_BITS vsip, VSIP_STIP, 0
    CHECK   9                               /* without henvcfg.STCE only hvip counts */
    li      t0, STCE
    csrc    henvcfg, t0
    csrw    vstimecmp, x0
    EXPECT_BITS hip, HIP_VSTIP, 0
    j       pass

wait_for_timer:
    csrr    a0, time
    addi    a0, a0, 20
    csrw    stimecmp, a0
spin:
    j       spin
