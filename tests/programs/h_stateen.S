/* State enable: what mstateen and hstateen keep from HS, VS and VU, and which bits there are.
Needs: Smstateen. */
#include "test.h"

.macro ILLEGAL mode, csr
    TRY     \mode, 0, csrr a1, \csr
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
.endm
.macro VIRTUAL mode, csr
    TRY     \mode, 0, csrr a1, \csr
    EXPECT_M EXC_VIRTUAL_INSTRUCTION
.endm
.macro OK mode, csr
    TRY     \mode, 0, csrr a1, \csr
    EXPECT_DONE \mode
.endm

PROGRAM 1
    SET     mstateen0, 0
    SET     mstateen1, 0
    CHECK   1                               /* all closed: M-mode alone reaches them */
    ILLEGAL PRV_S, senvcfg
    ILLEGAL PRV_S, henvcfg
    ILLEGAL PRV_S, hstateen0
    ILLEGAL PRV_S, sstateen1
    ILLEGAL PRV_VS, senvcfg
    ILLEGAL PRV_VU, sstateen0
    csrr    a1, senvcfg
    csrr    a1, hstateen3
    CHECK   2                               /* ENVCFG */
    SET     mstateen0, MSTATEEN0_ENVCFG
    SET     hstateen0, 0
    OK      PRV_S, senvcfg
    OK      PRV_S, henvcfg
    ILLEGAL PRV_S, hstateen0
    VIRTUAL PRV_VS, senvcfg
    VIRTUAL PRV_VS, henvcfg
    ILLEGAL PRV_VS, sstateen0
    CHECK   3
    SET     hstateen0, HSTATEEN0_ENVCFG
    OK      PRV_VS, senvcfg
    VIRTUAL PRV_VS, henvcfg
    VIRTUAL PRV_VU, senvcfg
    ILLEGAL PRV_U, senvcfg
    CHECK   4                               /* bit 63, of each number for itself */
    SET     mstateen0, MSTATEEN0_SE0
    OK      PRV_S, sstateen0
    OK      PRV_S, hstateen0
    ILLEGAL PRV_S, hstateen1
    ILLEGAL PRV_S, senvcfg
    SET     hstateen0, 0
    VIRTUAL PRV_VS, sstateen0
    SET     hstateen0, HSTATEEN0_SE0
    OK      PRV_VS, sstateen0
    VIRTUAL PRV_VS, hstateen0
    CHECK   5
    SET     mstateen1, MSTATEEN1_SE
    OK      PRV_S, hstateen1
    ILLEGAL PRV_S, hstateen2
    VIRTUAL PRV_VS, sstateen1
    CHECK   6                               /* a bit that is zero above is read-only zero below */
    SET     mstateen0, MSTATEEN0_SE0
    SET     hstateen0, -1
    EXPECT_BITS hstateen0, HSTATEEN0_SE0 | HSTATEEN0_ENVCFG, HSTATEEN0_SE0
    SET     mstateen0, 0
    EXPECT_BITS hstateen0, HSTATEEN0_SE0 | HSTATEEN0_ENVCFG, 0
    CHECK   7                               /* the third and fourth pair are like the second */
    .irp    n, 2, 3
    SET     mstateen\n, -1
    EXPECT_CSR mstateen\n, 1 << 63
    SET     hstateen\n, -1
    EXPECT_CSR hstateen\n, 1 << 63
    SET     mstateen\n, 0
    EXPECT_CSR hstateen\n, 0
    .endr
    j       pass
