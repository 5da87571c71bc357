/* G-stage page tables ("Hypervisor: Two-Stage Address Translation"): Sv39x4, three levels, a root of 16 KiB. */
#include "gstage.h"

#include "isa.h"
#include "pages.h"
#include "panic.h"

#define ENTRIES     (1 << VPN_BITS)
#define ROOT_SIZE   (PAGE_SIZE << X4_BITS)

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

/* Entry of `gpa` at `level`, on a path of tables that is made as needed. */
static uint64_t *entry_at(uint64_t root, uint64_t gpa, int level)
{
    uint64_t table = root;

    for (int at = PAGE_LEVELS - 1;; at--) {
        /* The root takes X4_BITS more, and gpa has no bits above them. */
        uint64_t index = gpa >> level_shift(at) & ((at == PAGE_LEVELS - 1 ? ENTRIES << X4_BITS : ENTRIES) - 1);
        uint64_t *entry = (uint64_t *)table + index;

        if (at == level)
            return entry;
        if (!(*entry & PTE_V))
            *entry = pte(pages_zeroed(PAGE_SIZE), PTE_V);
        table = (*entry & PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT;
    }
}

bool gstage_is_mapped(uint64_t root, uint64_t gpa)
{
    return *entry_at(root, gpa, 0) & PTE_V;
}

void gstage_map(uint64_t root, uint64_t gpa, uint64_t host, uint64_t size)
{
    while (size > 0) {
        int level = GSTAGE_LEAF_LEVEL;
        uint64_t page = 1ull << level_shift(level);

        while (size < page || (gpa | host) & (page - 1))
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
