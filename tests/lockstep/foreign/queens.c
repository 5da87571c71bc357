/* A bare-metal program as anybody might bring it: built with Debian's gcc, no startup files, HTIF on tohost/fromhost. */
#include <stdint.h>

volatile uint64_t tohost __attribute__((section(".tohost"), aligned(64)));
volatile uint64_t fromhost __attribute__((section(".tohost"), aligned(64)));

__attribute__((naked, section(".text.start"))) void _start(void)
{
    __asm__ volatile(".option push; .option norelax; la gp, __global_pointer$; .option pop\n"
                     "la sp, __stack_top\n"
                     "call main\n"
                     "slli a0, a0, 1\n"
                     "ori a0, a0, 1\n"
                     "la t0, tohost\n"
                     "sd a0, 0(t0)\n"
                     "1: j 1b\n");
}

static void host_write(const char *text, uint64_t length)
{
    static volatile uint64_t block[8] __attribute__((aligned(64)));

    block[0] = 64;
    block[1] = 1;
    block[2] = (uint64_t)text;
    block[3] = length;
    __asm__ volatile("fence" ::: "memory");
    tohost = (uint64_t)block;
    while (fromhost == 0)
        ;
    fromhost = 0;
}

static void host_putchar(char c)
{
    while (tohost != 0)
        ;
    tohost = 1ull << 56 | 1ull << 48 | (uint8_t)c;
    while (tohost != 0)
        ;
}

static int solve(int n, unsigned columns, unsigned up, unsigned down)
{
    unsigned full = (1u << n) - 1, free = full & ~(columns | up | down);
    int found = columns == full;

    while (free != 0) {
        unsigned queen = free & -free;

        free ^= queen;
        found += solve(n, columns | queen, (up | queen) << 1, (down | queen) >> 1);
    }
    return found;
}

static uint32_t counts[4] __attribute__((section(".signature"), used));

int main(void)
{
    static const int known[] = { 1, 0, 0, 2, 10, 4 };
    uint64_t product = 1;

    for (int n = 1; n <= 6; n++) {
        int found = solve(n, 0, 0, 0);

        if (found != known[n - 1])
            return n;
        product = product * 31 + (uint64_t)found * 0x9e3779b97f4a7c15u / (unsigned)n;
        counts[n & 3] += (uint32_t)found;
    }
    host_write("queens\n", 7);
    host_putchar((char)('0' + product % 10));
    host_putchar('\n');
    return 0;
}
