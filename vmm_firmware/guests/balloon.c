/* Gives pages of its RAM back, and takes them again, under page tables of its own. */
#include "batch.h"
#include "layout.h"

#define FIRST       (RAM_BASE + 0x180000)
#define PAGES       24
#define FLAGS       (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

enum { INVALID_PARAM = -3, INVALID_ADDRESS = -5, ALREADY_AVAILABLE = -6 };

static uint64_t root[PAGE_SIZE / PTE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static bool right = true;
static volatile uint64_t caught;

static void check(const char *what, bool holds)
{
    if (!holds) {
        print("wrong: ");
        print(what);
        print("\n");
    }
    right &= holds;
}

__attribute__((interrupt("supervisor"), aligned(4))) static void note_and_skip(void)
{
    caught = csr_read(CSR_SCAUSE);
    csr_write(CSR_SEPC, csr_read(CSR_SEPC) + 4);
}

static uint64_t load(uint64_t address)
{
    uint64_t value = 0;

    caught = 0;
    __asm__ volatile(".option push\n.option norvc\nld %0, 0(%1)\n.option pop" : "+r"(value) : "r"(address) : "memory");
    return value;
}

static void store(uint64_t address, uint64_t value)
{
    caught = 0;
    __asm__ volatile(".option push\n.option norvc\nsd %0, 0(%1)\n.option pop" : : "r"(value), "r"(address) : "memory");
}

static uint64_t page(unsigned number)
{
    return FIRST + number * PAGE_SIZE;
}

static int64_t call(uint64_t function, uint64_t address)
{
    return sbi_call(SBI_DOPPELHART, function, address, 0, 0).error;
}

static bool is_given(unsigned number)
{
    return number % 3 != 1;
}

static void fill(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        for (unsigned word = 0; word < PAGE_SIZE; word += 512)
            store(page(i) + word, i + 1);
}

static void given_pages(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        if (is_given(i))
            check("give", call(SBI_GIVE_PAGE, page(i)) == 0);
    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t value = load(page(i) + 512);

        if (is_given(i)) {
            check("a load from a page that is given", caught == EXC_LOAD_ACCESS_FAULT);
            store(page(i), 1);
            check("a store to it", caught == EXC_STORE_ACCESS_FAULT);
        } else {
            check("its neighbour", caught == 0 && value == i + 1);
        }
    }
}

/* The hypervisor itself does not touch such a page for the guest, either. */
static void calls_that_name_them(void)
{
    struct sbi_result batch = batch_call((struct call *)page(2), 1);

    check("a batch there", batch.error == INVALID_ADDRESS && batch.value == 0);
    do {
        batch = batch_call((struct call *)page(2) - 2, 3);
    } while (batch.error == 0);     /* the slice was over */
    check("a batch that ends there", batch.error == INVALID_ADDRESS && batch.value == 2);
    check("text there", sbi_call(SBI_DEBUG_CONSOLE, 0, 1, page(2), 0).error == INVALID_PARAM);
    check("text across it", sbi_call(SBI_DEBUG_CONSOLE, 0, 2, page(2) - 1, 0).error == INVALID_PARAM);
    check("give twice", call(SBI_GIVE_PAGE, page(2)) == INVALID_ADDRESS);
    check("give a part", call(SBI_GIVE_PAGE, page(1) + 8) == INVALID_PARAM);
    check("give a device", call(SBI_GIVE_PAGE, UART_BASE) == INVALID_ADDRESS);
    check("give behind the RAM", call(SBI_GIVE_PAGE, GUEST_RAM_BASE + GUEST_RAM_SIZE) == INVALID_ADDRESS);
    check("take behind the RAM", call(SBI_TAKE_PAGE, GUEST_RAM_BASE + GUEST_RAM_SIZE) == INVALID_ADDRESS);
    check("take before the RAM", call(SBI_TAKE_PAGE, GUEST_RAM_BASE - PAGE_SIZE) == INVALID_ADDRESS);
    check("take what is there", call(SBI_TAKE_PAGE, page(1)) == ALREADY_AVAILABLE);
}

static void taken_pages(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        if (is_given(i))
            check("take", call(SBI_TAKE_PAGE, page(i)) == 0);
    for (unsigned i = 0; i < PAGES; i++)
        for (unsigned word = 0; word < PAGE_SIZE; word += 512)
            check("what a page holds", load(page(i) + word) == (is_given(i) ? 0 : i + 1) && caught == 0);
}

bool guest_main(void)
{
    csr_write(CSR_STVEC, (uint64_t)note_and_skip);
    root[RAM_BASE >> 30] = RAM_BASE >> PAGE_SHIFT << PTE_PPN_SHIFT | FLAGS;
    csr_write(CSR_SATP, SATP_MODE_SV39 | (uint64_t)root >> PAGE_SHIFT);
    __asm__ volatile("sfence.vma" : : : "memory");
    for (unsigned round = 0; round < 2; round++) {
        fill();
        given_pages();
        calls_that_name_them();
        taken_pages();
    }
    print(right ? "PASS balloon\n" : "FAIL balloon\n");
    return right;
}
