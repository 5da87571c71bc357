/* Shadow page tables: guest-virtual to host-physical, for each address space that a guest has used lately. */
#ifndef SHADOW_TABLE_H
#define SHADOW_TABLE_H

#include "vm.h"

/* Root of the tables for this value of the guest's satp; another space's, emptied, if there is none yet. */
uint64_t shadow_root(struct vm *vm, uint64_t satp);

/* Enters a leaf at `level` for `va`, which comes from one of the guest's at `guest_level`, the same or above. Everything else
   that is known is forgotten if there is no room. */
void shadow_map(struct vm *vm, uint64_t root, uint64_t va, int level, int guest_level, uint64_t pte);

/* Forgets what SFENCE.VMA orders: of all addresses (NULL) or the page of one, in all address spaces (NULL) or one, where global
   pages stay. True if tables have gone, of which the hart must not know any more. */
bool shadow_forget(struct vm *vm, const uint64_t *va, const uint64_t *asid);

#endif
