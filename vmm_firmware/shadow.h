/* Guests on shadow page tables (shadow.c). */
#ifndef SHADOW_H
#define SHADOW_H

#include "exit.h"
#include "shadow_table.h"

/* Finds out what the hart has. */
void shadow_init(void);

/* Puts this hart's shadow in place of the two stages, if it translates. */
void shadow_enter(struct vcpu *vcpu);

/* The guest writes satp; MODE is one that exists. */
void shadow_write_satp(struct vcpu *vcpu, uint64_t value);

/* Fences what the guest's SFENCE.VMA would: NULL stands for all addresses, or all address spaces. */
void guest_fence(struct vcpu *vcpu, const uint64_t *va, const uint64_t *asid);

/* Handler of page faults, which two-stage translation leaves to the guest. */
exit_handler shadow_page_fault;

#endif
