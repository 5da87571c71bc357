/* An illegal instruction, without a trap handler. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    .2byte  0
