/* Tries what it must not: memory and devices of others by addresses, by descriptors, by sectors, by frames, by ports. */
#include "intruder.h"
#include "uart16550.h"

#define PROBES      200

static volatile uint64_t cause;
static unsigned attempts, failures;

void expect(const char *what, bool right)
{
    attempts++;
    if (right)
        return;
    failures++;
    print("FAIL ");
    print(what);
    print("\n");
}

__attribute__((interrupt("supervisor"), aligned(4))) static void exception(void)
{
    uint64_t pc = csr_read(CSR_SEPC);

    cause = csr_read(CSR_SCAUSE);
    csr_write(CSR_SEPC, pc + ((*(const uint16_t *)pc & 3) == 3 ? 4 : 2));
}

static void probe(uint64_t address)
{
    cause = 0;
    (void)*(volatile uint8_t *)address;
    expect("load from what is not ours", cause == EXC_LOAD_ACCESS_FAULT);
    cause = 0;
    *(volatile uint8_t *)address = 0x55;
    expect("store to what is not ours", cause == EXC_STORE_ACCESS_FAULT);
}

/* Where the hypervisor, its guests and the machine's devices are for the host, and anywhere. */
static void addresses(void)
{
    const uint64_t hosts[] = {
        0x1000, 0x100000, 0x2004000, 0x30020000, UART_BASE + UART_SIZE, UART_BASE + PAGE_SIZE, NETWORK_BASE + 0x200, NETWORK_BASE + PAGE_SIZE,
        RAM_BASE - 1, RAM_END, RAM_END + GUEST_RAM, RAM_END + 2 * GUEST_RAM, RAM_END + 3 * GUEST_RAM - 1, 1ull << GPA_BITS, -8ull,
    };
    uint64_t address = 0x9e3779b97f4a7c15;

    for (unsigned i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        probe(hosts[i]);
    for (unsigned i = 0; i < PROBES; i++) {
        address ^= address << 13;
        address ^= address >> 7;
        address ^= address << 17;

        uint64_t anywhere = address >> (i % 40);

        if (anywhere - RAM_BASE >= GUEST_RAM && anywhere - PLIC_BASE >= PLIC_SIZE && anywhere >> 28 != UART_BASE >> 28)
            probe(anywhere);
    }
}

/* This machine has none at all. */
static void ports(void)
{
    for (uint64_t port = 0; port < UART_REGISTERS; port++) {
        volatile uint8_t *address = (volatile uint8_t *)PORTS_BASE + port;

        *address = 0x99;
        expect("a port of another's", *address == 0xff);
    }
}

bool guest_main(void)
{
    unsigned number = (unsigned)sbi_call(SBI_DOPPELHART, SBI_MACHINE_NUMBER, 0, 0, 0).value;
    uint64_t leaked, overheard;

    eavesdrop_begin(number);
    csr_write(CSR_STVEC, (uint64_t)exception);
    leaked = intrude_memory_by_disk();
    intrude_disk();
    addresses();
    ports();
    overheard = eavesdrop(number);
    intrude_network();
    print_figure("attempts", attempts);
    print_figure("leaked", leaked);
    print_figure("overheard", overheard);
    print(failures + leaked + overheard ? "FAIL intruder\n" : "PASS intruder\n");
    return failures + leaked + overheard == 0;
}
