/* The M-mode part: opens the machine to HS-mode once and is not needed again. */
#ifndef SHIM_H
#define SHIM_H

/* Sets up M-mode and leaves it for hypervisor_main(). */
void shim_main(void);

/* A trap to M-mode after that: says what it was and ends the machine. */
_Noreturn void shim_trap(void);

/* entry.S */
void open_below(void);

#endif
