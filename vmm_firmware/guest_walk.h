/* The translation that a guest has set up, walked by software. */
#ifndef GUEST_WALK_H
#define GUEST_WALK_H

#include "vm.h"

struct walked {
    uint64_t fault;         /* 0, or the cause of the exception that the guest's own hart would raise */
    uint64_t pte;           /* its leaf */
    int level;              /* of the leaf */
    uint64_t gpa;           /* guest-physical address */
};

/* Translates `va` by the page tables that the guest's satp, in MODE Sv39, points to, for an access in the mode that the guest is
   in. `cause` is the page fault of the access: instruction, load or store. */
struct walked guest_walk(const struct vcpu *vcpu, uint64_t va, uint64_t cause);

#endif
