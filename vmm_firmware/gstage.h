/* G-stage page tables: guest-physical to host-physical. */
#ifndef GSTAGE_H
#define GSTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

#ifndef GSTAGE_LEAF_LEVEL
#define GSTAGE_LEAF_LEVEL (PAGE_LEVELS - 1)     /* the largest leaf: 0 forces 4 KiB pages */
#endif

/* An empty Sv39x4 table; returns the host-physical address of its root. */
uint64_t gstage_create(void);

/* Maps RAM with all permissions, by the largest pages that both addresses allow. Addresses and size are multiples of
   PAGE_SIZE; panics on a second mapping of a page and when the pool of tables is empty. */
void gstage_map(uint64_t root, uint64_t gpa, uint64_t host, uint64_t size);

/* Is the page of this guest-physical address mapped, by 4 KiB pages alone? */
bool gstage_is_mapped(uint64_t root, uint64_t gpa);

#endif
