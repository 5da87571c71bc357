/* Misaligned accesses to a device: misaligned exceptions, or access faults where the hart would carry them out itself. */
#include "isa.h"

    .macro  try instruction, address, misaligned, fault
    li      a0, \address
    la      t0, 9f
    csrw    stvec, t0
    \instruction
    j       fail
    .balign 4
9:  csrr    t0, stval
    bne     t0, a0, fail
    csrr    t0, scause
    li      t1, \misaligned
    beq     t0, t1, 8f
    li      t1, \fault
    bne     t0, t1, fail
8:
    .endm

    .section .text.entry, "ax"
    .globl _start
_start:
    try     "lhu t1, 0(a0)", UART_BASE + 1, EXC_LOAD_MISALIGNED, EXC_LOAD_ACCESS_FAULT
    try     "lw t1, 0(a0)", UART_BASE + 2, EXC_LOAD_MISALIGNED, EXC_LOAD_ACCESS_FAULT
    try     "ld t1, 0(a0)", UART_BASE + 4, EXC_LOAD_MISALIGNED, EXC_LOAD_ACCESS_FAULT
    try     "sh zero, 0(a0)", UART_BASE + 7, EXC_STORE_MISALIGNED, EXC_STORE_ACCESS_FAULT
    try     "sd zero, 0(a0)", UART_BASE + 1, EXC_STORE_MISALIGNED, EXC_STORE_ACCESS_FAULT
    li      a1, 0
    j       end
fail:
    li      a1, 1
end:
    li      a0, 0
    li      a6, 0
    li      a7, 0x53525354
    ecall
