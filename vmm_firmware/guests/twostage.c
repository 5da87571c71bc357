/* The same work on translations of its own, whatever the hypervisor makes of them: a sweep of working sets and of how often the
   page tables change, then what must hold in detail. */
#include "guest.h"

#ifndef TWOSTAGE_TOUCHES
#define TWOSTAGE_TOUCHES    2048        /* of each point of the sweep; a power of two */
#endif
#ifndef TWOSTAGE_HPM
#define TWOSTAGE_HPM        0           /* 1: hpmcounter3 and 4 count page-table reads and TLB misses */
#endif
#ifndef TWOSTAGE_SVINVAL
#define TWOSTAGE_SVINVAL    1           /* 0: the hart has no SINVAL.VMA */
#endif

#define PAGES_MAX   128
#define FRAMES      (RAM_BASE + 0x100000)
#define DATA        0x40000000ul
#define HUGE        0xc0000000ul        /* a gigapage over the RAM */
#define FLAGS       (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define ENTRIES     (PAGE_SIZE / PTE_SIZE)
#define TABLE       static uint64_t __attribute__((aligned(PAGE_SIZE)))

TABLE root[ENTRIES];
TABLE middle[ENTRIES];
TABLE leaves[ENTRIES];
TABLE other_root[ENTRIES];              /* of ASID 2 */
TABLE other_middle[ENTRIES];
TABLE other_leaves[ENTRIES];

static bool right = true;
static volatile uint64_t caught;        /* scause of the last access that trapped */

/* The orders of sim/vmm/twostage.py. */
static const unsigned sizes[] = { 8, 32, 128 };
static const unsigned intervals[] = { 0, 1024, 256, 64, 16 };

static void check(const char *what, bool holds)
{
    if (!holds) {
        print("wrong: ");
        print(what);
        print("\n");
    }
    right &= holds;
}

static uint64_t pte(uint64_t address, uint64_t flags)
{
    return address >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

static uint64_t satp(const uint64_t *table, uint64_t asid)
{
    return SATP_MODE_SV39 | asid << SATP_ASID_SHIFT | (uint64_t)table >> PAGE_SHIFT;
}

static void use(uint64_t value)
{
    csr_write(CSR_SATP, value);
}

static void fence(void)
{
    __asm__ volatile("sfence.vma" : : : "memory");
}

static void fence_address(uint64_t va)
{
    __asm__ volatile("sfence.vma %0, zero" : : "r"(va) : "memory");
}

static void fence_asid(uint64_t asid)
{
    __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static void fence_both(uint64_t va, uint64_t asid)
{
    __asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(asid) : "memory");
}

static void figure(const char *name, unsigned size, unsigned interval, uint64_t value)
{
    print("figure ");
    print(name);
    print("_");
    print_decimal(size);
    print("_");
    print_decimal(interval);
    print(" ");
    print_decimal(value);
    print("\n");
}

static uint64_t counter(bool misses)
{
    if (!TWOSTAGE_HPM)
        return 0;
    return misses ? csr_read(CSR_HPMCOUNTER4) : csr_read(CSR_HPMCOUNTER3);
}

static void swap_pages(unsigned a, unsigned b)
{
    uint64_t old = leaves[a];

    leaves[a] = leaves[b];
    leaves[b] = old;
    fence_address(DATA + a * PAGE_SIZE);
    fence_address(DATA + b * PAGE_SIZE);
}

/* Reads and writes pages in a random order; pages change places. A page has its words on another line of the data cache than its
   neighbour. The sum depends on each word that was read where it was. */
static uint64_t work(unsigned size, unsigned interval)
{
    uint64_t x = size + interval, sum = 0;

    for (unsigned i = 0; i < TWOSTAGE_TOUCHES; i++) {
        x = x * 6364136223846793005 + 1442695040888963407;

        unsigned page = x >> 40 & (size - 1);
        volatile uint64_t *word = (uint64_t *)(DATA + page * PAGE_SIZE + page * 64 % PAGE_SIZE);

        sum = sum * 31 + *word;
        *word = sum ^ i;
        if (interval && (i & (interval - 1)) == interval - 1)
            swap_pages(page, (page + size / 2) & (size - 1));
    }
    return sum;
}

static void sweep(void)
{
    uint64_t label = 0;

    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (unsigned j = 0; j < sizeof intervals / sizeof intervals[0]; j++) {
            for (unsigned page = 0; page < sizes[i]; page++)    /* all are there before it counts */
                *(volatile uint64_t *)(DATA + page * PAGE_SIZE);

            uint64_t reads = counter(false), misses = counter(true);

            csr_write(CSR_SSCRATCH, ++label);

            uint64_t sum = work(sizes[i], intervals[j]);

            csr_write(CSR_SSCRATCH, 0);
            reads = counter(false) - reads;
            misses = counter(true) - misses;
            figure("sum", sizes[i], intervals[j], sum);
            figure("reads", sizes[i], intervals[j], reads);
            figure("misses", sizes[i], intervals[j], misses);
        }
}

__attribute__((interrupt("supervisor"), aligned(4))) static void note_and_skip(void)
{
    caught = csr_read(CSR_SCAUSE);
    csr_write(CSR_SEPC, csr_read(CSR_SEPC) + 4);
}

/* Four bytes each, for the handler. */
static uint64_t load(uint64_t va)
{
    uint64_t value = 0;

    caught = 0;
    __asm__ volatile(".option push\n.option norvc\nld %0, 0(%1)\n.option pop" : "+r"(value) : "r"(va) : "memory");
    return value;
}

static void store(uint64_t va, uint64_t value)
{
    caught = 0;
    __asm__ volatile(".option push\n.option norvc\nsd %0, 0(%1)\n.option pop" : : "r"(value), "r"(va) : "memory");
}

static uint64_t frame(unsigned number)
{
    return FRAMES + number * PAGE_SIZE;
}

static void set(unsigned page, uint64_t value)
{
    leaves[page] = value;
    fence_address(DATA + page * PAGE_SIZE);
}

static void accessed_and_dirty(void)
{
    const uint64_t va = DATA + PAGE_SIZE;

    set(1, pte(frame(1), FLAGS & ~(PTE_A | PTE_D)));
    load(va);
    check("load, A clear", caught == EXC_LOAD_PAGE_FAULT);
    set(1, pte(frame(1), FLAGS & ~PTE_D));
    load(va);
    check("load, D clear", caught == 0);
    store(va, 1);
    check("store, D clear", caught == EXC_STORE_PAGE_FAULT);
    check("nothing is set behind its back", leaves[1] == pte(frame(1), FLAGS & ~PTE_D));
    set(1, pte(frame(1), FLAGS));
    store(va, 0x1234);
    check("store, D set", caught == 0 && load(va) == 0x1234);
    set(1, pte(frame(1), FLAGS & ~PTE_W));
    store(va, 1);
    check("store, W clear", caught == EXC_STORE_PAGE_FAULT && load(va) == 0x1234);
    set(1, pte(frame(1), FLAGS | PTE_U));
    load(va);
    check("a page of user mode", caught == EXC_LOAD_PAGE_FAULT);
    csr_set(CSR_SSTATUS, SSTATUS_SUM);
    check("and with SUM", load(va) == 0x1234 && caught == 0);
    csr_clear(CSR_SSTATUS, SSTATUS_SUM);
    set(1, pte(frame(1), PTE_V | PTE_X | PTE_A));
    load(va);
    check("a page of code", caught == EXC_LOAD_PAGE_FAULT);
    csr_set(CSR_SSTATUS, SSTATUS_MXR);
    check("and with MXR", load(va) == 0x1234 && caught == 0);
    csr_clear(CSR_SSTATUS, SSTATUS_MXR);
    set(1, pte(frame(1), FLAGS) | 1ull << PTE_RESERVED_SHIFT);
    load(va);
    check("a reserved bit", caught == EXC_LOAD_PAGE_FAULT);
    set(1, pte(0x70000000, FLAGS));
    load(va);
    check("no memory", caught == EXC_LOAD_ACCESS_FAULT);
    set(1, pte(UART_BASE, FLAGS));
    check("a device", (load(va) >> 40 & 0xff) == 0x60 && caught == 0);
    set(1, pte(frame(1), FLAGS));
}

/* A fence for one address is one for all of its page, however large. */
static void large_pages(void)
{
    root[HUGE >> 30] = pte(RAM_BASE, FLAGS);
    store(frame(2), 0x5678);
    check("through a gigapage", load(HUGE + frame(2) - RAM_BASE) == 0x5678);
    root[HUGE >> 30] = 0;
    fence_address(HUGE + 0x3000);
    load(HUGE + frame(2) - RAM_BASE);
    check("the gigapage is gone", caught == EXC_LOAD_PAGE_FAULT);
    root[HUGE >> 30] = pte(RAM_BASE + PAGE_SIZE, FLAGS);
    fence_address(HUGE);
    load(HUGE);
    check("a misaligned gigapage", caught == EXC_LOAD_PAGE_FAULT);
    root[HUGE >> 30] = pte(RAM_BASE, PTE_V | PTE_A);
    fence_address(HUGE);
    load(HUGE);
    check("a pointer with A set", caught == EXC_LOAD_PAGE_FAULT);
    root[HUGE >> 30] = 0;
    fence_address(HUGE);
}

/* Two address spaces; a global page in both. */
static void spaces(void)
{
    const uint64_t own = DATA + 2 * PAGE_SIZE, global = DATA + 3 * PAGE_SIZE;

    other_root[RAM_BASE >> 30] = root[RAM_BASE >> 30];
    other_root[DATA >> 30] = pte((uint64_t)other_middle, PTE_V);
    other_middle[0] = pte((uint64_t)other_leaves, PTE_V);
    store(frame(4), 4);
    store(frame(5), 5);
    store(frame(6), 6);
    set(2, pte(frame(4), FLAGS));
    set(3, pte(frame(6), FLAGS | PTE_G));
    other_leaves[2] = pte(frame(5), FLAGS);
    other_leaves[3] = leaves[3];
    check("space 1", load(own) == 4 && load(global) == 6);
    use(satp(other_root, 2));
    check("space 2", load(own) == 5 && load(global) == 6);
    other_leaves[2] = pte(frame(4), FLAGS);
    fence_both(own, 2);
    check("space 2 after a fence", load(own) == 4 && load(global) == 6);
    other_leaves[2] = pte(frame(6), FLAGS);
    fence_asid(2);
    check("space 2 after a fence for all of it", load(own) == 6 && load(global) == 6);
    use(satp(root, 1));
    check("space 1 again", load(own) == 4 && load(global) == 6);

    /* Many more than a hypervisor would keep. */
    for (uint64_t asid = 3; asid < 12; asid++) {
        use(satp(asid & 1 ? root : other_root, asid));
        check("one of many spaces", load(own) == (asid & 1 ? 4 : 6));
    }
    use(satp(root, 1));
    leaves[3] = pte(frame(5), FLAGS | PTE_G);
    fence();
    check("a global page after a fence for all", load(global) == 5);

    /* Fences count for spaces that are not in use, and without translation, too. */
    leaves[2] = pte(frame(5), FLAGS);
    use(0);
    fence_both(own, 1);
    use(satp(root, 1));
    check("space 1 after a fence without translation", load(own) == 5);
    other_leaves[2] = pte(frame(5), FLAGS);
    fence_both(own, 2);
    use(satp(other_root, 2));
    check("space 2 after a fence from space 1", load(own) == 5);
    use(satp(root, 1));
}

static void fine_fences(void)
{
    const uint64_t va = DATA + 2 * PAGE_SIZE;

    if (!TWOSTAGE_SVINVAL)
        return;
    leaves[2] = pte(frame(6), FLAGS);
    __asm__ volatile(".insn r 0x73, 0, 12, x0, x0, x0\n"            /* sfence.w.inval */
                     ".insn r 0x73, 0, 11, x0, %0, x0\n"            /* sinval.vma */
                     ".insn r 0x73, 0, 12, x0, x0, x1" : : "r"(va) : "memory");     /* sfence.inval.ir */
    check("SINVAL.VMA", load(va) == 6);
}

bool guest_main(void)
{
    root[RAM_BASE >> 30] = pte(RAM_BASE, FLAGS | PTE_X);
    root[DATA >> 30] = pte((uint64_t)middle, PTE_V);
    middle[0] = pte((uint64_t)leaves, PTE_V);
    for (unsigned page = 0; page < PAGES_MAX; page++)
        leaves[page] = pte(frame(page), FLAGS);
    csr_write(CSR_STVEC, (uint64_t)note_and_skip);
    use(satp(root, 1));
    fence();
    sweep();
    accessed_and_dirty();
    large_pages();
    spaces();
    fine_fences();
    print(right ? "PASS twostage\n" : "FAIL twostage\n");
    return right;
}
