/* Waiting: WFI with the timer enabled ends when the timer fires, and at once when it has fired already. A timer set to now
   fires now: `time` and stimecmp are of one clock. */
#include "driver.h"

#define WAIT    500
#define LATE    5000        /* more than it takes to get the hart back from another guest */
#define SOON    20          /* reads of sip */

void driver_wfi(void)
{
    uint64_t until = csr_read(CSR_TIME) + WAIT;

    csr_write(CSR_SIE, SIE_STIE);
    csr_write(CSR_STIMECMP, until);
    while (!(csr_read(CSR_SIP) & SIP_STIP))
        __asm__ volatile("wfi");
    check("time after wfi", csr_read(CSR_TIME) >= until, true);
    check("time after wfi, late", csr_read(CSR_TIME) < until + LATE, true);

    watch();
    __asm__ volatile("wfi");
    check("wfi with the timer pending", trap.cause, NO_TRAP);

    sbi_call(SBI_TIME, 0, UINT64_MAX, 0, 0);
    check("timer off", csr_read(CSR_SIP) & SIP_STIP, 0);

    unsigned reads = 0;

    csr_write(CSR_STIMECMP, csr_read(CSR_TIME));
    while (!(csr_read(CSR_SIP) & SIP_STIP) && reads < SOON)
        reads++;
    check("timer set to now", reads < SOON, true);
    csr_write(CSR_STIMECMP, UINT64_MAX);
    csr_write(CSR_SIE, 0);
}
