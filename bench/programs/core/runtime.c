/* Page tables and measurements for the worlds of bench.h. */
#include "bench.h"

enum {
    PAGE_BITS = 12, LEVEL_BITS = 9, ENTRIES = 1 << LEVEL_BITS, REGION_BITS = PAGE_BITS + LEVEL_BITS,
    V = 1, RWX = 14, U = 16, AD = 192,              /* bits of a page-table entry */
    REGIONS = 4,                                    /* of 2 MiB, from the start of RAM; the first has an alias for U-mode */
    MEASUREMENTS = 24,
};
#define RAM 0x80000000UL

typedef u64 table[ENTRIES];
static table root __attribute__((aligned(4096))), middle __attribute__((aligned(4096)));
static table alias __attribute__((aligned(4096))), alias_pages __attribute__((aligned(4096)));
static table pages[REGIONS] __attribute__((aligned(4096)));
static table guest_root[4] __attribute__((aligned(16384))), guest_middle __attribute__((aligned(4096)));
static table guest_pages[REGIONS] __attribute__((aligned(4096), used));

struct measurement begin_signature[MEASUREMENTS + 1] __attribute__((aligned(64)));
extern const char end_signature[];
__asm__(".globl end_signature\n.set end_signature, begin_signature + 25 * 80");
_Static_assert(sizeof begin_signature == 25 * 80, "end_signature lies behind the last measurement");

u64 has_hpm;
static unsigned measured;

static u64 leaf(u64 address, u64 flags)
{
    return address >> 2 | flags | RWX | AD | V;
}

static u64 to(const table t)
{
    return (u64)t >> 2 | V;
}

struct roots {
    u64 first, guest;
};

/* Tables of both stages; the numbers of their root pages. Superpages in the G-stage where the world wants them. */
struct roots map(void)
{
    root[RAM >> 30] = to(middle);
    root[USER_ALIAS >> 30] = to(alias);
    alias[0] = to(alias_pages);
    guest_root[0][RAM >> 30] = to(guest_middle);
    for (u64 r = 0; r < REGIONS; r++) {
        u64 base = RAM + (r << REGION_BITS);
        middle[r] = to(pages[r]);
        guest_middle[r] = LARGE_GUEST_PAGES ? leaf(base, U) : to(guest_pages[r]);
        for (u64 i = 0; i < ENTRIES; i++) {
            pages[r][i] = leaf(base + (i << PAGE_BITS), 0);
            guest_pages[r][i] = leaf(base + (i << PAGE_BITS), U);
        }
    }
    for (u64 i = 0; i < ENTRIES; i++)
        alias_pages[i] = leaf(RAM + (i << PAGE_BITS), U);
    return (struct roots){(u64)root >> PAGE_BITS, (u64)guest_root >> PAGE_BITS};
}

extern void leave(u64 code) __attribute__((noreturn));

#define READ(csr) ({ u64 value_; __asm__ volatile("csrr %0, " #csr : "=r"(value_) :: "memory"); value_; })

static void read_hpm(u64 *counts)
{
    if (!has_hpm)
        return;
    counts[0] = READ(hpmcounter3);
    counts[1] = READ(hpmcounter4);
    counts[2] = READ(hpmcounter5);
    counts[3] = READ(hpmcounter6);
}

/* Whoever watches the instructions takes the first and the second read of `cycle` for the ends of the measurement. */
static u64 on_the_clock(struct measurement *m, u64 (*work)(u64), u64 argument)
{
    u64 before[HPM_COUNTERS] = {0}, after[HPM_COUNTERS] = {0};
    read_hpm(before);
    u64 instructions = READ(instret), cycles = READ(cycle);
    u64 result = work(argument);
    m->cycles = READ(cycle) - cycles;
    m->instructions = READ(instret) - instructions;
    read_hpm(after);
    for (int i = 0; i < HPM_COUNTERS; i++)
        m->hpm[i] = after[i] - before[i];
    return result;
}

void measure(const char *name, u64 (*work)(u64), u64 argument, u64 count, u64 expected)
{
    struct measurement *m = &begin_signature[measured++];
    if (measured > MEASUREMENTS)
        leave(5);
    u64 warm = work(argument);
    m->result = on_the_clock(m, work, argument);
    m->count = count;
    for (unsigned i = 0; i < sizeof m->name && name[i]; i++)
        m->name[i] = name[i];
    if (warm != expected || m->result != expected)
        leave(4);
}

/* The compiler calls them even from freestanding code. */
void *memcpy(void *to_, const void *from_, u64 size)
{
    u8 *t = to_;
    for (const u8 *f = from_; size--;)
        *t++ = *f++;
    return to_;
}

void *memset(void *to_, int value, u64 size)
{
    for (u8 *t = to_; size--;)
        *t++ = value;
    return to_;
}
