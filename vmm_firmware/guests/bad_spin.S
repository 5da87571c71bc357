/* Runs for ever without a trap. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    j       _start
