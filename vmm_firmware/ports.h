/* The window of I/O ports of a guest, and the bitmap that says which of them are its own. */
#ifndef PORTS_H
#define PORTS_H

#include "layout.h"

#define PORTS_NONE      0
#define PORTS_SOFTWARE  1           /* each access is an exit, and the hypervisor looks into the bitmap */
#define PORTS_HARDWARE  2           /* the hart looks into it (Xdoppel): accesses that it permits are no exits */

#ifndef PORTS
#define PORTS           PORTS_NONE
#endif

#define PORTS_COUNT     0x10000     /* a port is a byte */
#define PORTS_HOST      UART_BASE   /* physical address of port 0 */

struct device;
struct vm;

extern const struct device ports;

/* The hart's part of it; panics if it has none. */
void ports_init(void);

/* The bitmap of a machine, which opens what is set aside for the machine of this number. */
void ports_create(struct vm *vm, unsigned number);

/* This machine runs next. */
void ports_enter(const struct vm *vm);

#endif
