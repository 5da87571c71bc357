/* Whose a page of the machine's RAM is. Every change and every mapping asserts it, so that no page gets into two hands. */
#ifndef OWNER_H
#define OWNER_H

#include <stdbool.h>
#include <stdint.h>

enum {
    OWNER_NONE,
    OWNER_POOL,                 /* the hypervisor's: page tables, disks */
    OWNER_GUEST,                /* RAM of guest 0; the others follow */
};

/* Hands over the pages of `size` bytes from `host` on; panics unless all of them are `from`'s. */
void owner_change(uint64_t host, uint64_t size, unsigned from, unsigned to);

/* Are all of them this one's? */
bool owner_is(uint64_t host, uint64_t size, unsigned owner);

/* Panics unless they are. */
void owner_assert(uint64_t host, uint64_t size, unsigned owner);

#endif
