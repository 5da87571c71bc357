/* RAM that a guest gets page by page (demand.c). */
#ifndef DEMAND_H
#define DEMAND_H

#include "exit.h"

#ifndef RAM_ON_DEMAND
#define RAM_ON_DEMAND 0         /* 1: pages of RAM are mapped when the guest first touches them */
#endif

/* Maps the page of this guest-page fault, if it is one of RAM; then the guest can go on. */
bool demand_map(struct vcpu *vcpu);

#endif
