/* The registers of lost write-backs, while nothing is lost: zero, whatever software writes. */
#include "test.h"

.macro SILENT n
    CHECK   \n
    ld      a1, BUS_ERROR_STATUS(a0)
    EXPECT  a1, 0
    ld      a1, BUS_ERROR_ADDRESS(a0)
    EXPECT  a1, 0
    csrr    a1, mip
    EXPECT  a1, 0
.endm

PROGRAM
    li      a0, BUS_ERROR_BASE
    li      a2, -1
    SILENT  1
    sb      a2, BUS_ERROR_STATUS(a0)        /* what clears the status */
    SILENT  2
    sd      a2, BUS_ERROR_STATUS(a0)
    sd      a2, BUS_ERROR_ADDRESS(a0)
    SILENT  3
    sb      x0, BUS_ERROR_STATUS(a0)
    sb      a2, BUS_ERROR_STATUS + 1(a0)
    SILENT  4
    j       pass
