/* The guest `twostage`: its page tables, and what both of its parts use. */
#ifndef TWOSTAGE_H
#define TWOSTAGE_H

#include "guest.h"

#define PAGES_MAX   128
#define FRAMES      (RAM_BASE + 0x100000)
#define DATA        0x40000000ul
#define FLAGS       (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define ENTRIES     (PAGE_SIZE / PTE_SIZE)
#define TABLE       uint64_t __attribute__((aligned(PAGE_SIZE)))

extern TABLE root[ENTRIES], middle[ENTRIES], leaves[ENTRIES];       /* of ASID 1: the RAM, and DATA by small pages */

static inline uint64_t pte(uint64_t address, uint64_t flags)
{
    return address >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

static inline uint64_t satp(const uint64_t *table, uint64_t asid)
{
    return SATP_MODE_SV39 | asid << SATP_ASID_SHIFT | (uint64_t)table >> PAGE_SHIFT;
}

static inline void use(uint64_t value)
{
    csr_write(CSR_SATP, value);
}

static inline void fence(void)
{
    __asm__ volatile("sfence.vma" : : : "memory");
}

static inline void fence_address(uint64_t va)
{
    __asm__ volatile("sfence.vma %0, zero" : : "r"(va) : "memory");
}

static inline uint64_t frame(unsigned number)
{
    return FRAMES + number * PAGE_SIZE;
}

/* What must hold in detail; false, with a line for each, if something does not. */
bool twostage_details(void);

#endif
