/* What a measured program uses. It runs in one of these worlds, all with the same C:

     M      M-mode, no translation
     HS     HS-mode under Sv39 with 4-KiB pages
     VS4K   VS-mode under Sv39 and Sv39x4, 4-KiB pages in both stages
     VS2M   VS-mode, 4-KiB pages in the VS-stage and 2-MiB pages in the G-stage

   All RAM that the program uses is at its own address, in both stages; its first 2 MiB are at USER_ALIAS for U-mode, too. */
#ifndef BENCH_H
#define BENCH_H

#define USER_ALIAS 0x40000000
#ifndef __ASSEMBLER__
typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;
typedef int s32;
typedef short s16;

enum { HPM_COUNTERS = 4 };      /* events BRANCH_MISS, FETCH_MISS, DATA_MISS, TLB_MISS; 0 without Zihpm */

/* One measured piece of work; the list lies between begin_signature and end_signature, ended by an empty name. */
struct measurement {
    char name[16];
    u64 cycles, instructions, count, result, hpm[HPM_COUNTERS];
};

/* Calls `work(argument)` once to warm up, once on the clock. `count` is how many times the work does whatever is counted.
   What the two calls return must be `expected`: the program ends with exit code 1 otherwise. */
void measure(const char *name, u64 (*work)(u64), u64 argument, u64 count, u64 expected);

/* The program: measures its pieces. */
void program(void);

#endif
#endif
