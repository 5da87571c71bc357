/* Shadow page tables. They are a translation cache in the form of page tables ("Supervisor Memory-Management Fence"): entered at
   a fault, forgotten at a fence, and not kept equal to the guest's own tables in between. */
#include "shadow_table.h"

#include "csr.h"
#include "flaw.h"
#include "gstage.h"
#include "guarded.h"
#include "pages.h"
#include "panic.h"

#ifndef SHADOW_SPACES
#define SHADOW_SPACES   4       /* address spaces of a guest */
#endif
#ifndef SHADOW_TABLES
#define SHADOW_TABLES   24      /* tables of a guest below its roots: one for 2 MiB, one for 1 GiB */
#endif

/* An instruction and what it accesses may each cross a page: with less a guest might fault for ever. */
_Static_assert(SHADOW_TABLES >= 4 * (PAGE_LEVELS - 1), "too few shadow tables for one instruction");

#define ENTRIES         (1 << VPN_BITS)
#define FRAGMENTS       (1ull << PTE_RSW_SHIFT)     /* in a pointer: below it are parts of a larger page of the guest */

static struct shadow {
    struct {
        uint64_t satp;          /* of the guest; 0: unused */
        uint64_t *root;
    } spaces[SHADOW_SPACES];
    unsigned next;              /* to be replaced */
    uint64_t *free;             /* tables, all zero but for the first entry, which points to the next one */
} shadows[SHADOW ? GUESTS_MAX : 1];

static void release(struct shadow *shadow, uint64_t *table)
{
    *table = (uint64_t)shadow->free;
    shadow->free = table;
}

static uint64_t *take(struct shadow *shadow)
{
    uint64_t *table = shadow->free;

    if (table) {
        shadow->free = (uint64_t *)*table;
        *table = 0;
    }
    return table;
}

static struct shadow *shadow_of(const struct vm *vm)
{
    struct shadow *shadow = &shadows[vm->index];

    if (!shadow->spaces[0].root) {
        for (unsigned i = 0; i < SHADOW_SPACES; i++)
            shadow->spaces[i].root = (uint64_t *)pages_zeroed(PAGE_SIZE);
        for (unsigned i = 0; i < SHADOW_TABLES; i++)
            release(shadow, (uint64_t *)pages_zeroed(PAGE_SIZE));
    }
    return shadow;
}

static bool is_pointer(uint64_t pte)
{
    return pte & PTE_V && !(pte & (PTE_R | PTE_X));
}

static uint64_t *table_of(uint64_t pte)
{
    return (uint64_t *)((pte & PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT);
}

static uint64_t *entry_of(uint64_t *table, uint64_t va, int level)
{
    return &table[va >> (PAGE_SHIFT + VPN_BITS * level) & (ENTRIES - 1)];
}

/* Clears an entry and what is below it, but for global leaves if they are to be kept. True if it is empty now; then tables have
   gone that the hart may still know. */
static bool clear(struct shadow *shadow, uint64_t *entry, bool keep_global)
{
    bool empty = true;

    if (is_pointer(*entry)) {
        uint64_t *table = table_of(*entry);

        for (unsigned i = 0; i < ENTRIES; i++)
            if (table[i])
                empty &= clear(shadow, &table[i], keep_global);
        if (empty)
            release(shadow, table);
    } else {
        empty = !(keep_global && *entry & PTE_G);
    }
    if (empty)
        *entry = 0;
    return empty;
}

static void clear_space(struct shadow *shadow, uint64_t *root, bool keep_global)
{
    for (unsigned i = 0; i < ENTRIES; i++)
        if (root[i])
            clear(shadow, &root[i], keep_global);
}

uint64_t shadow_root(struct vm *vm, uint64_t satp)
{
    struct shadow *shadow = shadow_of(vm);

    for (unsigned i = 0; i < SHADOW_SPACES; i++)
        if (shadow->spaces[i].satp == satp)
            return (uint64_t)shadow->spaces[i].root;

    unsigned victim = shadow->next++ % SHADOW_SPACES;

    if (shadow->spaces[victim].satp) {
        clear_space(shadow, shadow->spaces[victim].root, false);
        fence_guest();
    }
    shadow->spaces[victim].satp = satp;
    return (uint64_t)shadow->spaces[victim].root;
}

/* The entry of `va` at `level`, or NULL if a table is missing and there is none left. */
static uint64_t *entry_at(struct shadow *shadow, uint64_t *table, uint64_t va, int level, int guest_level)
{
    for (int at = PAGE_LEVELS - 1; at > level; at--) {
        uint64_t *entry = entry_of(table, va, at);

        if (!is_pointer(*entry)) {
            uint64_t *below = take(shadow);

            if (!below)
                return 0;
            *entry = (uint64_t)below >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V;
        }
        if (at <= guest_level)
            *entry |= FRAGMENTS;
        table = table_of(*entry);
    }
    return entry_of(table, va, level);
}

void shadow_map(struct vm *vm, uint64_t root, uint64_t va, int level, int guest_level, uint64_t pte)
{
    struct shadow *shadow = shadow_of(vm);
    uint64_t *entry = entry_at(shadow, (uint64_t *)root, va, level, guest_level);

    if (!entry) {
        shadow_forget(vm, 0, 0);
        fence_guest();
        entry = entry_at(shadow, (uint64_t *)root, va, level, guest_level);
        if (!entry)
            panic("no room for a shadow of one page\n");
    }
    if (*entry) {
        /* The hart has the old one, or has not looked since. */
        clear(shadow, entry, false);
        *entry = pte;
        fence_guest();
    } else {
        *entry = pte;
    }
}

/* True if tables have gone. */
static bool forget_address(struct shadow *shadow, uint64_t *table, uint64_t va, bool keep_global)
{
    for (int level = PAGE_LEVELS - 1; level >= 0; level--) {
        uint64_t *entry = entry_of(table, va, level);

        if (!is_pointer(*entry) || *entry & FRAGMENTS) {
            bool pointer = is_pointer(*entry);

            return *entry && clear(shadow, entry, keep_global) && pointer;
        }
        table = table_of(*entry);
    }
    return false;
}

bool shadow_forget(struct vm *vm, const uint64_t *va, const uint64_t *asid)
{
    struct shadow *shadow = shadow_of(vm);
    bool gone = !va;

    if (FLAW == FLAW_STALE_SHADOW && va)
        return false;
    for (unsigned i = 0; i < SHADOW_SPACES; i++) {
        if (!shadow->spaces[i].satp || (asid && (shadow->spaces[i].satp & SATP_ASID) >> SATP_ASID_SHIFT != *asid))
            continue;
        if (va)
            gone |= forget_address(shadow, shadow->spaces[i].root, *va, asid);
        else
            clear_space(shadow, shadow->spaces[i].root, asid);
    }
    return gone;
}
