/* The UART of a guest: the machine's own 16550 once more, its line connected to the guest's console. */
#ifndef VUART_H
#define VUART_H

#include <stdbool.h>
#include <stdint.h>

#define VUART_FIFO 16

struct vuart {
    uint8_t ier, lcr, mcr, scr, dll, dlm;
    bool fifos;             /* enabled, as IIR shows it; the receiver has one in any case */
    bool thre_event;        /* the transmitter became empty, and IIR has not shown it since */
    unsigned received;      /* bytes waiting, the oldest first */
    uint8_t queue[VUART_FIFO];
};

/* A wider access is one to the registers of all its bytes, all at once. */
extern const struct device vuart;

#endif
