/* Start of the C programs: `int main(void)` returns 0, or the number of the check that failed. */
#include "test.h"

PROGRAM
    la      sp, stack_end
    call    c_main
    mv      gp, a0
    beqz    gp, pass
    j       fail

    .bss
    .balign 16
    .zero   4096
stack_end:
