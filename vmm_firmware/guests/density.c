/* One of very many: computes its own answer in its own memory, keeps a number of its own in a register of its UART, and sleeps
   by its own timer. sim/vmm/density.py knows the answer. */
#include "guest.h"
#include "uart16550.h"

#define ROUNDS          4           /* as in sim/vmm/density.py */
#define WORDS           64
#define SLEEP_TICKS     50

static volatile uint64_t memory[WORDS];

static volatile uint8_t *const scratch = (volatile uint8_t *)UART_BASE + UART_SCR;

static void sleep(uint64_t ticks)
{
    uint64_t until = csr_read(CSR_TIME) + ticks;

    csr_write(CSR_STIMECMP, until);
    csr_write(CSR_SIE, SIE_STIE);
    while (csr_read(CSR_TIME) < until)
        __asm__ volatile("wfi");
    csr_write(CSR_SIE, 0);
    csr_write(CSR_STIMECMP, UINT64_MAX);
}

bool guest_main(void)
{
    uint64_t number = sbi_call(SBI_DOPPELHART, SBI_MACHINE_NUMBER, 0, 0, 0).value;
    uint64_t answer = number + 1;
    bool mine = true;

    *scratch = (uint8_t)number;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t first = answer;

        for (unsigned i = 0; i < WORDS; i++) {
            memory[i] = answer;
            answer ^= answer << 13;
            answer ^= answer >> 7;
            answer ^= answer << 17;
        }
        if (round == ROUNDS / 2)
            sleep(SLEEP_TICKS);
        for (unsigned i = 0; i < WORDS; i++) {
            mine &= memory[i] == first;
            first ^= first << 13;
            first ^= first >> 7;
            first ^= first << 17;
        }
        mine &= *scratch == (uint8_t)number;
    }
    print_figure("answer", answer);
    return mine;
}
