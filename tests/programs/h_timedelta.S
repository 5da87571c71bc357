/* Corner case 29: VSTIP follows every write of vstimecmp and htimedelta at once, with htimedelta taken into account. */
#include "test.h"

#define STCE    HENVCFG_STCE
#define FUTURE  0x1000000000000

PROGRAM 1
    csrw    htimedelta, x0
    csrw    hvip, x0
    csrw    mie, x0
    li      t0, STCE
    csrs    menvcfg, t0
    csrs    henvcfg, t0
    SET     stimecmp, -1

    CHECK   1                               /* a write of vstimecmp counts htimedelta */
    SET     htimedelta, FUTURE
    SET     vstimecmp, FUTURE
    EXPECT_BITS hip, HIP_VSTIP, HIP_VSTIP
    SET     vstimecmp, 2 * FUTURE
    EXPECT_BITS hip, HIP_VSTIP, 0
    CHECK   2                               /* a write of htimedelta */
    SET     htimedelta, 2 * FUTURE
    EXPECT_BITS hip, HIP_VSTIP, HIP_VSTIP
    SET     htimedelta, 0
    EXPECT_BITS hip, HIP_VSTIP, 0
    CHECK   3                               /* the sum wraps */
    SET     htimedelta, -FUTURE
    EXPECT_BITS hip, HIP_VSTIP, HIP_VSTIP
    SET     htimedelta, 0
    CHECK   4                               /* a write of stimecmp leaves VSTIP alone, and the other way round */
    SET     vstimecmp, 0
    SET     stimecmp, -1
    EXPECT_BITS hip, HIP_VSTIP, HIP_VSTIP
    SET     stimecmp, 0
    SET     vstimecmp, -1
    EXPECT_BITS mip, MIP_STIP, MIP_STIP
    CHECK   5                               /* STCE of henvcfg, and of menvcfg above it */
    SET     vstimecmp, 0
    li      t0, STCE
    csrc    henvcfg, t0
    EXPECT_BITS hip, HIP_VSTIP, 0
    csrs    henvcfg, t0
    EXPECT_BITS hip, HIP_VSTIP, HIP_VSTIP
    csrc    menvcfg, t0
    EXPECT_BITS hip, HIP_VSTIP, 0
    EXPECT_BITS henvcfg, STCE, 0
    j       pass
