/* The worker's task. It runs in user mode at another virtual address than it is linked to, so it reaches code by
   pc-relative addresses only and data by fixed ones. */
#include "worker.h"

/* The kernel puts the seed into a0, the task its result. */
__attribute__((section(".user"), noinline)) static uint64_t call_kernel(uint64_t result)
{
    register uint64_t a0 __asm__("a0") = result;

    __asm__ volatile("ecall" : "+r"(a0) : : "memory");
    return a0;
}

__attribute__((section(".user"), noreturn)) void task_loop(uint64_t seed);
void task_loop(uint64_t seed)
{
    for (;;)
        seed = call_kernel(work((uint64_t *)TASK_DATA, seed));
}
