/* Three harts: started, stopped and suspended, with interrupts and fences between them, and what the SBI says to nonsense. */
#include "guest.h"
#include "layout.h"

enum { NOT_SUPPORTED = -2, INVALID_PARAM = -3, INVALID_ADDRESS = -5, ALREADY_AVAILABLE = -6 };
enum { START, STOP, GET_STATUS, SUSPEND };
enum { STARTED, STOPPED, SUSPENDED = 4 };
enum { FENCE_I, SFENCE_VMA, SFENCE_VMA_ASID, HFENCE_GVMA_VMID };

#define ALL             UINT64_MAX              /* as the base of a mask of harts */
#define PAGE            0x40000000ul            /* virtual, of the hart that reads through its own table */
#define FLAGS           (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
#define ASID            5ul
#define FENCES          4                       /* the first of fences() reach hart 1 */

static bool right = true;
static uint64_t stacks[HARTS][256] __attribute__((aligned(16)));
static volatile uint64_t arrived[HARTS], interrupted[HARTS], turn, seen;
static uint64_t root[PAGE_SIZE / PTE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint64_t middle[PAGE_SIZE / PTE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint64_t leaves[PAGE_SIZE / PTE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint64_t pages[2][PAGE_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));

static void check(const char *what, bool holds)
{
    if (!holds) {
        print("wrong: ");
        print(what);
        print("\n");
    }
    right &= holds;
}

static void fails(const char *what, uint64_t eid, uint64_t fid, uint64_t a0, uint64_t a1, uint64_t a2, int64_t error)
{
    struct sbi_result result = sbi_call(eid, fid, a0, a1, a2);

    check(what, result.error == error && result.value == 0);
}

static bool has_status(uint64_t hart, uint64_t status)
{
    struct sbi_result result = sbi_call(SBI_HART_STATE, GET_STATUS, hart, 0, 0);

    return result.error == 0 && result.value == status;
}

/* The harts take turns on the real one, so another one gets on while this one asks. */
static void await_status(uint64_t hart, uint64_t status)
{
    while (!has_status(hart, status))
        ;
}

static void start(uint64_t hart, void (*run)(uint64_t hart))
{
    check("start", hart_start(hart, run, stacks[hart] + sizeof stacks[hart] / 8).error == 0);
}

static void notes_its_state(uint64_t hart)
{
    check("satp of a started hart", csr_read(CSR_SATP) == 0);
    check("sstatus.SIE of a started hart", !(csr_read(CSR_SSTATUS) & SSTATUS_SIE));
    arrived[hart]++;
    while (turn != arrived[hart])
        ;
}

static void starts_and_stops(void)
{
    const uint64_t somewhere = GUEST_RAM_BASE;

    check("the first hart runs", has_status(0, STARTED));
    check("the others do not", has_status(1, STOPPED) && has_status(2, STOPPED));
    fails("status of no hart", SBI_HART_STATE, GET_STATUS, HARTS, 0, 0, INVALID_PARAM);
    fails("start of no hart", SBI_HART_STATE, START, HARTS, somewhere, 0, INVALID_PARAM);
    fails("start of itself", SBI_HART_STATE, START, 0, somewhere, 0, ALREADY_AVAILABLE);
    fails("start behind the RAM", SBI_HART_STATE, START, 1, GUEST_RAM_BASE + GUEST_RAM_SIZE, 0, INVALID_ADDRESS);
    fails("start at a device", SBI_HART_STATE, START, 1, UART_BASE, 0, INVALID_ADDRESS);
    fails("start at an odd address", SBI_HART_STATE, START, 1, somewhere + 1, 0, INVALID_ADDRESS);
    fails("unknown function", SBI_HART_STATE, 4, 0, 0, 0, NOT_SUPPORTED);
    for (uint64_t times = 1; times <= 2; times++) {
        start(1, notes_its_state);
        fails("start of a started hart", SBI_HART_STATE, START, 1, somewhere, 0, ALREADY_AVAILABLE);
        turn = times;
        await_status(1, STOPPED);
        check("it ran", arrived[1] == times && arrived[2] == 0);
    }
}

/* Suspended until each interrupt: once here, once by WFI. */
static void waits_for_interrupts(uint64_t hart)
{
    csr_write(CSR_SIE, SIE_SSIE);
    check("suspend", sbi_call(SBI_HART_STATE, SUSPEND, 0, 0, 0).error == 0);
    check("an interrupt has come", csr_read(CSR_SIP) & SIP_SSIP);
    check("suspend with an interrupt pending", sbi_call(SBI_HART_STATE, SUSPEND, 0, 0, 0).error == 0);
    csr_clear(CSR_SIP, SIP_SSIP);
    interrupted[hart]++;
    while (!(csr_read(CSR_SIP) & SIP_SSIP))
        __asm__ volatile("wfi");
    csr_clear(CSR_SIP, SIP_SSIP);
    interrupted[hart]++;
}

static void interrupts(void)
{
    fails("interrupt for no hart", SBI_IPI, 0, 1 << HARTS | 2, 0, 0, INVALID_PARAM);
    fails("interrupt from a base that is no hart", SBI_IPI, 0, 0, HARTS, 0, INVALID_PARAM);
    fails("interrupt beyond the last hart", SBI_IPI, 0, 4, 1, 0, INVALID_PARAM);
    fails("unknown function", SBI_IPI, 1, 1, 0, 0, NOT_SUPPORTED);
    fails("reserved suspend", SBI_HART_STATE, SUSPEND, 1, 0, 0, INVALID_PARAM);
    fails("suspend of a platform", SBI_HART_STATE, SUSPEND, 0x10000000, 0, 0, INVALID_PARAM);
    fails("suspend that keeps nothing", SBI_HART_STATE, SUSPEND, 0x80000000, GUEST_RAM_BASE, 0, NOT_SUPPORTED);
    start(1, waits_for_interrupts);
    start(2, waits_for_interrupts);
    await_status(1, SUSPENDED);
    await_status(2, SUSPENDED);
    fails("interrupt for hart 2, by a base", SBI_IPI, 0, 2, 1, 0, 0);
    while (interrupted[2] == 0)
        ;
    check("and not for hart 1", interrupted[1] == 0 && has_status(1, SUSPENDED));
    check("WFI is no suspend", has_status(2, STARTED));
    fails("interrupt for all", SBI_IPI, 0, 0, ALL, 0, 0);
    check("the caller among them", csr_read(CSR_SIP) & SIP_SSIP);
    csr_clear(CSR_SIP, SIP_SSIP);
    while (interrupted[1] == 0)
        ;
    fails("interrupt for hart 1", SBI_IPI, 0, 2, 0, 0, 0);
    await_status(1, STOPPED);
    await_status(2, STOPPED);
    check("each twice", interrupted[1] == 2 && interrupted[2] == 2);
}

static uint64_t pte(const void *address, uint64_t flags)
{
    return (uint64_t)address >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

/* Reads through a translation that hart 0 changes before each odd turn. */
static void reads_through_its_table(uint64_t hart)
{
    csr_write(CSR_SATP, SATP_MODE_SV39 | ASID << SATP_ASID_SHIFT | (uint64_t)root >> PAGE_SHIFT);
    for (arrived[hart] = 0; arrived[hart] < 2 * FENCES; arrived[hart] += 2) {
        while (turn != arrived[hart] + 1)
            ;
        seen = *(volatile uint64_t *)PAGE;
        turn = arrived[hart] + 2;
    }
    csr_write(CSR_SATP, 0);
}

static struct sbi_result fence(uint64_t fid, uint64_t mask, uint64_t base, uint64_t first, uint64_t size)
{
    register uint64_t a0 __asm__("a0") = mask, a1 __asm__("a1") = base, a2 __asm__("a2") = first, a3 __asm__("a3") = size;
    register uint64_t a4 __asm__("a4") = ASID, a6 __asm__("a6") = fid, a7 __asm__("a7") = SBI_REMOTE_FENCE;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result) { (int64_t)a0, a1 };
}

static void fences(void)
{
    static const struct {
        uint64_t fid, mask, base, first, size;
        int64_t error;
    } table[] = {
        { SFENCE_VMA, 2, 0, PAGE, PAGE_SIZE, 0 },
        { SFENCE_VMA_ASID, 1, 1, PAGE, PAGE_SIZE, 0 },
        { SFENCE_VMA, 0, ALL, 0, 0, 0 },
        { SFENCE_VMA_ASID, 0, ALL, 0x1000, UINT64_MAX, 0 },
        { FENCE_I, 7, 0, 0, 0, 0 },
        { FENCE_I, 8, 0, 0, 0, INVALID_PARAM },
        { SFENCE_VMA, 1, HARTS, 0, 0, INVALID_PARAM },
        { SFENCE_VMA, 2, 0, PAGE, -PAGE, 0 },
        { SFENCE_VMA, 2, 0, PAGE, 1 - PAGE, INVALID_ADDRESS },
        { SFENCE_VMA_ASID, 2, 0, -PAGE_SIZE, 2 * PAGE_SIZE, INVALID_ADDRESS },
        { HFENCE_GVMA_VMID, 2, 0, 0, 0, NOT_SUPPORTED },
        { 7, 2, 0, 0, 0, NOT_SUPPORTED },
    };

    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct sbi_result result = fence(table[i].fid, table[i].mask, table[i].base, table[i].first, table[i].size);

        check("result of a fence", result.error == table[i].error && result.value == 0);
    }

    turn = 0;
    pages[1][0] = 1;
    root[2] = pte((void *)RAM_BASE, FLAGS);
    root[PAGE >> 30] = pte(middle, PTE_V);
    middle[0] = pte(leaves, PTE_V);
    leaves[0] = pte(pages[0], FLAGS);
    start(1, reads_through_its_table);
    for (uint64_t i = 0; i < FENCES; i++) {
        leaves[0] = pte(pages[i % 2], FLAGS);
        check("remote fence", fence(table[i].fid, table[i].mask, table[i].base, table[i].first, table[i].size).error == 0);
        turn = 2 * i + 1;
        while (turn != 2 * i + 2)
            ;
        check("the other hart sees the new page", seen == i % 2);
    }
    await_status(1, STOPPED);
}

bool guest_main(void)
{
    starts_and_stops();
    interrupts();
    fences();
    print(right ? "PASS harts\n" : "FAIL harts\n");
    return right;
}
