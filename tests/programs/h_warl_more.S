/* The exact writable bits of what the larger harts have besides those of h_warl.
Needs: Zihpm Zicbom Zicboz Zicbop Svadu Smpmp Smstateen Smcntrpmf Zba Zbb Zbs Zicond Xdoppel. */
#include "test.h"

#define ENVCFG      0xf1                    /* FIOM, CBIE, CBCFE, CBZE */
#define UPPER       0xa000000000000000      /* STCE, ADUE */
#define STATEEN0    0xc000000000000001      /* SE0, ENVCFG, C */
#define ADDRESS     0x00fffffffffff000      /* of a page */

.macro WARL n, csr, wanted
    CHECK   \n
    SET     \csr, -1
    EXPECT_CSR \csr, \wanted
    csrw    \csr, x0
    EXPECT_CSR \csr, 0
.endm

PROGRAM 1
    WARL    1, medeleg, 0x3fcb7fe           /* with the exceptions of Xdoppel, which go no further */
    WARL    2, hedeleg, 0xcb1fe
    WARL    3, mcounteren, 0x7f
    WARL    4, scounteren, 0x7f
    WARL    5, hcounteren, 0x7f
    WARL    6, mcountinhibit, 0x7d
    WARL    7, CSR_MCYCLECFG, 0x7c00000000000000
    WARL    8, CSR_MINSTRETCFG, 0x7c00000000000000
    WARL    9, CSR_MHPMEVENT3, 0            /* there is no such event */
    WARL    10, CSR_MHPMEVENT7, 0           /* nor this counter */
    WARL    11, mhpmcounter7, 0
    WARL    12, menvcfg, UPPER | ENVCFG
    WARL    13, senvcfg, ENVCFG
    WARL    14, henvcfg, ENVCFG             /* STCE and ADUE of menvcfg are 0 */
    SET     menvcfg, -1
    WARL    15, henvcfg, UPPER | ENVCFG
    CHECK   16                              /* CBIE holds 0, 1 and 3 */
    SET     menvcfg, 3 << 4
    SET     menvcfg, 2 << 4
    EXPECT_BITS menvcfg, 1 << 4, 0
    SET     menvcfg, 1 << 4
    EXPECT_CSR menvcfg, 1 << 4

    WARL    17, mstateen0, STATEEN0
    WARL    18, mstateen1, 1 << 63
    WARL    19, mstateen3, 1 << 63
    CHECK   20                              /* a bit that is 0 in mstateen is read-only 0 below */
    SET     hstateen0, -1
    EXPECT_CSR hstateen0, 0
    SET     mstateen0, -1
    WARL    21, hstateen0, STATEEN0 & ~1
    WARL    22, sstateen0, 0
    WARL    23, hstateen1, 0
    SET     mstateen1, -1
    WARL    24, hstateen1, 1 << 63
    WARL    25, sstateen1, 0

    WARL    26, CSR_HPLE, 0xe000ffffffffffff
    WARL    27, CSR_HISADIS, 0x3ff
    WARL    28, CSR_HPMLA, ADDRESS | 1
    WARL    29, CSR_HPMLI, 0x3ff
    WARL    30, CSR_HIOBA, ADDRESS & ~0x1000
    WARL    31, CSR_HIOBG, 0xffff01fffffff001
    WARL    32, CSR_HIOBH, ADDRESS
    CHECK   33
    EXPECT_CSR CSR_HDCAP, 0xf01
    csrr    a0, misa
    EXPECT  a0, 0x8000000000941187
    j       pass
