/* Round trips through the supervisor: of U-mode and, in a guest, of VS-mode through the hypervisor. */
#include "bench.h"

enum { TRAPS = 200 };

u64 system_calls(u64 count), hypercalls(u64 count), emulations(u64 count), timers(u64 count);

void program(void)
{
    measure("system call", system_calls, TRAPS, TRAPS, TRAPS);
    if (WORLD != WORLD_HS)
        measure("hypercall", hypercalls, TRAPS, TRAPS, TRAPS);
    measure("CSR emulation", emulations, TRAPS, TRAPS, TRAPS);
    measure("timer interrupt", timers, TRAPS, TRAPS, TRAPS);
}
