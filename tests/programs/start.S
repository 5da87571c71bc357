/* Start of the C programs: `int c_main(void)` returns 0, or the number of the check that failed. */
#include "test.h"

PROGRAM
    la      sp, stack_end
    call    c_main
    mv      gp, a0
    beqz    gp, pass
    j       fail

    .global memset, memcpy                  /* the compiler calls them even from freestanding code */
memset:
    add     a3, a0, a2
    mv      a4, a0
1:  beq     a4, a3, 2f
    sb      a1, 0(a4)
    addi    a4, a4, 1
    j       1b
memcpy:
    add     a3, a1, a2
    mv      a4, a0
3:  beq     a1, a3, 2f
    lbu     a5, 0(a1)
    sb      a5, 0(a4)
    addi    a1, a1, 1
    addi    a4, a4, 1
    j       3b
2:  ret

    .bss
    .balign 16
    .zero   4096
stack_end:
