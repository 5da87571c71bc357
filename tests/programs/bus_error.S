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
    PUT     DATA(0), 0x1234                 /* a write-back that is not lost */
    fence.i
    SILENT  2
    sb      a2, BUS_ERROR_STATUS(a0)        /* what clears the status */
    SILENT  3
    sd      a2, BUS_ERROR_STATUS(a0)
    sd      a2, BUS_ERROR_ADDRESS(a0)
    SILENT  4
    addi    a3, a0, BUS_ERROR_ADDRESS + 8   /* each byte, to the first */
1:  addi    a3, a3, -1
    sb      a2, 0(a3)
    sb      x0, 0(a3)
    bne     a3, a0, 1b
    SILENT  5
    j       pass
