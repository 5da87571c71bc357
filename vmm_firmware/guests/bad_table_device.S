/* A page table in a device: the walk of the next fetch reads the UART. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    li      a0, SATP_MODE_SV39 | UART_BASE >> PAGE_SHIFT
    csrw    satp, a0
    sfence.vma
