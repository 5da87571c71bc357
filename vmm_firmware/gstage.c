/* G-stage page tables ("Hypervisor: Two-Stage Address Translation"): Sv39x4, three levels, a root of 16 KiB. */
#include "gstage.h"

#include <stdbool.h>

#include "isa.h"
#include "pages.h"
#include "panic.h"

#define ENTRIES     (1 << VPN_BITS)
#define ROOT_SIZE   (PAGE_SIZE << X4_BITS)

#ifndef GSTAGE_LEAF_LEVEL
#define GSTAGE_LEAF_LEVEL (PAGE_LEVELS - 1)     /* the largest leaf: 0 forces 4 KiB pages */
#endif

/* U: the G-stage checks every access as if from U-mode. A and D are set, or a hart without hardware updates (Svade)
   would fault on the first access of each page. */
#define LEAF_FLAGS  (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)

uint64_t gstage_create(void)
{
    return pages_zeroed(ROOT_SIZE);
}

static unsigned level_shift(int level)
{
    return PAGE_SHIFT + VPN_BITS * level;
}

static uint64_t pte(uint64_t address, uint64_t flags)
{
    return address >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

static uint64_t address_of(uint64_t entry)
{
    return (entry & PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT;
}

/* The entry of `gpa` in a table of this level. The root takes X4_BITS more, and gpa has no bits above them. */
static uint64_t *entry_in(uint64_t table, uint64_t gpa, int level)
{
    return (uint64_t *)table + (gpa >> level_shift(level) & ((level == PAGE_LEVELS - 1 ? ENTRIES << X4_BITS : ENTRIES) - 1));
}

static bool is_leaf(uint64_t entry)
{
    return entry & PTE_R;
}

/* The entry that says what `gpa` is: a leaf at any level, or one that is not valid. */
static uint64_t *last_entry(uint64_t root, uint64_t gpa, int *level)
{
    uint64_t *entry = entry_in(root, gpa, PAGE_LEVELS - 1);

    for (*level = PAGE_LEVELS - 1; *entry & PTE_V && !is_leaf(*entry); entry = entry_in(address_of(*entry), gpa, *level))
        --*level;
    return entry;
}

/* Entry of `gpa` at `level`, on a path of tables that is made as needed. */
static uint64_t *entry_at(uint64_t root, uint64_t gpa, int level)
{
    uint64_t table = root;

    for (int at = PAGE_LEVELS - 1;; at--) {
        uint64_t *entry = entry_in(table, gpa, at);

        if (at == level || is_leaf(*entry))
            return entry;
        if (!(*entry & PTE_V))
            *entry = pte(pages_zeroed(PAGE_SIZE), PTE_V);
        table = address_of(*entry);
    }
}

uint64_t gstage_find(uint64_t root, uint64_t gpa, int *level)
{
    return address_of(*last_entry(root, gpa, level));
}

/* The same pages by a table of smaller leaves. */
static void split(uint64_t *entry, int level)
{
    uint64_t table = pages_zeroed(PAGE_SIZE);

    for (uint64_t i = 0; i < ENTRIES; i++)
        ((uint64_t *)table)[i] = pte(address_of(*entry) + (i << level_shift(level - 1)), LEAF_FLAGS);
    *entry = pte(table, PTE_V);
}

void gstage_unmap(uint64_t root, uint64_t gpa)
{
    int level;
    uint64_t *entry;

    while (entry = last_entry(root, gpa, &level), level > 0) {
        if (!(*entry & PTE_V))
            panic("guest-physical page %x is not mapped\n", gpa);
        split(entry, level);
    }
    *entry = 0;
}

void gstage_map(uint64_t root, uint64_t gpa, uint64_t host, uint64_t size)
{
    while (size > 0) {
        int level = GSTAGE_LEAF_LEVEL;
        uint64_t page = 1ull << level_shift(level);

        while (level > 0 && (size < page || (gpa | host) & (page - 1)))
            page = 1ull << level_shift(--level);

        uint64_t *entry = entry_at(root, gpa, level);

        if (*entry & PTE_V)
            panic("guest-physical page %x is mapped twice\n", gpa);
        *entry = pte(host, LEAF_FLAGS);
        gpa += page;
        host += page;
        size -= page;
    }
}
