/* One instruction in a given state: all registers and the CSRs of a trap are loaded, control goes to the instruction by SRET,
   and the next trap, whatever it is, stores them all again. */
#include "isa.h"
#include "forgery.h"

.macro EACH op
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \op     x\n, 8 * \n(a0)
    .endr
.endm

    .text
/* void trial_run(struct state *state): from state->pc on, in the mode that state->sstatus says, to the next trap. */
    .globl trial_run
trial_run:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    sd      gp, 8(sp)
    sd      tp, 16(sp)
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
    sd      s\n, 24 + 8 * \n(sp)
    .endr
    sd      s8, 88(sp)
    sd      s9, 96(sp)
    sd      s10, 104(sp)
    la      t0, stack_of_caller
    sd      sp, 0(t0)
    sd      s11, 8(t0)
    la      t0, trial_trap
    csrw    stvec, t0
    csrw    sscratch, a0
    ld      t0, STATE_PC(a0)
    csrw    sepc, t0
    ld      t0, STATE_STATUS(a0)
    csrw    sstatus, t0
    ld      t0, STATE_CAUSE(a0)
    csrw    scause, t0
    ld      t0, STATE_TVAL(a0)
    csrw    stval, t0
    EACH    ld
    ld      a0, 80(a0)
    sret

    .balign 4
trial_trap:
    csrrw   a0, sscratch, a0
    EACH    sd
    csrr    t0, sscratch
    sd      t0, 80(a0)
    csrr    t0, sepc
    sd      t0, STATE_PC(a0)
    csrr    t0, sstatus
    sd      t0, STATE_STATUS(a0)
    csrr    t0, scause
    sd      t0, STATE_CAUSE(a0)
    csrr    t0, stval
    sd      t0, STATE_TVAL(a0)
    la      t0, stack_of_caller
    ld      sp, 0(t0)
    ld      s11, 8(t0)
    ld      ra, 0(sp)
    ld      gp, 8(sp)
    ld      tp, 16(sp)
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7
    ld      s\n, 24 + 8 * \n(sp)
    .endr
    ld      s8, 88(sp)
    ld      s9, 96(sp)
    ld      s10, 104(sp)
    addi    sp, sp, 112
    ret

    .bss
    .balign 8
stack_of_caller:
    .zero   16
