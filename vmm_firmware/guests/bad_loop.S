/* A trap handler whose first instruction traps. No exit ever comes of it: the exception is delegated. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    la      a0, handler
    csrw    stvec, a0
    .balign 4
handler:
    .2byte  0
