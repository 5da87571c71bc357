/* A write-back that meets a bus error: the word at LOST cannot be written. Says so in a register and by an interrupt. */
#include "test.h"

#define LOST    (DATA(0) + 0x10)

PROGRAM
    CHECK   1                               /* nothing is lost yet */
    GET     a1, BUS_ERROR_BASE + BUS_ERROR_STATUS
    EXPECT  a1, 0
    li      a0, PLIC_BASE
    li      a1, 1
    sw      a1, 4 * BUS_ERROR_IRQ(a0)
    li      a0, PLIC_BASE + PLIC_ENABLE
    li      a1, 1 << BUS_ERROR_IRQ
    sw      a1, 0(a0)
    sw      a1, PLIC_ENABLE_STRIDE(a0)

    CHECK   2                               /* the store itself has no fault, and neither has what writes it back */
    PUT     LOST, 0x1234
    PUT     LOST + 8, 0x5678
    fence.i
1:  csrr    t0, mip
    srli    t0, t0, IRQ_MEI
    andi    t0, t0, 1
    beqz    t0, 1b

    CHECK   3
    GET     a1, BUS_ERROR_BASE + BUS_ERROR_STATUS
    EXPECT  a1, 1
    GET     a1, BUS_ERROR_BASE + BUS_ERROR_ADDRESS
    EXPECT  a1, LOST
    li      a0, PLIC_BASE + PLIC_CONTEXT
    lw      a1, 4(a0)
    EXPECT  a1, BUS_ERROR_IRQ

    CHECK   4                               /* software clears it; then it is silent */
    li      a2, 1
    li      a3, BUS_ERROR_BASE
    sb      a2, BUS_ERROR_STATUS(a3)
    sw      a1, 4(a0)
    lw      a1, 4(a0)
    EXPECT  a1, 0
    csrr    t0, mip
    srli    t0, t0, IRQ_MEI
    andi    t0, t0, 1
    EXPECT  t0, 0
    GET     a1, LOST + 8                    /* the rest of the line is where it belongs */
    EXPECT  a1, 0x5678
    j       pass
