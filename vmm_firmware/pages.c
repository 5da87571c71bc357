/* The pool of pages behind the image. Pages are given out from its bottom, what is larger from its top: aligned to its size, it
   would leave holes. */
#include "pages.h"

#include "isa.h"
#include "owner.h"
#include "panic.h"

extern char page_pool_start[], page_pool_end[];     /* link.ld */

static uint64_t low, high, used;

uint64_t pages_zeroed(uint64_t size)
{
    if (low == 0) {
        low = (uint64_t)page_pool_start;
        high = (uint64_t)page_pool_end;
    }

    uint64_t start = size == PAGE_SIZE ? low : (high - size) & -size;

    if (size > high - low || start < low)
        panic("no room for %u bytes of page tables or disks\n", size);
    owner_change(start, size, OWNER_NONE, OWNER_POOL);
    if (size == PAGE_SIZE)
        low += size;
    else
        high = start;
    used += size;
    __builtin_memset((void *)start, 0, size);
    return start;
}

uint64_t pages_used(void)
{
    return used;
}
