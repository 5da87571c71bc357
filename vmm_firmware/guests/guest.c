/* What the guests share. */
#include "guest.h"

const uint8_t *device_tree;

void guest_exit(bool passed)
{
    sbi_call(SBI_SYSTEM_RESET, 0, 0, passed ? 0 : 1, 0);
    for (;;)
        ;
}

extern char hart_entry[];   /* start.S */

struct sbi_result hart_start(uint64_t hart, void (*run)(uint64_t hart), uint64_t *stack_end)
{
    uint64_t *top = stack_end - 2;      /* a stack is aligned to 16 bytes */

    *top = (uint64_t)run;
    return sbi_call(SBI_HART_STATE, 0, hart, (uint64_t)hart_entry, (uint64_t)top);
}

void hart_stop(void)
{
    sbi_call(SBI_HART_STATE, 1, 0, 0, 0);
    for (;;)
        ;
}

static void print_bytes(const char *text, uint64_t size)
{
    /* The console may take fewer bytes than it is given. */
    while (size > 0) {
        uint64_t written = sbi_call(SBI_DEBUG_CONSOLE, 0, size, (uint64_t)text, 0).value;

        text += written;
        size -= written;
    }
}

void print(const char *text)
{
    uint64_t size = 0;

    while (text[size])
        size++;
    print_bytes(text, size);
}

static void print_number(uint64_t value, unsigned base)
{
    char digits[20];
    unsigned at = sizeof digits;

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    print_bytes(digits + at, sizeof digits - at);
}

void print_hex(uint64_t value)
{
    print("0x");
    print_number(value, 16);
}

void print_decimal(uint64_t value)
{
    print_number(value, 10);
}

void print_figure(const char *name, uint64_t value)
{
    print("figure ");
    print(name);
    print(" ");
    print_decimal(value);
    print("\n");
}
