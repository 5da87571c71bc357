/* Computes for some time, and wants nothing from anybody. sscratch tells an observer of the hart who runs. */
#include "guest.h"

#ifndef BYSTANDER_TICKS
#define BYSTANDER_TICKS 100000
#endif

bool guest_main(void)
{
    uint64_t until = csr_read(CSR_TIME) + BYSTANDER_TICKS;

    csr_write(CSR_SSCRATCH, 0xf00);
    while (csr_read(CSR_TIME) < until)
        ;
    csr_write(CSR_SSCRATCH, 0);
    print("PASS bystander\n");
    return true;
}
