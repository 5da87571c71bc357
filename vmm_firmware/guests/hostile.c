/* A guest that does whatever could hurt: random instructions on random registers, in both modes, with all interrupts on; and between
   them torn queues, wild calls and ports that it has not. It may well destroy itself; the hypervisor and its neighbours must not
   notice. */
#include "hostile.h"

#include "guest.h"
#include "layout.h"

#ifndef HOSTILE_SEED
#define HOSTILE_SEED    1
#endif
#ifndef HOSTILE_ROUNDS
#define HOSTILE_ROUNDS  1000
#endif
#define CODE_WORDS      (HOSTILE_CODE_SIZE / 4)
#define RESUMES         64          /* traps that one round can have */

static uint64_t seed;
uint32_t code[CODE_WORDS + 1] __attribute__((aligned(PAGE_SIZE)));
uint64_t resumes;
static uint64_t table[PAGE_SIZE / 8] __attribute__((aligned(PAGE_SIZE)));

uint64_t random_bits(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

uint64_t random_value(void)
{
    static const uint64_t values[] = {
        DEVICES_BASE, DEVICES_BASE + PAGE_SIZE, DEVICES_BASE + 2 * PAGE_SIZE, DEVICES_BASE + 3 * PAGE_SIZE, DEVICES_BASE + DEVICES_SIZE,
        PORTS_BASE, PLIC_BASE, PLIC_BASE + 0x2000, PLIC_BASE + 0x201000, GUEST_RAM_BASE + GUEST_RAM_SIZE / 2,
        GUEST_RAM_BASE + GUEST_RAM_SIZE - 8, SBI_BASE, SBI_TIME, SBI_IPI, SBI_HART_STATE, SBI_DEBUG_CONSOLE, SBI_DOPPELHART,
        SBI_REMOTE_FENCE, 0, UINT64_MAX, 1ull << 41, 1ull << 63,
    };
    uint64_t value = random_bits();

    switch (value >> 60) {
    case 0: case 1: case 2: case 3:
        return value;
    case 4: case 5:
        return value & 0xff;
    default:
        return values[value % (sizeof values / sizeof values[0])] + (value >> 40 & 1 ? value >> 48 & 0xff : 0);
    }
}

static uint32_t random_insn(void)
{
    static const uint32_t privileged[] = { MATCH_ECALL, MATCH_SRET, MATCH_SFENCE_VMA, MATCH_SINVAL_VMA, MATCH_HFENCE_GVMA,
                                           MATCH_HLV_D, MATCH_FENCE_I, MATCH_MRET, MATCH_PAUSE, MATCH_WFI };
    static const uint8_t opcodes[] = { MATCH_LB, MATCH_SB, MATCH_LR_W & 0x7f, MATCH_FENCE, 0x73, 0x73 };
    uint64_t bits = random_bits();

    switch (bits >> 61) {
    case 0:
        return (uint32_t)bits;
    case 1: case 2:
        return privileged[bits % (sizeof privileged / sizeof privileged[0] - (bits >> 40 & 255 ? 1 : 0))];
    default:
        return ((uint32_t)bits & ~0x7fu) | opcodes[(bits >> 32) % sizeof opcodes];
    }
}

/* Now and then with a page table of random entries, of which the gigabyte of RAM is mostly right. */
static void random_translation(void)
{
    for (unsigned i = 0; i < 8; i++)
        table[i] = random_bits() & (random_bits() & 1 ? UINT64_MAX : PTE_PPN | 0xff);
    if (random_bits() & 63)
        table[2] = GUEST_RAM_BASE / PAGE_SIZE << PTE_PPN_SHIFT | PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
    csr_write(CSR_SATP, SATP_MODE_SV39 | (uint64_t)table / PAGE_SIZE);
    __asm__ volatile("sfence.vma" : : : "memory");
}

/* Without translation, and without interrupts, which the random code may have left on. */
static void something_else(unsigned round)
{
    static uint64_t bells;

    csr_write(CSR_SATP, 0);
    switch (random_bits() & 3) {
    case 0:
        bells += hostile_rings();
        break;
    case 1:
        hostile_calls();
        break;
    case 2:
        hostile_ports();
        break;
    }
    if (round % 16 == 15)
        print_figure("bells", bells);
}

bool guest_main(void)
{
    static uint64_t regs[32];

    seed = HOSTILE_SEED * 0x9e3779b97f4a7c15 + csr_read(CSR_TIME);
    for (unsigned round = 0; round < HOSTILE_ROUNDS; round++) {
        for (unsigned i = 0; i < CODE_WORDS; i++)
            code[i] = random_insn();
        code[CODE_WORDS] = MATCH_EBREAK;
        for (unsigned i = 0; i < 32; i++)
            regs[i] = random_value();
        __asm__ volatile("fence.i" : : : "memory");
        csr_write(CSR_SATP, 0);
        if ((random_bits() & 7) == 0)
            random_translation();
        csr_write(CSR_SIE, random_bits());
        csr_write(CSR_STIMECMP, csr_read(CSR_TIME) + (random_bits() & 0xff));
        csr_write(CSR_SEPC, (uint64_t)code);
        csr_write(CSR_SSTATUS, random_bits() & (SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SUM | SSTATUS_MXR));
        resumes = RESUMES;
        hostile_run(regs);
        something_else(round);
    }
    return true;
}
