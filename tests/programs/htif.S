/* The host's console. A host that is asked has the data cache emptied; what it held is in RAM then, and it goes on as before. */
#include "test.h"

#define PUT_CHARACTER   0x0101000000000000

PROGRAM
    li      s0, DATA(0)
    li      s1, PUT_CHARACTER | '.'
    la      s2, tohost
    li      a0, 1
    li      a2, 4
1:  mv      gp, a0
    sd      a0, 0(s0)
    sd      s0, 64(s0)
    sd      s1, 0(s2)
    ld      a1, 0(s0)
    bne     a1, a0, fail
    ld      a1, 64(s0)
    bne     a1, s0, fail
    addi    a0, a0, 1
    bne     a0, a2, 1b
    j       pass
