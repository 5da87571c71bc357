/* The driver guest: groups of checks, one file each. */
#ifndef DRIVER_H
#define DRIVER_H

#include "guest.h"

/* Compares; prints and counts a difference. */
void check(const char *what, uint64_t got, uint64_t wanted);

/* The exception that the last instruction under watch raised; `cause` is NO_TRAP if none did. */
#define NO_TRAP UINT64_MAX
struct trap {
    uint64_t cause, tval;
};
extern volatile struct trap trap;

/* Trap vector (driver_trap.S): notes the exception in `trap` and goes on behind the instruction, or after a fetch that
   failed at ra. */
void trap_vector(void);

/* Begins to watch. */
static inline void watch(void)
{
    trap.cause = NO_TRAP;
    trap.tval = 0;
}

/* Groups: each leaves its findings to check(). */
void driver_loads(void);
void driver_stores(void);
void driver_compressed(void);
void driver_loopback(void);
void driver_faults(void);
void driver_paging(void);
void driver_user(void);
void driver_csrs(void);
void driver_calls(void);
void driver_wfi(void);
void driver_state(void);
void driver_rounds(void);

#endif
