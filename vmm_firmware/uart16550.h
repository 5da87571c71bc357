/* Registers of a 16550 UART, one byte each; offsets from its base, some shared by two registers. */
#ifndef UART16550_H
#define UART16550_H

#define UART_REGISTERS  8

#define UART_RBR    0       /* load: receive buffer */
#define UART_THR    0       /* store: transmit holding */
#define UART_DLL    0       /* with LCR.DLAB: divisor, low byte */
#define UART_IER    1       /* interrupt enable */
#define UART_DLM    1       /* with LCR.DLAB: divisor, high byte */
#define UART_IIR    2       /* load: interrupt identification */
#define UART_FCR    2       /* store: FIFO control */
#define UART_LCR    3       /* line control */
#define UART_MCR    4       /* modem control */
#define UART_LSR    5       /* line status */
#define UART_MSR    6       /* modem status */
#define UART_SCR    7       /* scratch */

#define UART_IER_RECEIVED       0x01
#define UART_IER_THRE           0x02    /* transmit holding register empty */
#define UART_IER_MASK           0x0f
#define UART_IIR_NONE           0x01
#define UART_IIR_THRE           0x02
#define UART_IIR_RECEIVED       0x04
#define UART_IIR_FIFOS          0xc0
#define UART_FCR_ENABLE         0x01
#define UART_FCR_CLEAR_RECEIVER 0x02
#define UART_LCR_DLAB           0x80
#define UART_MCR_DTR            0x01
#define UART_MCR_RTS            0x02
#define UART_MCR_OUT1           0x04
#define UART_MCR_OUT2           0x08
#define UART_MCR_LOOP           0x10
#define UART_MCR_MASK           0x1f
#define UART_LSR_READY          0x01
#define UART_LSR_THRE           0x20
#define UART_LSR_TEMT           0x40
#define UART_MSR_CTS            0x10
#define UART_MSR_DSR            0x20
#define UART_MSR_RI             0x40
#define UART_MSR_DCD            0x80

#endif
