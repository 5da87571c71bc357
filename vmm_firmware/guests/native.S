/* The machine-mode firmware below a guest that runs on a machine of its own, without a hypervisor: it delegates what there is,
   shows all counters, and answers the two SBI calls that guests make to print and to end. native.inc names the image. */
#include "isa.h"

    .section .guest, "ax"
    .globl guest_start
guest_start:
#include "native.inc"

    .text
    .globl _start
_start:
    la      t0, 1f
    csrw    mtvec, t0
    li      t0, -1
    csrw    CSR_PMPADDR0, t0            /* not every hart has it */
    li      t0, 0x1f
    csrw    CSR_PMPCFG0, t0
    .balign 4
1:  la      t0, 2f
    csrw    mtvec, t0
    li      t0, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG
    csrw    CSR_MSTATEEN0, t0
    .balign 4
2:  la      t0, machine_trap
    csrw    mtvec, t0
    li      t0, MEDELEG_WRITABLE & ~(1 << EXC_ECALL_S)
    csrw    medeleg, t0
    li      t0, MIDELEG_SSI | MIDELEG_STI | MIDELEG_SEI
    csrw    mideleg, t0
    li      t0, MENVCFG_STCE | MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE
    csrw    CSR_MENVCFG, t0
    li      t0, -1
    csrw    CSR_STIMECMP, t0
    csrw    mcounteren, t0
    li      t0, PRV_S << MSTATUS_MPP_SHIFT
    csrw    mstatus, t0
    la      t0, guest_start
    csrw    mepc, t0
    li      a0, 0
    li      a1, 0
    mret

/* An environment call from S-mode; all registers but a0 and a1 stay as they are. Whatever else comes ends the run. */
    .balign 4
machine_trap:
    csrw    mscratch, t0
    csrr    t0, mcause
    addi    t0, t0, -EXC_ECALL_S
    bnez    t0, fail
    csrr    t0, mepc
    addi    t0, t0, 4
    csrw    mepc, t0
    li      t0, 0x4442434e              /* debug console, write: size, address */
    bne     a7, t0, end
    addi    sp, sp, -32
    sd      t1, 0(sp)
    sd      t2, 8(sp)
    sd      a0, 16(sp)
    la      t1, tohost
1:  beqz    a0, 3f
    lbu     t2, 0(a1)
    li      t0, 0x0101
    slli    t0, t0, 48
    or      t2, t2, t0
    sd      t2, 0(t1)
2:  ld      t2, 0(t1)
    bnez    t2, 2b
    addi    a0, a0, -1
    addi    a1, a1, 1
    j       1b
3:  ld      t1, 0(sp)
    ld      t2, 8(sp)
    ld      a1, 16(sp)
    addi    sp, sp, 32
    csrr    t0, mscratch
    mret

/* System reset: a1 is why. */
end:
    slli    a0, a1, 1
    j       finish
fail:
    li      a0, 255 << 1
finish:
    ori     a0, a0, 1
    la      t1, tohost
    sd      a0, 0(t1)
1:  j       1b
