/* PLIC and UART: an interrupt from the transmitter through both contexts, priorities, thresholds, claim and complete. */
#include "test.h"

#define UART_THR    (UART_BASE + 0)
#define UART_IER    (UART_BASE + 1)
#define UART_LSR    (UART_BASE + 5)
#define THR_EMPTY   2
#define PRIORITY    (PLIC_BASE + PLIC_PRIORITY + 4 * UART_IRQ)
#define PENDING     (PLIC_BASE + PLIC_PENDING)
#define ENABLE(c)   (PLIC_BASE + PLIC_ENABLE + (c) * PLIC_ENABLE_STRIDE)
#define THRESHOLD(c) (PLIC_BASE + PLIC_CONTEXT + (c) * PLIC_CONTEXT_STRIDE)
#define CLAIM(c)    (THRESHOLD(c) + 4)
#define SOURCE      (1 << UART_IRQ)

.macro STORE width, address, value
    li      t6, \address
    li      t5, \value
    s\width t5, 0(t6)
.endm
.macro EXPECT_LOAD width, address, value
    li      t6, \address
    l\width t5, 0(t6)
    EXPECT  t5, \value
.endm

PROGRAM
    csrw    mie, x0
    STORE   b, UART_IER, 0
    STORE   w, ENABLE(0), 0
    STORE   w, ENABLE(1), 0
    STORE   w, THRESHOLD(0), 0
    STORE   w, THRESHOLD(1), 0
    STORE   w, PRIORITY, 1

    CHECK   1                               /* the transmitter is ready */
    li      t6, UART_LSR
    lbu     a0, 0(t6)
    andi    a0, a0, 0x20
    EXPECT  a0, 0x20
    CHECK   2                               /* nothing claimed, nothing pending */
    EXPECT_LOAD w, CLAIM(0), 0
    EXPECT_BITS mip, MIP_MEIP | MIP_SEIP, 0

    CHECK   3                               /* pending, but no context is enabled */
    STORE   b, UART_IER, THR_EMPTY
    EXPECT_LOAD w, PENDING, SOURCE
    EXPECT_BITS mip, MIP_MEIP | MIP_SEIP, 0
    CHECK   4                               /* context 0 is M's */
    STORE   w, ENABLE(0), SOURCE
    EXPECT_LOAD w, ENABLE(0), SOURCE
    EXPECT_BITS mip, MIP_MEIP | MIP_SEIP, MIP_MEIP
    CHECK   5                               /* a threshold holds back what is not above it */
    STORE   w, THRESHOLD(0), 1
    EXPECT_LOAD w, THRESHOLD(0), 1
    EXPECT_BITS mip, MIP_MEIP, 0
    STORE   w, PRIORITY, 2
    EXPECT_LOAD w, PRIORITY, 2
    EXPECT_BITS mip, MIP_MEIP, MIP_MEIP
    CHECK   6                               /* priority 0 never interrupts */
    STORE   w, THRESHOLD(0), 0
    STORE   w, PRIORITY, 0
    EXPECT_LOAD w, PRIORITY, 0
    EXPECT_BITS mip, MIP_MEIP, 0
    STORE   w, PRIORITY, 1

    CHECK   7                               /* the interrupt is taken */
    la      s11, here
    la      t6, there
    csrw    mscratch, t6
    SET     mie, MIE_MEIE
    csrsi   mstatus, MSTATUS_MIE
here:
    j       fail
there:
    EXPECT_M (1 << 63) | IRQ_MEI
    CHECK   8                               /* claiming clears it, for every context */
    EXPECT_LOAD w, CLAIM(0), UART_IRQ
    EXPECT_BITS mip, MIP_MEIP, 0
    EXPECT_LOAD w, CLAIM(0), 0
    CHECK   9                               /* the line is still high: completing makes it pending again */
    STORE   w, CLAIM(0), UART_IRQ
    EXPECT_LOAD w, PENDING, SOURCE
    EXPECT_BITS mip, MIP_MEIP, MIP_MEIP
    CHECK   10                              /* with the line low it does not */
    EXPECT_LOAD w, CLAIM(0), UART_IRQ
    STORE   b, UART_IER, 0
    STORE   w, CLAIM(0), UART_IRQ
    EXPECT_LOAD w, PENDING, 0
    EXPECT_BITS mip, MIP_MEIP, 0

    CHECK   11                              /* context 1 is S's */
    STORE   w, ENABLE(0), 0
    STORE   w, ENABLE(1), SOURCE
    STORE   b, UART_IER, THR_EMPTY
    EXPECT_LOAD w, PENDING, SOURCE
    EXPECT_BITS mip, MIP_MEIP | MIP_SEIP, MIP_SEIP
    csrsi   mip, MIP_SSIP                   /* other bits are set, and the wire is still seen in mip */
    csrci   mip, MIP_SSIP
    SET     mideleg, MIDELEG_SEI
    SET     mie, MIE_SEIE
    csrsi   sstatus, SSTATUS_SIE
    TRY     PRV_S, 0, nop
    EXPECT_HS (1 << 63) | IRQ_SEI
    CHECK   12                              /* the wire is seen beside what software wrote to mip.SEIP */
    EXPECT_LOAD w, CLAIM(1), UART_IRQ
    EXPECT_BITS mip, MIP_SEIP, 0
    SET     mip, MIP_SEIP
    EXPECT_BITS mip, MIP_SEIP, MIP_SEIP
    SET     mip, 0
    EXPECT_BITS mip, MIP_SEIP, 0
    STORE   b, UART_IER, 0
    STORE   w, CLAIM(1), UART_IRQ
    CHECK   13                              /* priorities and thresholds have three bits, source 0 does not exist */
    STORE   w, PRIORITY, 0xfffffff5
    EXPECT_LOAD w, PRIORITY, 5
    STORE   w, THRESHOLD(0), -1
    EXPECT_LOAD w, THRESHOLD(0), 7
    STORE   w, ENABLE(0), -1
    EXPECT_LOAD w, ENABLE(0), 0xfffffffffffffffe
    STORE   w, PLIC_BASE, 3
    EXPECT_LOAD w, PLIC_BASE, 0
    CHECK   14                              /* something to see on the console */
    STORE   b, UART_THR, 'o'
    STORE   b, UART_THR, 'k'
    STORE   b, UART_THR, 10
    j       pass
