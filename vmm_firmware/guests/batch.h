/* Batches of calls, as vmm_firmware/sbi_multicall.c takes them. */
#ifndef BATCH_H
#define BATCH_H

#include "guest.h"

struct call {
    uint64_t args[6], fid, eid;
    int64_t error;
    uint64_t value;
};

/* Makes the calls of an array: an error of the batch itself, and how many are done. */
static inline struct sbi_result batch_call(struct call *calls, uint64_t count)
{
    return sbi_call(SBI_DOPPELHART, SBI_MULTICALL, (uint64_t)calls, count, 0);
}

#endif
