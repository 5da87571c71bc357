/* Access to control and status registers by their number in isa.h (Zicsr). */
#ifndef CSR_H
#define CSR_H

#include <stdint.h>

#include "isa.h"

#define csr_read(csr) ({                                                            \
    uint64_t value_;                                                                \
    __asm__ volatile("csrr %0, %1" : "=r"(value_) : "i"(csr) : "memory");           \
    value_; })

#define csr_write(csr, value)                                                       \
    __asm__ volatile("csrw %0, %1" : : "i"(csr), "r"((uint64_t)(value)) : "memory")

#define csr_set(csr, bits)                                                          \
    __asm__ volatile("csrs %0, %1" : : "i"(csr), "r"((uint64_t)(bits)) : "memory")

#define csr_clear(csr, bits)                                                        \
    __asm__ volatile("csrc %0, %1" : : "i"(csr), "r"((uint64_t)(bits)) : "memory")

/* Writes, then reads back: a WARL field may refuse a value, and a hypervisor that does not look would run with less
   isolation than it believes. `needed` are the bits that must have taken the written value. */
#define csr_write_checked(csr, value, needed) do {                                  \
    csr_write(csr, value);                                                          \
    uint64_t got_ = csr_read(csr);                                                  \
    if ((got_ ^ (uint64_t)(value)) & (needed))                                      \
        panic("CSR %x: wrote %x, holds %x\n", (uint64_t)(csr), (uint64_t)(value), got_);    \
} while (0)

#endif
