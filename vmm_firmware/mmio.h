/* Device accesses of a guest: pages without a G-stage mapping, emulated one instruction at a time. */
#ifndef MMIO_H
#define MMIO_H

#include "exit.h"

/* Handlers of load and of store guest-page faults. */
exit_handler mmio_load, mmio_store;

#endif
