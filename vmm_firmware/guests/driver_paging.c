/* Device accesses through page tables of the guest's own: the trap reports two addresses, and the guest must see only its
   virtual one. One gigapage entry for each case. */
#include "driver.h"

#define GIGAPAGE        (1ull << 30)
#define ENTRIES         512
#define FLAGS           (PTE_V | PTE_A | PTE_D)
#define HOLE            0x4000000000

/* Gigapages of virtual addresses. The guest itself stays where it is, in number 2. */
enum { DEVICE = 1, MEMORY = 2, EXECUTE_ONLY = 3, NOWHERE = 4, TABLE_IN_DEVICE = 5, TABLE_NOWHERE = 6 };

#define VA(gigapage, address)   ((gigapage) * GIGAPAGE + (address) % GIGAPAGE)

static uint64_t table[ENTRIES] __attribute__((aligned(PAGE_SIZE)));

static void entry(unsigned gigapage, uint64_t pa, uint64_t flags)
{
    table[gigapage] = pa >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

static void fence(void)
{
    __asm__ volatile("sfence.vma" : : : "memory");
}

#define ATTEMPT(what, insn, address, expected) do {                                                 \
    uint64_t at_ = (address);                                                                       \
    watch();                                                                                        \
    __asm__ volatile(insn : : "r"(at_) : "t0", "ra", "memory");                                     \
    check(what, trap.cause, expected);                                                              \
    check(what " stval", trap.tval, at_);                                                           \
} while (0)

/* lbu a0, 7(a0); ret: run from the execute-only alias of its page, where only HLVX can read it. */
uint8_t read_scratch(uint64_t uart);
__asm__(".balign 4\n.globl read_scratch\nread_scratch:\n lbu a0, 7(a0)\n ret\n");

static void devices(void)
{
    volatile uint8_t *uart = (volatile uint8_t *)VA(DEVICE, UART_BASE);
    uint8_t (*alias)(uint64_t) = (uint8_t (*)(uint64_t))VA(EXECUTE_ONLY, (uint64_t)read_scratch);

    uart[7] = 0x91;
    check("device behind a page table", uart[7], 0x91);
    check("device, code that cannot be read", alias((uint64_t)uart), 0x91);
    ATTEMPT("amo on a device", "amoadd.w t0, zero, (%0)", VA(DEVICE, UART_BASE), EXC_STORE_ACCESS_FAULT);
    ATTEMPT("lr on a device", "lr.w t0, (%0)", VA(DEVICE, UART_BASE), EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("fetch from a device", "jalr %0", VA(DEVICE, UART_BASE), EXC_INSTRUCTION_PAGE_FAULT);
}

static void holes(void)
{
    ATTEMPT("load from a hole", "ld t0, (%0)", VA(NOWHERE, 0x18), EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("store into a hole", "sd zero, (%0)", VA(NOWHERE, 0x18), EXC_STORE_ACCESS_FAULT);
    ATTEMPT("fetch from a hole", "jalr %0", VA(NOWHERE, 0x18), EXC_INSTRUCTION_ACCESS_FAULT);
    ATTEMPT("load, table in a device", "ld t0, (%0)", VA(TABLE_IN_DEVICE, 0), EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("store, table in a device", "sd zero, (%0)", VA(TABLE_IN_DEVICE, 0), EXC_STORE_ACCESS_FAULT);
    ATTEMPT("fetch, table in a device", "jalr %0", VA(TABLE_IN_DEVICE, 0), EXC_INSTRUCTION_ACCESS_FAULT);
    ATTEMPT("load, table in a hole", "ld t0, (%0)", VA(TABLE_NOWHERE, 0), EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("amo, table in a hole", "amoor.d t0, zero, (%0)", VA(TABLE_NOWHERE, 0), EXC_STORE_ACCESS_FAULT);
}

void driver_paging(void)
{
    entry(DEVICE, 0, FLAGS | PTE_R | PTE_W);
    entry(MEMORY, RAM_BASE, FLAGS | PTE_R | PTE_W | PTE_X);
    entry(EXECUTE_ONLY, RAM_BASE, FLAGS | PTE_X);
    entry(NOWHERE, HOLE, FLAGS | PTE_R | PTE_W | PTE_X);
    entry(TABLE_IN_DEVICE, UART_BASE, PTE_V);
    entry(TABLE_NOWHERE, HOLE, PTE_V);
    csr_write(CSR_SATP, SATP_MODE_SV39 | (uint64_t)table >> PAGE_SHIFT);
    fence();

    devices();
    holes();

    csr_write(CSR_SATP, SATP_MODE_BARE);
    fence();
}
