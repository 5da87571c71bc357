/* A walk from page to page, each address known only from the load before: nothing but the TLBs and the data cache matters. */
#include "bench.h"

enum { PAGES = 1024, PAGE = 4096, STEPS = 1024, LINE = 64 };

static u8 arena[PAGES][PAGE] __attribute__((aligned(4096)));

/* One pointer in each page, in another line from page to page, so that the cache holds as many as it has lines. */
static void **spot(u64 page)
{
    return (void **)&arena[page][page * LINE % PAGE];
}

/* Joins the first `pages` (a power of two) in a circle with no order to it. */
static void join(u64 pages)
{
    for (u64 i = 0; i < pages; i++)
        *spot(i) = spot((i * 5 + 3) % pages);
}

static u64 chase(u64 pages)
{
    void **p = spot(0);
    for (u64 i = 0; i < STEPS; i++)
        p = *p;
    return (u64)((u8 *)p - arena[0]) % (pages * PAGE);
}

void program(void)
{
    static const char names[8][16] = {"8 pages", "16 pages", "32 pages", "64 pages", "128 pages", "256 pages", "512 pages", "1024 pages"};
    for (u64 i = 0; i < 8; i++) {
        join(8UL << i);
        measure(names[i], chase, 8UL << i, STEPS, 0);     /* STEPS is a multiple of every circle */
    }
}
