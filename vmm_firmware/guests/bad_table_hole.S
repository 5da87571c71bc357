/* A page table where nothing is. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    li      a0, SATP_MODE_SV39 | 0x200000000 >> PAGE_SHIFT
    csrw    satp, a0
    sfence.vma
