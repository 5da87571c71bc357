/* Two harts and a lock. First one hart alone takes it again and again; then both want it, and each holds it so long that its
   time slice may end meanwhile. sscratch tells an observer of the real hart who runs and what it does: the number of the hart,
   times 16, and a phase. */
#include "guest.h"

#ifndef SPINLOCK_ALONE
#define SPINLOCK_ALONE  300         /* sections without contention */
#endif
#ifndef SPINLOCK_ROUNDS
#define SPINLOCK_ROUNDS 6           /* sections of each hart with it */
#endif
#ifndef SPINLOCK_HELD
#define SPINLOCK_HELD   5000        /* turns of a loop inside a section, and half of it outside */
#endif

enum phase { NONE, ALONE, WAITS, HOLDS, OUTSIDE };

static volatile uint32_t lock;
static volatile uint64_t inside, sections;      /* who holds it, plus 1; sections so far, counted without atomics */
static volatile bool right = true, finished[2];
static uint64_t stack[512] __attribute__((aligned(16)));

static inline void now(uint64_t hart, enum phase phase)
{
    csr_write(CSR_SSCRATCH, hart << 4 | phase);
}

static inline uint32_t swap(uint32_t value)
{
    uint32_t old;

    __asm__ volatile("amoswap.w.aq %0, %1, (%2)" : "=r"(old) : "r"(value), "r"(&lock) : "memory");
    return old;
}

static inline void take(void)
{
    while (swap(1))
        while (lock)
            __asm__ volatile(".word 0x0100000f");       /* pause */
}

static inline void release(void)
{
    __asm__ volatile("fence rw, w\n\tsw zero, (%0)" : : "r"(&lock) : "memory");
}

static void section(uint64_t hart, uint64_t turns)
{
    uint64_t before = sections;

    inside = hart + 1;
    for (uint64_t i = 0; i < turns; i++)
        right = right && inside == hart + 1;
    sections = before + 1;
}

static void compete(uint64_t hart)
{
    for (unsigned round = 0; round < SPINLOCK_ROUNDS; round++) {
        now(hart, WAITS);
        take();
        now(hart, HOLDS);
        section(hart, SPINLOCK_HELD);
        release();
        now(hart, OUTSIDE);
        for (volatile unsigned i = 0; i < SPINLOCK_HELD / 2; i++)
            ;
    }
    now(hart, NONE);
    finished[hart] = true;
}

static void other(uint64_t hart)
{
    compete(hart);
    sbi_call(SBI_IPI, 0, 1, 0, 0);
}

bool guest_main(void)
{
    now(0, ALONE);
    for (unsigned i = 0; i < SPINLOCK_ALONE; i++) {
        take();
        section(0, 1);
        release();
    }
    now(0, NONE);
    right = right && hart_start(1, other, stack + sizeof stack / sizeof *stack).error == 0;
    compete(0);
    csr_write(CSR_SIE, SIE_SSIE);
    while (!finished[1])
        __asm__ volatile("wfi");
    right = right && sections == SPINLOCK_ALONE + 2 * SPINLOCK_ROUNDS;
    print(right ? "PASS spinlock\n" : "FAIL spinlock\n");
    return right;
}
