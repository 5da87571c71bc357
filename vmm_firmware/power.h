/* Ending the machine. */
#ifndef POWER_H
#define POWER_H

/* Exit codes of the machine. */
enum { EXIT_PASSED = 0, EXIT_GUEST_FAILED = 1, EXIT_PANIC = 2, EXIT_REFUSED = 3 };

/* Ends the machine with this exit code; does not return. */
_Noreturn void power_off(int code);

#endif
