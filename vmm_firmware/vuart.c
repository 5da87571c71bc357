/* The UART of a guest: the registers of a 16550 (data sheet of the TL16C550C). Transmission takes no time, so that the
   transmitter is always empty; nothing is received but in loop-back. */
#include "vuart.h"

#include "mmio.h"
#include "uart16550.h"

static uint8_t read_rbr(struct vuart *uart)
{
    if (uart->received == 0)
        return 0;

    uint8_t oldest = uart->queue[0];

    uart->received--;
    for (unsigned i = 0; i < uart->received; i++)
        uart->queue[i] = uart->queue[i + 1];
    return oldest;
}

static uint8_t read_iir(struct vuart *uart)
{
    uint8_t fifos = uart->fifos ? UART_IIR_FIFOS : 0;

    if (uart->received && uart->ier & UART_IER_RECEIVED)
        return fifos | UART_IIR_RECEIVED;
    if (uart->thre_event && uart->ier & UART_IER_THRE) {
        uart->thre_event = false;
        return fifos | UART_IIR_THRE;
    }
    return fifos | UART_IIR_NONE;
}

/* In loop-back the modem's inputs are our own outputs; else somebody is connected and ready. */
static uint8_t read_msr(const struct vuart *uart)
{
    uint8_t mcr = uart->mcr;

    if (!(mcr & UART_MCR_LOOP))
        return UART_MSR_CTS | UART_MSR_DSR | UART_MSR_DCD;
    return (mcr & UART_MCR_RTS ? UART_MSR_CTS : 0) | (mcr & UART_MCR_DTR ? UART_MSR_DSR : 0) |
           (mcr & UART_MCR_OUT1 ? UART_MSR_RI : 0) | (mcr & UART_MCR_OUT2 ? UART_MSR_DCD : 0);
}

static inline uint8_t read_register(struct vuart *uart, uint64_t offset)
{
    bool divisor = uart->lcr & UART_LCR_DLAB;

    switch (offset) {
    case UART_RBR: return divisor ? uart->dll : read_rbr(uart);
    case UART_IER: return divisor ? uart->dlm : uart->ier;
    case UART_IIR: return read_iir(uart);
    case UART_LCR: return uart->lcr;
    case UART_MCR: return uart->mcr;
    case UART_LSR: return UART_LSR_THRE | UART_LSR_TEMT | (uart->received ? UART_LSR_READY : 0);
    case UART_MSR: return read_msr(uart);
    case UART_SCR: return uart->scr;
    default:       return 0;
    }
}

static __attribute__((noinline)) void transmit(struct vm *vm, uint8_t byte)
{
    struct vuart *uart = &vm->uart;

    if (!(uart->mcr & UART_MCR_LOOP))
        console_guest_char(&vm->line, vm->index, (char)byte);
    else if (uart->received < VUART_FIFO)
        uart->queue[uart->received++] = byte;
    uart->thre_event = true;
}

static inline void write_register(struct vm *vm, uint64_t offset, uint8_t value)
{
    struct vuart *uart = &vm->uart;
    bool divisor = uart->lcr & UART_LCR_DLAB;

    switch (offset) {
    case UART_THR:
        if (divisor)
            uart->dll = value;
        else
            transmit(vm, value);
        break;
    case UART_IER:
        if (divisor) {
            uart->dlm = value;
            break;
        }
        /* Enabling the interrupt while the transmitter is empty raises it at once. */
        uart->thre_event |= value & ~uart->ier & UART_IER_THRE;
        uart->ier = value & UART_IER_MASK;
        break;
    case UART_FCR:
        uart->fifos = value & UART_FCR_ENABLE;
        if (value & UART_FCR_CLEAR_RECEIVER)
            uart->received = 0;
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

static bool interrupts(const struct vuart *uart)
{
    return (uart->received && uart->ier & UART_IER_RECEIVED) || (uart->thre_event && uart->ier & UART_IER_THRE);
}

static void update_line(struct vcpu *vcpu)
{
    vplic_line(vcpu->vm, vcpu, UART_IRQ, interrupts(&vcpu->vm->uart));
}

/* In hardware all bytes of an access happen at once. Downwards for loads, because reading RBR changes what higher ones
   show; upwards for stores, because LCR and MCR say what lower ones mean. */
static __attribute__((noinline)) enum outcome load_other(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    uint64_t value = 0;

    if (offset >= UART_SIZE)
        return mmio_nothing(vcpu, insn);
    for (unsigned bytes = mmio_bytes(insn); bytes--;)
        value = value << 8 | read_register(&vcpu->vm->uart, offset + bytes);
    update_line(vcpu);
    return mmio_loaded(vcpu, insn, value);
}

static __attribute__((noinline)) enum outcome store_other(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    if (offset >= UART_SIZE)
        return mmio_nothing(vcpu, insn);
    for (unsigned i = 0; i < mmio_bytes(insn); i++)
        write_register(vcpu->vm, offset + i, (uint8_t)(mmio_stored(vcpu, insn) >> 8 * i));
    update_line(vcpu);
    return mmio_done(insn);
}

/* Most accesses are of one byte while no interrupt is enabled; they cannot move the interrupt's line. */
HOT static enum outcome load(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    if (mmio_bytes(insn) != 1 || offset >= UART_REGISTERS || vcpu->vm->uart.ier)
        return load_other(vcpu, insn, offset);
    return mmio_loaded(vcpu, insn, read_register(&vcpu->vm->uart, offset));
}

HOT static enum outcome store(struct vcpu *vcpu, uint64_t insn, uint64_t offset)
{
    if (mmio_bytes(insn) != 1 || offset >= UART_REGISTERS || offset == UART_IER || vcpu->vm->uart.ier)
        return store_other(vcpu, insn, offset);
    write_register(vcpu->vm, offset, (uint8_t)mmio_stored(vcpu, insn));
    return mmio_done(insn);
}

const struct device vuart = { load, store, UART_SIZE };
