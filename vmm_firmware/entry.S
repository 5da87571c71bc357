/* Reset: the first instruction of the firmware, in M-mode with a0 = hart number and a1 = device tree. */
#include "isa.h"
#include "layout.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    csrw    mie, zero
    bnez    a0, park                /* one hart runs; others must not touch the stack */
    la      sp, stack_top
    la      t0, bss_start
    la      t1, bss_end
1:  bgeu    t0, t1, 2f
    sd      zero, 0(t0)
    addi    t0, t0, 8
    j       1b
2:  la      t0, machine_trap
    csrw    mtvec, t0
    call    shim_main
    .balign 4
park:
    wfi
    j       park

/* void pmp_open(void): lets the lower modes reach all memory. A hart without PMP has no such CSRs and no such need: the
   trap goes straight to the end. Addresses of the CSRs as in "Physical Memory Protection CSRs". */
    .globl pmp_open
pmp_open:
    la      t0, 1f
    csrrw   t0, mtvec, t0
    li      t1, -1
    csrw    0x3b0, t1               /* pmpaddr0 */
    li      t1, 0x1f                /* NAPOT, X, W, R */
    csrw    0x3a0, t1               /* pmpcfg0 */
    .balign 4
1:  csrw    mtvec, t0
    ret

/* Nothing traps to M-mode once the hypervisor runs; whatever does is a fault of the firmware. */
    .balign 4
machine_trap:
    la      t0, park                /* the report may trap again, where there is no finisher */
    csrw    mtvec, t0
    la      sp, stack_top
    call    shim_trap
    j       park

    .section .stack, "aw", @nobits
    .balign 16
    .zero   STACK_SIZE
