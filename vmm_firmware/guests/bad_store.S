/* Stores where nothing is, without a trap handler: stvec is 0, and there is nothing either. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    li      a0, 0x20000000
    sb      zero, 0(a0)
