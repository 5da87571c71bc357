/* The UART of a guest: a 16550 whose output goes to the guest's console line and which never receives. */
#ifndef VUART_H
#define VUART_H

#include <stdbool.h>
#include <stdint.h>

struct vm;

struct vuart {
    uint8_t ier, lcr, mcr, scr, dll, dlm;
    bool fifo;
    bool thre_pending;      /* the transmitter became empty and IIR has not been read since */
};

void vuart_reset(struct vuart *uart);

/* One access at a byte offset of the device, aligned, of 1, 2, 4 or 8 bytes. The registers are one byte wide: a wider
   access is that many byte accesses, lowest offset first. Always true: every offset answers. */
bool vuart_access(struct vm *vm, uint64_t offset, unsigned size, bool write, uint64_t *value);

#endif
