/* The end of the machine because the hypervisor itself is wrong. Nothing a guest does may lead here. */
#ifndef PANIC_H
#define PANIC_H

/* Prints like console_print() and powers off with a failure. */
_Noreturn void panic(const char *format, ...);

/* A trap taken while the hypervisor ran (switch.S). */
_Noreturn void hypervisor_trap(void);

#endif
