/* A trap handler that saves a register below a stack pointer that points nowhere. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    la      a0, handler
    csrw    stvec, a0
    li      sp, 0x20000000
    .2byte  0
    .balign 4
handler:
    sd      ra, -8(sp)
