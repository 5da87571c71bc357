/* I/O ports: machine 0 has the scratch register of the machine's UART, machine 1 its status registers. */
#include "devices.h"

#define ACCESSES    100

/* The order of sim/vmm/devices.py. */
enum label { NONE, PERMITTED, DENIED };

static volatile uint8_t *port(uint64_t number)
{
    return (volatile uint8_t *)PORTS_BASE + number;
}

static bool scratch(void)
{
    bool right = true;

    for (unsigned i = 0; i < ACCESSES / 2; i++) {
        *port(UART_SCR) = (uint8_t)(i * 7);
        right &= *port(UART_SCR) == (uint8_t)(i * 7);
    }
    return right;
}

static bool line_status(void)
{
    bool right = true;

    for (unsigned i = 0; i < ACCESSES; i++)
        right &= (*port(UART_LSR) & 0x80) == 0;     /* no error in a FIFO; a denied port has ones */
    return right;
}

/* A neighbour on the same page, the first port, the last, one that the other machine has. */
static bool denied(unsigned number)
{
    const uint64_t ports[] = { UART_IER, 0, 0xffff, number == 0 ? UART_LSR : UART_SCR };
    bool right = true;

    for (unsigned i = 0; i < ACCESSES; i++)
        if (i & 4)
            *port(ports[i % 4]) = 0;
        else
            right &= *port(ports[i % 4]) == 0xff;
    return right;
}

bool ports_check(unsigned number)
{
    bool right;

    csr_write(CSR_SSCRATCH, number << 4 | PERMITTED);
    right = number == 0 ? scratch() : line_status();
    csr_write(CSR_SSCRATCH, number << 4 | DENIED);
    right &= denied(number);
    csr_write(CSR_SSCRATCH, NONE);
    /* Of an access of several ports all must be the machine's own. */
    right &= *(volatile uint16_t *)port(UART_SCR - 1) == 0xffff && *(volatile uint64_t *)port(0) == UINT64_MAX;
    return right;
}
