/* The worker's task in user mode, and how the worker runs it. */
#ifndef WORKER_H
#define WORKER_H

#include <stdint.h>

#include "isa.h"

/* The task's virtual addresses: code, and data with the buffer at the bottom and the stack at the top. */
#define TASK_CODE           0x00400000
#define TASK_DATA           0x40000000
#define TASK_WORDS          96
#define TASK_BUFFER_PAGES   1
#define TASK_PAGES          4

/* Registers of the task while it does not run (worker_switch.S knows the layout by its order). */
struct task {
    uint64_t pc, ra, sp, gp, tp;
    uint64_t t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7;
    uint64_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6;
};

/* Runs the task until it traps; returns scause. */
uint64_t task_run(struct task *task);

/* First instruction of the task. */
void task_main(void);

/* Fills the buffer from a seed, sorts it, and returns a checksum of the order. Always inline: the task has its own copy,
   on its own pages. Its constants fit into two instructions each: a longer one would be read from a page of the kernel. */
__attribute__((always_inline)) static inline uint64_t work(uint64_t *buffer, uint64_t seed)
{
    uint64_t x = seed * 0x1e3779b1 + 1, sum = 0;

    for (unsigned i = 0; i < TASK_WORDS; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        buffer[i] = x;
    }
    for (unsigned gap = TASK_WORDS / 2; gap > 0; gap /= 2) {        /* Shell's sort */
        for (unsigned i = gap; i < TASK_WORDS; i++) {
            uint64_t value = buffer[i];
            unsigned j = i;

            for (; j >= gap && buffer[j - gap] > value; j -= gap)
                buffer[j] = buffer[j - gap];
            buffer[j] = value;
        }
    }
    for (unsigned i = 0; i < TASK_WORDS; i++)
        sum = (sum ^ buffer[i]) * 0x01000193;
    return sum;
}

#endif
