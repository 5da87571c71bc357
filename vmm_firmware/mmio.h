/* Device accesses of a guest: pages without a G-stage mapping, emulated one instruction at a time. */
#ifndef MMIO_H
#define MMIO_H

#include "exit.h"

/* Handler of load and store guest-page faults. */
exit_handler mmio_access;

#endif
