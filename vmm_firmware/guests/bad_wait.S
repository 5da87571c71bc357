/* Waits for an interrupt, and has enabled none. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    wfi
    j       _start
