/* Prints all that a machine says of itself and all that it turns out to be, one line for each fact; sim/vmm/view.py has what must
   come of a policy. */
#include "layout.h"
#include "uart16550.h"
#include "virtio_driver.h"

/* Between addresses at which a device may begin; those of the devices' window are a page apart. */
#ifndef IDENTITY_STEP
#define IDENTITY_STEP   0x100000
#endif

#define CSRR_A0         (MATCH_CSRRS | 10 << 7)
#define RET             0x8067
#define TREE_MOST       0x10000
#define FRAME           64

static volatile uint64_t cause;

__attribute__((interrupt("supervisor"), aligned(4))) static void exception(void)
{
    uint64_t pc = csr_read(CSR_SEPC);

    cause = csr_read(CSR_SCAUSE);
    csr_write(CSR_SEPC, pc + ((*(const uint16_t *)pc & 3) == 3 ? 4 : 2));
}

static void fact(const char *name, uint64_t which, uint64_t value)
{
    print(name);
    print(" ");
    print_hex(which);
    print(" ");
    print_hex(value);
    print("\n");
}

static void sbi(void)
{
    static const uint64_t numbers[] = { 0, 1, 2, 4, 5, 6 };     /* functions; 3 is the probe */
    static const uint64_t extensions[] = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, SBI_BASE, SBI_TIME, SBI_IPI, SBI_REMOTE_FENCE, SBI_HART_STATE, SBI_SYSTEM_RESET,
        SBI_DEBUG_CONSOLE, 0x504d55, 0x53555350, 0x43505043, 0x4e41434c, 0x535441, 0x09ffffff, SBI_DOPPELHART,
    };
    uint64_t harts = 0;

    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        fact("base", numbers[i], sbi_call(SBI_BASE, numbers[i], 0, 0, 0).value);
    for (unsigned i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        fact("probe", extensions[i], sbi_call(SBI_BASE, 3, extensions[i], 0, 0).value);
    for (uint64_t hart = 0; hart < 64; hart++)
        harts |= (uint64_t)(sbi_call(SBI_HART_STATE, 2, hart, 0, 0).error == 0) << hart;
    fact("harts", 0, harts);
}

/* Counters that can be read. */
static void counters(void)
{
    static uint32_t code[2];
    uint64_t readable = 0;

    for (uint32_t i = 0; i < 32; i++) {
        code[0] = CSRR_A0 | (CSR_CYCLE + i) << 20;
        code[1] = RET;
        __asm__ volatile("fence.i" : : : "memory");
        cause = 0;
        ((void (*)(void))(uint64_t)code)();
        readable |= (uint64_t)(cause == 0) << i;
    }
    fact("counters", 0, readable);
}

/* Bits of satp.ASID, while RAM is mapped to itself. */
static void address_spaces(void)
{
    static uint64_t root[PAGE_SIZE / PTE_SIZE] __attribute__((aligned(PAGE_SIZE)));

    root[GUEST_RAM_BASE >> 30] = GUEST_RAM_BASE >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
    csr_write(CSR_SATP, SATP_MODE_SV39 | SATP_ASID | (uint64_t)root >> PAGE_SHIFT);

    uint64_t satp = csr_read(CSR_SATP);

    csr_write(CSR_SATP, 0);
    fact("asid", 0, (satp & SATP_ASID) >> SATP_ASID_SHIFT);
}

/* Bytes that cbo.zero clears, 0 if there is no such instruction; whether there is cbo.clean. */
static void cache_blocks(void)
{
    static uint8_t area[512] __attribute__((aligned(512)));
    register uint64_t address __asm__("a0") = (uint64_t)area;
    uint64_t bytes = 0;

    for (unsigned i = 0; i < sizeof area; i++)
        ((volatile uint8_t *)area)[i] = 0xff;
    __asm__ volatile(".insn 4, %1" : : "r"(address), "i"(MATCH_CBO_ZERO | 10 << 15) : "memory");
    while (bytes < sizeof area && ((volatile uint8_t *)area)[bytes] == 0)
        bytes++;
    fact("zeroed", 0, bytes);
    cause = 0;
    __asm__ volatile(".insn 4, %1" : : "r"(address), "i"(MATCH_CBO_CLEAN | 10 << 15) : "memory");
    fact("cleaned", 0, cause == 0);
}

static bool answers(uint64_t address)
{
    cause = 0;
    (void)*(volatile uint32_t *)address;
    return cause == 0;
}

/* What answers at `base` and, whole, up to `last`; somewhere before `next` it ends. */
static void region(uint64_t base, uint64_t last, uint64_t next)
{
    while (next - last > 4) {
        uint64_t middle = last + (next - last) / 8 * 4;

        if (answers(middle))
            last = middle;
        else
            next = middle;
    }
    fact("region", base, next - base);
}

static void regions(uint64_t first, uint64_t end, uint64_t step)
{
    for (uint64_t at = first; at < end;) {
        uint64_t base = at;
        bool there = answers(base);

        /* Neighbours are one region if it has no end between them. */
        do
            at += step;
        while (there && at < end && answers(at) && answers(at - 4));
        if (there)
            region(base, at - step, at);
    }
}

/* The source that has become pending since the last call. */
static void interrupt(uint64_t base)
{
    static uint32_t before;
    uint32_t pending = *(volatile uint32_t *)(PLIC_BASE + PLIC_PENDING), news = pending & ~before, source = 0;

    while (source < 31 && !(news >> source & 1))
        source++;
    before = pending;
    fact("interrupt", base, news == 1u << source ? source : 0);
}

static void interrupts(void)
{
    static struct queue queue;
    static uint8_t sector[SECTOR_SIZE], frame[FRAME];

    *(volatile uint8_t *)(UART_BASE + UART_IER) = UART_IER_THRE;
    interrupt(UART_BASE);
    if (answers(BLOCK_BASE)) {
        virtio_begin(BLOCK_BASE, VIRTIO_ID_BLOCK, VIRTIO_F_VERSION_1);
        virtio_queue(BLOCK_BASE, 0, &queue);
        virtio_go(BLOCK_BASE);
        disk_request(&queue, VIRTIO_BLOCK_IN, 0, sector, sizeof sector);
        interrupt(BLOCK_BASE);
    }
    if (answers(NETWORK_BASE)) {
        virtio_begin(NETWORK_BASE, VIRTIO_ID_NETWORK, VIRTIO_F_VERSION_1);
        virtio_queue(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &queue);
        virtio_go(NETWORK_BASE);
        queue_set(&queue, 0, frame, sizeof frame, 0, 0);
        queue_submit(NETWORK_BASE, VIRTIO_NET_TRANSMIT, &queue, 0);
        interrupt(NETWORK_BASE);
    }
}

/* The device tree, 32 bytes in a line. */
static void tree(void)
{
    char line[2 * 32 + 2];
    uint64_t size = 0;

    fact("tree", 0, (uint64_t)device_tree);
    for (unsigned i = 4; i < 8; i++)
        size = size << 8 | device_tree[i];
    for (uint64_t at = 0; at < size && size <= TREE_MOST; at += 32) {
        unsigned length = 0;

        for (uint64_t i = at; i < size && i < at + 32; i++) {
            line[length++] = "0123456789abcdef"[device_tree[i] >> 4];
            line[length++] = "0123456789abcdef"[device_tree[i] & 15];
        }
        line[length++] = '\n';
        line[length] = 0;
        print(line);
    }
}

bool guest_main(void)
{
    csr_write(CSR_STVEC, (uint64_t)exception);
    sbi();
    counters();
    address_spaces();
    cache_blocks();
    regions(0, DEVICES_BASE, IDENTITY_STEP);
    regions(DEVICES_BASE, DEVICES_BASE + DEVICES_SIZE, PAGE_SIZE);
    regions(DEVICES_BASE + IDENTITY_STEP, 1ull << 32, IDENTITY_STEP);
    interrupts();
    tree();
    return true;
}
