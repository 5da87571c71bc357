/* Virtual machine identifiers: tags of translations, so that a switch needs no fence. */
#ifndef VMID_H
#define VMID_H

#include "vm.h"

/* Finds out how many VMIDs the hart has. */
void vmid_init(void);

/* Writes hgatp for this hart's machine, with a VMID that no other machine of the current generation has. */
void vmid_enter(struct vcpu *vcpu);

/* hgatp for a guest whose VS-stage leads to the machine's addresses. */
void vmid_bare(void);

/* How often all VMIDs were used up. */
uint64_t vmid_rollovers(void);

#endif
