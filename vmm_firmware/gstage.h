/* G-stage page tables: guest-physical to host-physical. */
#ifndef GSTAGE_H
#define GSTAGE_H

#include <stdint.h>

/* An empty Sv39x4 table; returns the host-physical address of its root. */
uint64_t gstage_create(void);

/* Maps RAM with all permissions, by the largest pages that both addresses allow. Addresses and size are multiples of
   PAGE_SIZE; panics on a second mapping of a page and when the pool of tables is empty. */
void gstage_map(uint64_t root, uint64_t gpa, uint64_t host, uint64_t size);

/* Host-physical address of the page around `gpa` and the level of its leaf; 0 if there is none. */
uint64_t gstage_find(uint64_t root, uint64_t gpa, int *level);

/* Takes away the page of 4 KiB at `gpa`, and splits a larger one around it; panics if it is not mapped. The caller owes the hart a
   fence. */
void gstage_unmap(uint64_t root, uint64_t gpa);

#endif
