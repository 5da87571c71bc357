/* Start of the speed program: in M-mode as it is, or with PAGED in VU-mode under two stages of 4 KiB pages. */
#include "test.h"

    .section .tohost, "aw"
    .balign 4096                            /* a page of its own: the model looks at every access to it */
#ifdef PAGED
PROGRAM 1
    MAP     VS_ROOT, 2, TABLE(VS_L1)
    MAP     VS_L1, 0, TABLE(VS_L0)
    MAP     G_ROOT, 2, TABLE(G_L1)
    MAP     G_L1, 0, TABLE(G_L0)
    li      t0, VS_L0
    li      t1, G_L0
    li      t2, PTE_OF(0x80000000, USER_RWX)
    li      t3, 512
1:  sd      t2, 0(t0)
    sd      t2, 0(t1)
    addi    t0, t0, 8
    addi    t1, t1, 8
    addi    t2, t2, PTE_OF(1 << PAGE_SHIFT, 0)
    addi    t3, t3, -1
    bnez    t3, 1b
    SET     vsatp, SV39(VS_ROOT)
    SET     hgatp, SV39X4(G_ROOT)
    FENCE_ALL
    RUN     PRV_VU, work
    j       fail
#else
PROGRAM
#endif
work:
    la      sp, stack_end
    call    c_main
    mv      gp, a0
    beqz    gp, pass
    j       fail

    .section .tohost
    .balign 4096

    .bss
    .balign 16
    .zero   4096
stack_end:
