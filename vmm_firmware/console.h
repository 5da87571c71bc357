/* The machine's own UART, shared by the hypervisor and the guests line by line. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdarg.h>
#include <stdint.h>

#define GUEST_LINE_MAX 120

/* Output of a guest, held back until its line is complete, so that lines of different guests do not mix. */
struct guest_line {
    unsigned length;
    char text[GUEST_LINE_MAX];
};

/* Prints a format of literal text, %s (const char *), %u and %x (uint64_t). */
void console_print(const char *format, ...);
void console_vprint(const char *format, va_list args);

/* Adds a character to a guest's line, control characters as question marks; prints the line, behind the guest's number, when it ends or is full. */
void console_guest_char(struct guest_line *line, unsigned guest, char c);

/* Prints what a guest has left of an unfinished line. */
void console_guest_flush(struct guest_line *line, unsigned guest);

#endif
