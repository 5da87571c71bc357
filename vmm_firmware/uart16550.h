/* Registers of a 16550 UART, one byte each; offsets from its base. Those on one line share an address. */
#ifndef UART16550_H
#define UART16550_H

#define UART_RBR    0       /* read: receive buffer */
#define UART_THR    0       /* write: transmit holding */
#define UART_DLL    0       /* with LCR.DLAB: divisor, low byte */
#define UART_IER    1       /* interrupt enable */
#define UART_DLM    1       /* with LCR.DLAB: divisor, high byte */
#define UART_IIR    2       /* read: interrupt identification */
#define UART_FCR    2       /* write: FIFO control */
#define UART_LCR    3       /* line control */
#define UART_MCR    4       /* modem control */
#define UART_LSR    5       /* line status */
#define UART_MSR    6       /* modem status */
#define UART_SCR    7       /* scratch */
#define UART_REGS   8

#define UART_IER_THRE       0x02    /* transmit holding register empty */
#define UART_IER_MASK       0x0f
#define UART_IIR_NONE       0x01
#define UART_IIR_THRE       0x02
#define UART_IIR_FIFO       0xc0
#define UART_FCR_ENABLE     0x01
#define UART_LCR_DLAB       0x80
#define UART_MCR_MASK       0x1f
#define UART_LSR_THRE       0x20
#define UART_LSR_TEMT       0x40

#endif
