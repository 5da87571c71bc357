/* What must hold of a guest's translations in detail, whatever the hypervisor makes of them. */
#include "twostage.h"

#ifndef TWOSTAGE_SVINVAL
#define TWOSTAGE_SVINVAL    1           /* 0: the hart has no SINVAL.VMA */
#endif

#define HUGE        0xc0000000ul        /* a gigapage over the RAM */

static TABLE other_root[ENTRIES];       /* of ASID 2 */
static TABLE other_middle[ENTRIES];
static TABLE other_leaves[ENTRIES];

static bool right = true;
static volatile uint64_t caught;        /* scause of the last access that trapped */

static void check(const char *what, bool holds)
{
    if (!holds) {
        print("wrong: ");
        print(what);
        print("\n");
    }
    right &= holds;
}

static void fence_asid(uint64_t asid)
{
    __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory");
}

static void fence_both(uint64_t va, uint64_t asid)
{
    __asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(asid) : "memory");
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

bool twostage_details(void)
{
    csr_write(CSR_STVEC, (uint64_t)note_and_skip);
    accessed_and_dirty();
    large_pages();
    spaces();
    fine_fences();
    return right;
}
