/* A small operating system: Sv39 page tables of its own, a task in user mode whose pages are mapped when it first touches
   them, a timer that ticks through stimecmp and through the SBI in turn. The task's results are computed once more in
   supervisor mode, without translation of the task's addresses, and must be equal. */
#include "guest.h"
#include "worker.h"

#ifndef WORKER_ROUNDS
#define WORKER_ROUNDS 10
#endif
#ifndef TICK
#define TICK            300             /* of `time` */
#endif
#define LAST_TICKS      4               /* spent waiting in WFI */

#define OWN_GP          0x77
#define OWN_TP          0x88
#define PAGE_TABLES     8
#define USER_FLAGS      (PTE_V | PTE_U | PTE_A | PTE_D)
#define KERNEL_FLAGS    (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

extern char user_start[], user_end[];   /* guest.ld */

static uint64_t tables[PAGE_TABLES][PAGE_SIZE / PTE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static unsigned tables_used = 1;        /* the first is the root */
static uint8_t user_pages[TASK_PAGES][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint64_t own_buffer[TASK_WORDS];
static struct task task;
static uint64_t ticks, page_faults;

static uint64_t pte(uint64_t address, uint64_t flags)
{
    return address >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

static void map(uint64_t va, uint64_t pa, unsigned level, uint64_t flags)
{
    uint64_t *table = tables[0];

    for (unsigned at = PAGE_LEVELS - 1;; at--) {
        uint64_t *entry = &table[va >> (PAGE_SHIFT + VPN_BITS * at) & ((1 << VPN_BITS) - 1)];

        if (at == level) {
            *entry = pte(pa, flags);
            return;
        }
        if (!(*entry & PTE_V))
            *entry = pte((uint64_t)tables[tables_used++], PTE_V);
        table = (uint64_t *)((*entry & PTE_PPN) >> PTE_PPN_SHIFT << PAGE_SHIFT);
    }
}

static void start_paging(void)
{
    map(RAM_BASE, RAM_BASE, 1, KERNEL_FLAGS);
    for (uint64_t offset = 0; offset < (uint64_t)(user_end - user_start); offset += PAGE_SIZE)
        map(TASK_CODE + offset, (uint64_t)user_start + offset, 0, USER_FLAGS | PTE_R | PTE_X);
    csr_write(CSR_SATP, SATP_MODE_SV39 | 1ull << SATP_ASID_SHIFT | (uint64_t)tables[0] >> PAGE_SHIFT);
    __asm__ volatile("sfence.vma" : : : "memory");
}

static void next_tick(void)
{
    uint64_t at = csr_read(CSR_TIME) + TICK;

    if (ticks++ & 1)
        sbi_call(SBI_TIME, 0, at, 0, 0);
    else
        csr_write(CSR_STIMECMP, at);
}

static bool map_on_demand(uint64_t address)
{
    uint64_t page = (address - TASK_DATA) >> PAGE_SHIFT;

    if (page >= TASK_PAGES)
        return false;
    page_faults++;
    map(address, (uint64_t)user_pages[page], 0, USER_FLAGS | PTE_R | PTE_W);
    __asm__ volatile("sfence.vma %0, zero" : : "r"(address) : "memory");
    return true;
}

/* Runs the task to its next system call; false if it did something it must not. */
static bool run_to_call(void)
{
    for (;;) {
        uint64_t cause = task_run(&task);

        if (cause == (SCAUSE_INTERRUPT | IRQ_STI)) {
            next_tick();
        } else if (cause == EXC_LOAD_PAGE_FAULT || cause == EXC_STORE_PAGE_FAULT) {
            if (!map_on_demand(csr_read(CSR_STVAL)))
                return false;
        } else {
            task.pc += 4;
            return cause == EXC_ECALL_U;
        }
    }
}

static void putchars(const char *text)
{
    while (*text)
        sbi_call(SBI_PUTCHAR, 0, (uint64_t)*text++, 0, 0);
}

static bool failed(uint64_t round)
{
    print("FAIL round ");
    print_decimal(round);
    print(", cause ");
    print_hex(csr_read(CSR_SCAUSE));
    print("\n");
    return false;
}

bool guest_main(void)
{
    uint64_t checksum = 0;

    putchars("worker: hello through the legacy console\n");
    start_paging();
    task.pc = TASK_CODE + ((uint64_t)task_main - (uint64_t)user_start);
    task.sp = TASK_DATA + TASK_PAGES * PAGE_SIZE;
    task.gp = OWN_GP;                               /* other guests have other values in these three */
    task.tp = OWN_TP;
    csr_write(CSR_SCOUNTEREN, SCOUNTEREN_TM);
    csr_write(CSR_SIE, SIE_STIE);
    next_tick();

    for (uint64_t round = 0; round < WORKER_ROUNDS; round++) {
        uint64_t own = work(own_buffer, round);

        task.a0 = round;
        if (!run_to_call() || task.a0 != own)
            return failed(round);
        checksum = checksum * 31 + own;
        if (round % 5 == 4) {
            print("worker: round ");
            print_decimal(round);
            print("\n");
        }
    }

    for (uint64_t last = ticks + LAST_TICKS; ticks < last; next_tick())
        while (!(csr_read(CSR_SIP) & SIP_STIP))
            __asm__ volatile("wfi");

    print("worker: checksum ");
    print_hex(checksum);
    print(", ");
    print_decimal(page_faults);
    print(" page faults\n");

    bool passed = ticks > LAST_TICKS && page_faults == TASK_BUFFER_PAGES + 1 && task.gp == OWN_GP && task.tp == OWN_TP &&
                  csr_read(CSR_SCOUNTEREN) == SCOUNTEREN_TM;

    print(passed ? "PASS worker\n" : "FAIL worker\n");
    return passed;
}
