/* Reset: the first instruction of the firmware, in M-mode with a0 = hart number and a1 = device tree. */
#include "isa.h"
#include "layout.h"

    .globl  page_pool_end           /* for link.ld */
    .set    page_pool_end, GUEST_HOST_BASE

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

/* Writes a CSR, or goes on where the hart has none: the trap comes straight to the next line. */
.macro WRITE_IF_THERE csr, value
    la      t0, .Lnext\@
    csrw    mtvec, t0
    li      t1, \value
    csrw    \csr, t1
    .balign 4
.Lnext\@:
.endm

/* void open_below(void): lets the lower modes reach all memory and the state that Smstateen would keep from them, HS-mode
   also Xdoppel. A hart without PMP or Smstateen has no such CSRs and no such need. */
    .globl open_below
open_below:
    csrr    t2, mtvec
    WRITE_IF_THERE CSR_PMPCFG0, 0x1f            /* NAPOT, X, W, R */
    WRITE_IF_THERE CSR_PMPADDR0, -1
    WRITE_IF_THERE CSR_MSTATEEN0, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG | MSTATEEN0_C
    WRITE_IF_THERE CSR_HSTATEEN0, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG
    csrw    mtvec, t2
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
    .globl stack
    .balign 16
stack:
    .zero   STACK_SIZE
