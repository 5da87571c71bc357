/* Whose a page of the machine's RAM is: one number for each page that can have an owner, none for the firmware's image. */
#include "owner.h"

#include "layout.h"
#include "panic.h"

#define PAGES ((GUEST_HOST_BASE - RAM_BASE + (uint64_t)GUESTS_MAX * GUEST_RAM_SIZE) / PAGE_SIZE)

static uint16_t owners[PAGES];

static uint64_t index_of(uint64_t host)
{
    return (host - RAM_BASE) / PAGE_SIZE;
}

bool owner_is(uint64_t host, uint64_t size, unsigned owner)
{
    uint64_t first = index_of(host), end = index_of(host + size + PAGE_SIZE - 1);

    if (host < RAM_BASE || end > PAGES)
        return false;
    while (first < end && owners[first] == owner)
        first++;
    return first == end;
}

void owner_assert(uint64_t host, uint64_t size, unsigned owner)
{
    if (!owner_is(host, size, owner))
        panic("not all of the %u bytes at %x belong to owner %u\n", size, host, (uint64_t)owner);
}

void owner_change(uint64_t host, uint64_t size, unsigned from, unsigned to)
{
    owner_assert(host, size, from);
    for (uint64_t page = index_of(host); page < index_of(host + size + PAGE_SIZE - 1); page++)
        owners[page] = (uint16_t)to;
}
