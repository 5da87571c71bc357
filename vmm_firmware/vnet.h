/* The network device of a guest, and the switch that all of them are connected to. */
#ifndef VNET_H
#define VNET_H

#include "virtio.h"

#ifndef NETWORK
#define NETWORK 0               /* 1: each machine has a port of the switch */
#endif

struct device;

extern const struct device vnet;

/* A port of the switch; its address is 02:00:00:00 and the number of the machine, the high byte first. */
void vnet_create(struct virtio *port, struct vm *vm, unsigned number);

#endif
