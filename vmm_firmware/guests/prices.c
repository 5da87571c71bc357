/* One loop for each kind of exit. sscratch, which this guest has no other use for, tells an observer of the hart which. */
#include "batch.h"
#include "uart16550.h"

#ifndef PRICES_ROUNDS
#define PRICES_ROUNDS   500         /* in each guest of the image */
#endif
#define BATCH           8           /* short enough for a slice */
#define PAGES           600         /* of RAM behind the image, touched for the first time */
#define PAGES_START     (RAM_BASE + 0x100000)
#define SWITCH_TICKS    100         /* of `time`: the slices of the image */

/* The order of sim/vmm/prices.py. */
enum label { NONE, NULL_CALL, CALL, BATCHED_CALL, LOAD, STORE, CSR, WFI, INTERRUPT, FAULT, SWITCH };

static struct call batch[BATCH];

static volatile unsigned interrupts;

static inline void begin(enum label label)
{
    csr_write(CSR_SSCRATCH, label);
}

__attribute__((interrupt("supervisor"), aligned(4))) static void software_interrupt(void)
{
    csr_clear(CSR_SIP, SIP_SSIP);
    interrupts++;
}

static bool calls(void)
{
    bool right = true;

    begin(NULL_CALL);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++)
        right &= sbi_call(SBI_DOPPELHART, 0, 0, 0, 0).error == 0;
    begin(CALL);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++)
        right &= sbi_call(SBI_BASE, 0, 0, 0, 0).value != 0;
    for (unsigned i = 0; i < BATCH; i++)
        batch[i].eid = SBI_DOPPELHART;
    begin(BATCHED_CALL);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++)
        right &= batch_call(batch, BATCH).value <= BATCH;
    begin(NONE);
    return right;
}

/* The register that C code would take; others may have another price. */
static bool devices(void)
{
    register uint64_t base __asm__("a4") = UART_BASE;
    register uint64_t value __asm__("a5");
    bool right = true;

    begin(LOAD);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++) {
        __asm__ volatile("lbu %0, %2(%1)" : "=r"(value) : "r"(base), "i"(UART_LSR));
        right &= value == (UART_LSR_THRE | UART_LSR_TEMT);
    }
    begin(STORE);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++) {
        value = i;
        __asm__ volatile("sb %0, %2(%1)" : : "r"(value), "r"(base), "i"(UART_SCR));
    }
    begin(CSR);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++)
        __asm__ volatile("csrr %0, cycle" : "=r"(value));
    begin(NONE);
    return right;
}

static bool waits_and_interrupts(void)
{
    csr_write(CSR_STVEC, (uint64_t)software_interrupt);
    csr_write(CSR_SIE, SIE_SSIE);
    csr_set(CSR_SIP, SIP_SSIP);
    begin(WFI);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++)
        __asm__ volatile("wfi");        /* the interrupt is pending, and masked */
    begin(NONE);
    csr_clear(CSR_SIP, SIP_SSIP);
    csr_set(CSR_SSTATUS, SSTATUS_SIE);
    begin(INTERRUPT);
    for (unsigned i = 0; i < PRICES_ROUNDS; i++)
        sbi_call(SBI_IPI, 0, 1, 0, 0);
    begin(NONE);
    csr_clear(CSR_SSTATUS, SSTATUS_SIE);
    return interrupts == PRICES_ROUNDS;
}

static void faults(void)
{
    begin(FAULT);
    for (uint64_t i = 0; i < PAGES; i++)
        *(volatile char *)(PAGES_START + i * PAGE_SIZE) = 1;
    begin(NONE);
}

static void switches(void)
{
    uint64_t until = csr_read(CSR_TIME) + (uint64_t)SWITCH_TICKS * 3 * PRICES_ROUNDS;

    begin(SWITCH);
    while (csr_read(CSR_TIME) < until)
        ;
    begin(NONE);
}

bool guest_main(void)
{
    bool right = calls();

    right &= devices();
    right &= waits_and_interrupts();
    faults();
    switches();
    print(right ? "PASS prices\n" : "FAIL prices\n");
    return right;
}
