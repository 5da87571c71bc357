/* Two of these talk to each other, each with a disk, an UART and an interrupt controller of its own. sscratch tells an observer of
   the hart what an access to a port is about. */
#include "devices.h"

static volatile unsigned served[PLIC_SOURCES + 1];

static volatile uint32_t *plic(uint64_t offset)
{
    return (volatile uint32_t *)(PLIC_BASE + offset);
}

__attribute__((interrupt("supervisor"), aligned(4))) static void external_interrupt(void)
{
    uint32_t source = *plic(PLIC_CONTEXT + PLIC_CONTEXT_STRIDE + 4);
    uint64_t base = source == BLOCK_IRQ ? BLOCK_BASE : NETWORK_BASE;

    if (source == UART_IRQ)
        (void)*(volatile uint8_t *)(UART_BASE + UART_IIR);
    else if (source != 0)
        virtio_set(base, VIRTIO_INTERRUPT_ACK, virtio_get(base, VIRTIO_INTERRUPT_STATUS));
    served[source]++;
    *plic(PLIC_CONTEXT + PLIC_CONTEXT_STRIDE + 4) = source;
}

static void begin_interrupts(void)
{
    csr_write(CSR_STVEC, (uint64_t)external_interrupt);
    for (unsigned source = 1; source <= UART_IRQ; source++)
        *plic(PLIC_PRIORITY + 4 * source) = 1;
    *plic(PLIC_ENABLE + PLIC_ENABLE_STRIDE) = 1 << UART_IRQ | 1 << BLOCK_IRQ | 1 << NETWORK_IRQ;
    csr_write(CSR_SIE, SIE_SEIE);
    csr_set(CSR_SSTATUS, SSTATUS_SIE);
}

unsigned interrupts_of(unsigned source)
{
    return served[source];
}

void wait_for(unsigned source, unsigned count)
{
    while (served[source] < count) {
        /* Between the look and the wait none may come. */
        csr_clear(CSR_SSTATUS, SSTATUS_SIE);
        if (served[source] < count)
            __asm__ volatile("wfi");
        csr_set(CSR_SSTATUS, SSTATUS_SIE);
    }
}

/* The transmitter is empty as soon as its interrupt is enabled, and again after each byte. */
static bool uart(void)
{
    volatile uint8_t *uart = (volatile uint8_t *)UART_BASE;

    uart[UART_IER] = UART_IER_THRE;
    wait_for(UART_IRQ, 1);
    for (const char *c = "uart\n"; *c; c++) {
        unsigned before = interrupts_of(UART_IRQ);

        uart[UART_THR] = (uint8_t)*c;
        wait_for(UART_IRQ, before + 1);
    }
    uart[UART_IER] = 0;
    return interrupts_of(UART_IRQ) == 6;
}

static void sleep(uint64_t ticks)
{
    uint64_t until = csr_read(CSR_TIME) + ticks;

    csr_write(CSR_SIE, SIE_STIE);
    csr_clear(CSR_SSTATUS, SSTATUS_SIE);
    csr_write(CSR_STIMECMP, until);
    while (csr_read(CSR_TIME) < until)
        __asm__ volatile("wfi");
    csr_write(CSR_STIMECMP, UINT64_MAX);
    csr_write(CSR_SIE, SIE_SEIE);
    csr_set(CSR_SSTATUS, SSTATUS_SIE);
}

static bool report(const char *what, bool right)
{
    print(right ? "PASS " : "FAIL ");
    print(what);
    print("\n");
    return right;
}

bool guest_main(void)
{
    unsigned number = (unsigned)sbi_call(SBI_DOPPELHART, SBI_MACHINE_NUMBER, 0, 0, 0).value;
    volatile uint8_t *secret = (volatile uint8_t *)SECRET_PAGE;
    bool right = true, mine = true;

    /* The network first: before the intruder's frames. */
    begin_interrupts();
    right &= report("network set up", network_begin(number));
    for (unsigned i = 0; i < SECRET; i++)
        secret[i] = pattern(number, EVERYBODY, i);
    right &= report("uart", uart());
    right &= report("disk", disk_begin() && disk_fill(number) && disk_check(number));
    right &= report("ports", ports_check(number));
    sleep(4000);        /* until the others have their network set up */
    right &= report("network", network_talk(number));
    right &= report("disk is untouched", disk_check(number));
    for (unsigned i = 0; i < SECRET; i++)
        mine &= secret[i] == pattern(number, EVERYBODY, i);
    right &= report("memory is untouched", mine);
    network_bye(number);
    print_figure("disk_interrupts", interrupts_of(BLOCK_IRQ));
    print_figure("network_interrupts", interrupts_of(NETWORK_IRQ));
    return right;
}
