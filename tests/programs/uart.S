/* UART: every register of the 16550, the divisor latch, and loop-back, where the receiver hears the transmitter. */
#include "test.h"

#define THR         (UART_BASE + 0)
#define IER         (UART_BASE + 1)
#define IIR         (UART_BASE + 2)
#define LCR         (UART_BASE + 3)
#define MCR         (UART_BASE + 4)
#define LSR         (UART_BASE + 5)
#define MSR         (UART_BASE + 6)
#define SCR         (UART_BASE + 7)
#define DLAB        0x80
#define LOOP        0x10
#define DATA_READY  0x01
#define IDLE        0x60

.macro WRITE register, value
    li      t6, \register
    li      t5, \value
    sb      t5, 0(t6)
.endm
.macro EXPECT_READ register, value
    li      t6, \register
    lbu     t5, 0(t6)
    EXPECT  t5, \value
.endm
.macro AWAIT status
    li      t6, LSR
1:  lbu     t5, 0(t6)
    li      t4, \status
    bne     t5, t4, 1b
.endm

PROGRAM
    CHECK   1                               /* the divisor latch takes the place of data and of IER */
    WRITE   LCR, DLAB | 3
    WRITE   THR, 0x34
    WRITE   IER, 0x12
    EXPECT_READ THR, 0x34
    EXPECT_READ IER, 0x12
    EXPECT_READ LCR, DLAB | 3
    WRITE   LCR, 3
    EXPECT_READ IER, 0
    EXPECT_READ LCR, 3
    CHECK   2                               /* storage, and a peer that is ready */
    WRITE   SCR, 0xa5
    EXPECT_READ SCR, 0xa5
    EXPECT_READ MSR, 0xb0
    WRITE   IER, 0xf0
    EXPECT_READ IER, 0
    CHECK   3                               /* nothing has arrived */
    EXPECT_READ LSR, IDLE
    EXPECT_READ THR, 0
    EXPECT_READ IIR, 0x01
    WRITE   IIR, 1
    EXPECT_READ IIR, 0xc1

    CHECK   4                               /* in loop-back MSR shows the outputs of the modem */
    WRITE   MCR, LOOP
    EXPECT_READ MSR, 0
    WRITE   MCR, LOOP | 0x9
    EXPECT_READ MSR, 0xa0
    WRITE   MCR, LOOP | 0x6
    EXPECT_READ MSR, 0x50
    EXPECT_READ MCR, LOOP | 0x6
    CHECK   5                               /* a byte goes around */
    WRITE   THR, 0x5a
    AWAIT   DATA_READY | IDLE
    EXPECT_READ IIR, 0xc1
    WRITE   IER, 1
    EXPECT_READ IIR, 0xc4
    EXPECT_READ THR, 0x5a
    EXPECT_READ IIR, 0xc1
    EXPECT_READ LSR, IDLE
    CHECK   6                               /* "transmitter empty": by its enable, until IIR is read */
    WRITE   IER, 2
    EXPECT_READ IIR, 0xc2
    EXPECT_READ IIR, 0xc1
    CHECK   7                               /* and by a byte that has left */
    WRITE   THR, 1
    AWAIT   DATA_READY | IDLE
    EXPECT_READ IIR, 0xc2
    CHECK   8                               /* FCR empties both */
    WRITE   IER, 0
    WRITE   IIR, 0x06
    AWAIT   IDLE
    EXPECT_READ IIR, 0x01
    EXPECT_READ THR, 0

    CHECK   9                               /* back to the line */
    WRITE   MCR, 0
    WRITE   THR, 'o'
    WRITE   THR, 'k'
    WRITE   THR, 10
    EXPECT_READ MSR, 0xb0
    j       pass
