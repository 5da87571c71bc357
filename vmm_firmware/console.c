/* The machine's own UART, a 16550 that is polled: the hypervisor never waits for an interrupt of it. */
#include "console.h"

#include <stdbool.h>

#include "isa.h"
#include "uart16550.h"

static void put(char c)
{
    volatile uint8_t *uart = (volatile uint8_t *)UART_BASE;

    while (!(uart[UART_LSR] & UART_LSR_THRE))
        ;
    uart[UART_THR] = (uint8_t)c;
}

static void put_string(const char *s)
{
    while (*s)
        put(*s++);
}

static void put_number(uint64_t value, unsigned base)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (n)
        put(digits[--n]);
}

void console_vprint(const char *format, va_list args)
{
    for (; *format; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            put_string(va_arg(args, const char *));
            break;
        case 'u':
            put_number(va_arg(args, uint64_t), 10);
            break;
        case 'x':
            put_string("0x");
            put_number(va_arg(args, uint64_t), 16);
            break;
        }
    }
}

void console_print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    console_vprint(format, args);
    va_end(args);
}

/* A guest must not steer the terminal, or it could write lines in another's name. Bytes of UTF-8 are let through. */
static bool is_harmless(uint8_t c)
{
    return c == '\t' || (c >= ' ' && c != 0x7f);
}

void console_guest_char(struct guest_line *line, unsigned guest, char c)
{
    if (c == '\r')
        return;
    if (c != '\n')
        line->text[line->length++] = is_harmless((uint8_t)c) ? c : '?';
    if (c == '\n' || line->length == GUEST_LINE_MAX) {
        console_print("[guest %u] ", (uint64_t)guest);
        for (unsigned i = 0; i < line->length; i++)
            put(line->text[i]);
        put('\n');
        line->length = 0;
    }
}

void console_guest_flush(struct guest_line *line, unsigned guest)
{
    if (line->length)
        console_guest_char(line, guest, '\n');
}
