/* What the guests share: calls to the SBI, printing, CSR access. */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "csr.h"
#include "policy.h"

struct sbi_result {
    int64_t error;
    uint64_t value;
};

static inline struct sbi_result sbi_call(uint64_t eid, uint64_t fid, uint64_t arg0, uint64_t arg1, uint64_t arg2)
{
    register uint64_t a0 __asm__("a0") = arg0;
    register uint64_t a1 __asm__("a1") = arg1;
    register uint64_t a2 __asm__("a2") = arg2;
    register uint64_t a6 __asm__("a6") = fid;
    register uint64_t a7 __asm__("a7") = eid;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a6), "r"(a7) : "memory");
    return (struct sbi_result) { (int64_t)a0, a1 };
}

#define SBI_BASE            0x10
#define SBI_TIME            0x54494d45
#define SBI_IPI             0x735049
#define SBI_HART_STATE      0x48534d
#define SBI_REMOTE_FENCE    0x52464e43
#define SBI_DEBUG_CONSOLE   0x4442434e
#define SBI_SYSTEM_RESET    0x53525354
#define SBI_SET_TIMER       0x00        /* legacy */
#define SBI_PUTCHAR         0x01
#define SBI_GETCHAR         0x02
#define SBI_DOPPELHART      SBI_EID_DOPPELHART
#define SBI_MULTICALL       1           /* its functions */
#define SBI_MACHINE_NUMBER  2
#define SBI_GIVE_PAGE       16
#define SBI_TAKE_PAGE       17

/* Starts another hart of the machine: it calls `run` with its number, on a stack that ends at `stack_end`, and stops. */
struct sbi_result hart_start(uint64_t hart, void (*run)(uint64_t hart), uint64_t *stack_end);
_Noreturn void hart_stop(void);

/* Ends the guest through the SBI: passed or not. */
_Noreturn void guest_exit(bool passed);

/* Prints through the SBI debug console. */
void print(const char *text);
void print_hex(uint64_t value);
void print_decimal(uint64_t value);

/* A line `figure NAME VALUE`, which the judge of a scenario reads. */
void print_figure(const char *name, uint64_t value);

/* Where the device tree of the machine is; NULL on a machine without the hypervisor. */
extern const uint8_t *device_tree;

/* What the guest does; returns whether it passed. */
bool guest_main(void);

#endif
