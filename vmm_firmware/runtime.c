/* The two functions that a freestanding compiler may call on its own. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);

/* Word by word where both allow it: guest images and page tables are most of what boot does. */
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *t = to;
    const uint8_t *f = from;

    if ((((uintptr_t)t | (uintptr_t)f) & 7) == 0)
        for (; size >= 8; size -= 8, t += 8, f += 8)
            *(uint64_t *)(void *)t = *(const uint64_t *)(const void *)f;
    while (size--)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *t = to;
    uint64_t word = 0x0101010101010101 * (uint8_t)value;

    if (((uintptr_t)t & 7) == 0)
        for (; size >= 8; size -= 8, t += 8)
            *(uint64_t *)(void *)t = word;
    while (size--)
        *t++ = (uint8_t)value;
    return to;
}
