/* Page tables of the forgery: one gigapage for each way in which a translation can end. */
#include "forgery.h"

#define GIB             (1ull << 30)
#define LEAF            (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
#define TABLE(address)  ((uint64_t)(address) / PAGE_SIZE << PTE_PPN_SHIFT | PTE_V)

/* The gigabytes of the virtual address space, from address 0 on. */
enum window { DEVICES_S, NOTHING_S, RAM_S, DEVICES_U, RAM_U };

static uint64_t root[PAGE_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));

uint64_t paging_satp(void)
{
    static bool made;
    static const uint64_t entries[] = {
        TABLE(0) | LEAF,
        TABLE(GIB) | LEAF,
        TABLE(2 * GIB) | LEAF,
        TABLE(0) | LEAF | PTE_U,
        TABLE(2 * GIB) | LEAF | PTE_U,
        TABLE(PROBE_BASE),                       /* a table in a device, and one where there is nothing */
        TABLE(GIB),
        0,
        TABLE(0) | (LEAF & ~(uint64_t)PTE_W),
        TABLE(0) | (LEAF & ~(uint64_t)(PTE_R | PTE_W)),
        TABLE(0) | (LEAF & ~(uint64_t)PTE_A),
        TABLE(0) | (LEAF & ~(uint64_t)PTE_D),
        TABLE(PAGE_SIZE) | LEAF,            /* misaligned */
        TABLE(0) | (LEAF & ~(uint64_t)PTE_R),
        TABLE(1ull << 50) | LEAF | PTE_U,   /* more than the G-stage can translate */
    };

    if (!made)
        __builtin_memcpy(root, entries, sizeof entries);
    made = true;
    return SATP_MODE_SV39 | (uint64_t)root / PAGE_SIZE;
}

uint64_t paging_alias(uint64_t address, bool user)
{
    static const uint8_t own[] = { DEVICES_S, NOTHING_S, RAM_S, RAM_S }, users[] = { DEVICES_U, NOTHING_S, RAM_U, RAM_U };
    uint64_t gib = address / GIB & 3;
    uint64_t window = random_bits() & 1 ? (user ? users : own)[gib] : random_bits() % 16;

    return window * GIB + address % GIB;
}

uint64_t paging_user(uint64_t address)
{
    return address - RAM_S * GIB + RAM_U * GIB;
}
