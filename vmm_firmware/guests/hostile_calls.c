/* SBI calls that no kernel would make, alone and in batches: any function of any extension, wild addresses, masks and sizes; and I/O
   ports that are not its own. Only what would end the machine is rare. */
#include "hostile.h"

#include "batch.h"
#include "layout.h"

#define BATCH       8
#define SHUTDOWN    8           /* legacy */
#define STOP        1           /* of a hart; 3 suspends it */

static struct call batch[BATCH];

static void random_call(struct call *call)
{
    static const uint64_t extensions[] = { SBI_BASE, SBI_TIME, SBI_IPI, SBI_REMOTE_FENCE, SBI_HART_STATE, SBI_DEBUG_CONSOLE,
                                           SBI_DOPPELHART, SBI_SET_TIMER };

    call->eid = random_bits() & 15 ? extensions[random_bits() % (sizeof extensions / sizeof extensions[0])] : random_value();
    call->fid = random_bits() & 15 ? random_bits() & 7 : random_value();
    for (unsigned i = 0; i < 6; i++)
        call->args[i] = random_bits() & 1 ? random_value() : random_bits() & 3;
    if (random_bits() & 63 && (call->eid == SBI_SYSTEM_RESET || call->eid == SHUTDOWN || (call->eid == SBI_HART_STATE && call->fid & STOP)))
        call->eid = SBI_GETCHAR;
}

void hostile_calls(void)
{
    for (unsigned i = 0; i < BATCH; i++)
        random_call(&batch[i]);
    if (random_bits() & 1)
        sbi_call(SBI_DOPPELHART, SBI_MULTICALL, random_bits() & 3 ? (uint64_t)batch : random_value(),
                 random_bits() & 3 ? BATCH : random_value(), 0);
    else
        sbi_call(batch[0].eid, batch[0].fid, batch[0].args[0], batch[0].args[1], batch[0].args[2]);
}

void hostile_ports(void)
{
    volatile uint8_t *port = (volatile uint8_t *)PORTS_BASE + (random_bits() & (random_bits() & 1 ? 0xf : 0xffff));

    if (random_bits() & 1)
        *(volatile uint32_t *)((uint64_t)port & ~3ull) = (uint32_t)random_bits();
    else
        *port = (uint8_t)*(volatile uint16_t *)((uint64_t)port & ~1ull);
}
