/* The UART of a guest: 16550 registers. Transmission takes no time, so the transmitter is always empty. */
#include "vuart.h"

#include "uart16550.h"
#include "vm.h"

void vuart_reset(struct vuart *uart)
{
    *uart = (struct vuart) { .thre_pending = false };
}

static uint8_t read_iir(struct vuart *uart)
{
    uint8_t fifo = uart->fifo ? UART_IIR_FIFO : 0;

    if (uart->thre_pending && uart->ier & UART_IER_THRE) {
        uart->thre_pending = false;
        return fifo | UART_IIR_THRE;
    }
    return fifo | UART_IIR_NONE;
}

static uint8_t read_register(struct vuart *uart, uint64_t offset)
{
    bool divisor = uart->lcr & UART_LCR_DLAB;

    switch (offset) {
    case UART_RBR: return divisor ? uart->dll : 0;
    case UART_IER: return divisor ? uart->dlm : uart->ier;
    case UART_IIR: return read_iir(uart);
    case UART_LCR: return uart->lcr;
    case UART_MCR: return uart->mcr;
    case UART_LSR: return UART_LSR_THRE | UART_LSR_TEMT;
    case UART_SCR: return uart->scr;
    default:       return 0;
    }
}

static void write_register(struct vm *vm, uint64_t offset, uint8_t value)
{
    struct vuart *uart = &vm->uart;
    bool divisor = uart->lcr & UART_LCR_DLAB;

    switch (offset) {
    case UART_THR:
        if (divisor) {
            uart->dll = value;
        } else {
            console_guest_char(&vm->line, vm->index, (char)value);
            uart->thre_pending = true;
        }
        break;
    case UART_IER:
        if (divisor) {
            uart->dlm = value;
        } else {
            /* Enabling the interrupt while the transmitter is empty raises it at once. */
            uart->thre_pending |= value & ~uart->ier & UART_IER_THRE;
            uart->ier = value & UART_IER_MASK;
        }
        break;
    case UART_FCR:
        uart->fifo = value & UART_FCR_ENABLE;
        break;
    case UART_LCR:
        uart->lcr = value;
        break;
    case UART_MCR:
        uart->mcr = value & UART_MCR_MASK;
        break;
    case UART_SCR:
        uart->scr = value;
        break;
    }
}

bool vuart_access(struct vm *vm, uint64_t offset, unsigned size, bool write, uint64_t *value)
{
    uint64_t read = 0;

    for (unsigned i = 0; i < size; i++) {
        if (write)
            write_register(vm, offset + i, (uint8_t)(*value >> 8 * i));
        else
            read |= (uint64_t)read_register(&vm->uart, offset + i) << 8 * i;
    }
    if (!write)
        *value = read;
    return true;
}
