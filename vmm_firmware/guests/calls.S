/* Calls the SBI with random extension and function numbers and arguments; every call must come back. */
#include "isa.h"

    .section .text.entry, "ax"
    .globl _start
_start:
    li      s0, 400
    li      s1, 0x1234567
    li      s2, 6364136223846793005
1:  mul     s1, s1, s2
    addi    s1, s1, 1442
    srli    t0, s1, 33
    andi    t1, t0, 7
    la      t2, extensions
    slli    t1, t1, 3
    add     t1, t1, t2
    ld      a7, 0(t1)
    srli    t0, t0, 3
    andi    a6, t0, 7               /* most functions that exist are among these */
    srli    t0, t0, 3
    mv      a0, s1
    andi    t1, t0, 1
    beqz    t1, 2f
    andi    a0, a0, 15              /* small numbers, too */
2:  srli    a1, s1, 20
    srli    a2, s1, 63
    bnez    t1, 3f
    mv      a7, a1
3:  li      t1, 8                   /* a legacy shutdown would not come back, nor a hart that stops */
    beq     a7, t1, 4f
    li      t1, 0x48534d
    bne     a7, t1, 5f
    addi    t1, a6, -1
    beqz    t1, 4f
5:  ecall
4:  addi    s0, s0, -1
    bnez    s0, 1b

    li      a7, 0x53525354
    li      a6, 0
    li      a0, 0
    li      a1, 0
    ecall

    .section .rodata
    .balign 8
extensions:
    .dword  0x10, 0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x504d55, 0x09000000, 0x09000001
