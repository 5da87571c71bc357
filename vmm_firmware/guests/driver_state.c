/* State that the hypervisor puts away while other guests run: registers that no call touches, and CSRs. */
#include "driver.h"

#define WAIT        3000        /* ticks: long enough for the worker's kernel and task both to run meanwhile */
#define PATTERN     0x5a5a0000

static void wait(void)
{
    csr_write(CSR_STIMECMP, csr_read(CSR_TIME) + WAIT);
    while (!(csr_read(CSR_SIP) & SIP_STIP))
        __asm__ volatile("wfi");
}

static void registers(void)
{
    uint64_t gp, tp;

    csr_write(CSR_STIMECMP, csr_read(CSR_TIME) + WAIT);
    __asm__ volatile("li gp, %2\n li tp, %3\n wfi\n mv %0, gp\n mv %1, tp"
                     : "=r"(gp), "=r"(tp) : "i"(PATTERN + 3), "i"(PATTERN + 4));
    check("gp", gp, PATTERN + 3);
    check("tp", tp, PATTERN + 4);
}

void driver_state(void)
{
    csr_write(CSR_SIE, SIE_STIE);
    registers();

    /* None of them has an effect while the guest stays in supervisor mode and does not trap. */
    csr_write(CSR_SSCRATCH, PATTERN + 1);
    csr_write(CSR_SEPC, PATTERN + 2);
    csr_write(CSR_SCAUSE, EXC_STORE_PAGE_FAULT);
    csr_write(CSR_STVAL, PATTERN + 4);
    csr_write(CSR_SCOUNTEREN, SCOUNTEREN_CY | SCOUNTEREN_IR);
    csr_write(CSR_SENVCFG, SENVCFG_FIOM);

    uint64_t envcfg = csr_read(CSR_SENVCFG);    /* FIOM may be read-only zero */

    wait();
    check("sscratch", csr_read(CSR_SSCRATCH), PATTERN + 1);
    check("sepc", csr_read(CSR_SEPC), PATTERN + 2);
    check("scause", csr_read(CSR_SCAUSE), EXC_STORE_PAGE_FAULT);
    check("stval", csr_read(CSR_STVAL), PATTERN + 4);
    check("scounteren", csr_read(CSR_SCOUNTEREN), SCOUNTEREN_CY | SCOUNTEREN_IR);
    check("senvcfg", csr_read(CSR_SENVCFG), envcfg);

    csr_write(CSR_SCOUNTEREN, 0);
    csr_write(CSR_SENVCFG, 0);
    csr_write(CSR_STIMECMP, UINT64_MAX);
    csr_write(CSR_SIE, 0);
}
