/* The pool of pages behind the image: page tables, bitmaps, disks. */
#ifndef PAGES_H
#define PAGES_H

#include <stdint.h>

/* `size` bytes, a power of two from PAGE_SIZE on, aligned to it and zero; they are never given back. Panics when there is no room
   for them. */
uint64_t pages_zeroed(uint64_t size);

/* Bytes given out. */
uint64_t pages_used(void);

#endif
