/* Accesses that no device can answer: the guest gets the exceptions that a machine of its own would give. */
#include "driver.h"

#define HOLE 0x20000000     /* nothing is there */

static void expect(const char *what, uint64_t cause, uint64_t tval)
{
    check(what, trap.cause, cause);
    check(what, trap.tval, tval);
}

#define ATTEMPT(what, insn, address, cause) do {                                                    \
    watch();                                                                                        \
    __asm__ volatile(insn : : "r"((uint64_t)(address)) : "t0", "memory");                           \
    expect(what, cause, address);                                                                   \
} while (0)

void driver_faults(void)
{
    ATTEMPT("lr.w on a device", "lr.w t0, (%0)", UART_BASE, EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("lr.d on a device", "lr.d t0, (%0)", UART_BASE, EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("sc.w on a device", "sc.w t0, zero, (%0)", UART_BASE, EXC_STORE_ACCESS_FAULT);
    ATTEMPT("amoadd.w on a device", "amoadd.w t0, zero, (%0)", UART_BASE + 4, EXC_STORE_ACCESS_FAULT);
    ATTEMPT("amoswap.d on a device", "amoswap.d t0, zero, (%0)", UART_BASE, EXC_STORE_ACCESS_FAULT);

    ATTEMPT("lh misaligned", "lh t0, (%0)", UART_BASE + 1, EXC_LOAD_MISALIGNED);
    ATTEMPT("sw misaligned", "sw zero, (%0)", UART_BASE + 2, EXC_STORE_MISALIGNED);
    ATTEMPT("ld misaligned", "ld t0, (%0)", UART_BASE + 4, EXC_LOAD_MISALIGNED);

    ATTEMPT("load from a hole", "lw t0, (%0)", HOLE, EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("store into a hole", "sd zero, (%0)", HOLE, EXC_STORE_ACCESS_FAULT);
    ATTEMPT("amo in a hole", "amoor.w t0, zero, (%0)", HOLE, EXC_STORE_ACCESS_FAULT);
    ATTEMPT("fetch from a hole", "jalr %0", HOLE, EXC_INSTRUCTION_ACCESS_FAULT);
    ATTEMPT("fetch from a device", "jalr %0", UART_BASE, EXC_INSTRUCTION_ACCESS_FAULT);
    ATTEMPT("load beyond the RAM", "lb t0, (%0)", 0x80200000, EXC_LOAD_ACCESS_FAULT);
    ATTEMPT("store to host memory", "sb zero, (%0)", 0x80400000, EXC_STORE_ACCESS_FAULT);
    ATTEMPT("load beyond Sv39x4", "lb t0, (%0)", 1ull << GPA_BITS, EXC_LOAD_ACCESS_FAULT);
}
