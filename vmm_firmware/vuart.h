/* The UART of a guest: the machine's own 16550 once more, its line connected to the guest's console. */
#ifndef VUART_H
#define VUART_H

#include <stdbool.h>
#include <stdint.h>

#define VUART_FIFO 16

struct vm;

struct vuart {
    uint8_t ier, lcr, mcr, scr, dll, dlm;
    bool fifos;             /* enabled, as IIR shows it; the receiver has one in any case */
    bool thre_event;        /* the transmitter became empty, and IIR has not shown it since */
    unsigned received;      /* bytes waiting, the oldest first */
    uint8_t queue[VUART_FIFO];
};

/* One access at a byte offset of the device, aligned, of 1, 2, 4 or 8 bytes: each byte is an access to the register of
   its number, all at once. What is above the bytes of a stored value is ignored, of a loaded one 0. */
uint64_t vuart_load(struct vm *vm, uint64_t offset, unsigned bytes);
void vuart_store(struct vm *vm, uint64_t offset, unsigned bytes, uint64_t value);

#endif
