/* Where things are.

   Host-physical memory:

   0x80000000  firmware image: code, guest images, data, stack, page-table pool (link.ld keeps it below GUEST_HOST_BASE)
   0x80200000  RAM of guest 0, GUEST_RAM_SIZE bytes
   behind it   RAM of guest 1, and so on

   Guest-physical memory, the same for every guest:

   0x0C000000  PLIC
   0x10000000  devices, each in a page of its own: the UART, 16550 registers; the probe; the disk; the network
   0x11000000  window of 64 Ki I/O ports
               None of these has a G-stage mapping, so that each access comes to the hypervisor (ports: or is looked up by the hart)
   0x80000000  RAM; the image is copied to its first byte and entered there, a0 = hart number, a1 = the device tree, in
               the last whole pages that hold it; the guest may overwrite it

   Everything else is unmapped: the guest sees an access fault, as on a bus with nothing there. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "isa.h"

#define DEVICES_BASE        UART_BASE
#define DEVICES             16
#define DEVICES_SIZE        (DEVICES * PAGE_SIZE)
#define DEVICE_NUMBER(base) (((base) - DEVICES_BASE) / PAGE_SIZE)
#define PROBE_BASE          (DEVICES_BASE + PAGE_SIZE)
#define BLOCK_BASE          (DEVICES_BASE + 2 * PAGE_SIZE)
#define BLOCK_IRQ           1           /* sources of the PLIC; the UART has UART_IRQ */
#define NETWORK_BASE        (DEVICES_BASE + 3 * PAGE_SIZE)
#define NETWORK_IRQ         2

#define PORTS_BASE          0x11000000

#ifndef GUEST_HOST_BASE
#define GUEST_HOST_BASE     0x80200000
#endif
#define GUEST_RAM_BASE      RAM_BASE
#ifndef GUEST_RAM_SIZE
#define GUEST_RAM_SIZE      0x200000    /* one megapage: a single G-stage leaf */
#endif

/* Where the device tree of `size` bytes is. */
#define GUEST_TREE(size)    (GUEST_RAM_BASE + GUEST_RAM_SIZE - ((size) + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE)

#ifndef VPROBE
#define VPROBE               0           /* 1: guests have the device of vprobe.c in the second of the pages */
#endif

#ifndef SLICE_TICKS
#define SLICE_TICKS         1000        /* of `time`; a switch costs well under 100 */
#endif
#ifndef SLICES_MAX
#define SLICES_MAX          100000      /* a guest that has not finished after so many slices never will */
#endif

#ifndef GUESTS_MAX
#define GUESTS_MAX          16
#endif
#ifndef HARTS
#define HARTS               1           /* of each guest; the first starts, and starts the others through the SBI */
#endif
#define VCPUS_MAX           (GUESTS_MAX * HARTS)

#ifndef SHADOW
#define SHADOW              0           /* 1: guests that translate run on shadow page tables instead of two stages */
#endif

#define STACK_SIZE          0x2000

#endif
