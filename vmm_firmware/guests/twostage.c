/* The same work on translations of its own, whatever the hypervisor makes of them: a sweep of working sets and of how often the
   page tables change. */
#include "twostage.h"

#ifndef TWOSTAGE_TOUCHES
#define TWOSTAGE_TOUCHES    2048        /* of each point of the sweep; a power of two */
#endif
#ifndef TWOSTAGE_HPM
#define TWOSTAGE_HPM        0           /* 1: hpmcounter3 and 4 count page-table reads and TLB misses */
#endif

TABLE root[ENTRIES];
TABLE middle[ENTRIES];
TABLE leaves[ENTRIES];

/* The orders of sim/vmm/twostage.py. */
static const unsigned sizes[] = { 8, 32, 128 };
static const unsigned intervals[] = { 0, 1024, 256, 64, 16 };

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

bool guest_main(void)
{
    root[RAM_BASE >> 30] = pte(RAM_BASE, FLAGS | PTE_X);
    root[DATA >> 30] = pte((uint64_t)middle, PTE_V);
    middle[0] = pte((uint64_t)leaves, PTE_V);
    for (unsigned page = 0; page < PAGES_MAX; page++)
        leaves[page] = pte(frame(page), FLAGS);
    use(satp(root, 1));
    fence();
    sweep();

    bool right = twostage_details();

    print(right ? "PASS twostage\n" : "FAIL twostage\n");
    return right;
}
