/* The same from user mode of the guest: what the hart refuses in VU-mode, and what the hypervisor must not mistake for
   VS-mode. One gigapage of virtual addresses gives user mode the RAM, another the devices. */
#include "driver.h"

#define GIGAPAGE    (1ull << 30)
#define ENTRIES     512
#define FLAGS       (PTE_V | PTE_A | PTE_D | PTE_R | PTE_W)

enum { DEVICES = 1, KERNEL = 2, USER = 3 };

#define VA(gigapage, address)   ((gigapage) * GIGAPAGE + (address) % GIGAPAGE)

static uint64_t table[ENTRIES] __attribute__((aligned(PAGE_SIZE)));

/* Runs a piece of code below in user mode with this a0, until it traps; returns a0. The exception is in `trap`. */
uint64_t user_run(uint64_t pc, uint64_t a0);

extern const char user_ecall[], user_load[], user_wfi[], user_sret[], user_cycle[], user_satp[], user_fence[],
    user_hgatp[], user_hlv[];

static uint64_t run(const char *code, uint64_t a0)
{
    uint64_t result = user_run(VA(USER, (uint64_t)code), a0);

    check("from user mode", csr_read(CSR_SSTATUS) & SSTATUS_SPP, 0);
    return result;
}

static void expect(const char *what, const char *code, uint64_t cause)
{
    run(code, VA(DEVICES, UART_BASE));
    check(what, trap.cause, cause);
}

static void map(unsigned gigapage, uint64_t pa, uint64_t flags)
{
    table[gigapage] = pa >> PAGE_SHIFT << PTE_PPN_SHIFT | flags;
}

void driver_user(void)
{
    map(DEVICES, 0, FLAGS | PTE_U);
    map(KERNEL, RAM_BASE, FLAGS | PTE_X);
    map(USER, RAM_BASE, FLAGS | PTE_X | PTE_U);
    csr_write(CSR_SATP, SATP_MODE_SV39 | (uint64_t)table >> PAGE_SHIFT);
    __asm__ volatile("sfence.vma" : : : "memory");

    expect("ecall", user_ecall, EXC_ECALL_U);
    check("device", run(user_load, VA(DEVICES, UART_BASE + 5)) & 0x60, 0x60);
    check("device", trap.cause, EXC_ECALL_U);
    expect("wfi", user_wfi, EXC_ILLEGAL_INSTRUCTION);
    expect("sret", user_sret, EXC_ILLEGAL_INSTRUCTION);
    expect("satp", user_satp, EXC_ILLEGAL_INSTRUCTION);
    expect("sfence.vma", user_fence, EXC_ILLEGAL_INSTRUCTION);
    expect("hgatp", user_hgatp, EXC_ILLEGAL_INSTRUCTION);
    expect("hlv.d", user_hlv, EXC_ILLEGAL_INSTRUCTION);
    expect("cycle, not for user mode", user_cycle, EXC_ILLEGAL_INSTRUCTION);
    csr_write(CSR_SCOUNTEREN, SCOUNTEREN_CY);
    expect("cycle, for user mode", user_cycle, EXC_ECALL_U);
    csr_write(CSR_SCOUNTEREN, 0);

    csr_write(CSR_SATP, SATP_MODE_BARE);
    __asm__ volatile("sfence.vma" : : : "memory");
}
