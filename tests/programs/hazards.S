/* Dependences between neighbours: what a pipeline forwards, stalls for, or must throw away. */
#include "test.h"

PROGRAM
    li      s0, DATA(0)
    li      s1, DATA(1)

    CHECK   1                               /* a load and its user, with nothing, one and two between */
    PUT     DATA(0), 41
    ld      a0, 0(s0)
    addi    a0, a0, 1
    ld      a1, 0(s0)
    nop
    addi    a1, a1, 2
    ld      a2, 0(s0)
    nop
    nop
    addi    a2, a2, 3
    EXPECT  a0, 42
    EXPECT  a1, 43
    EXPECT  a2, 44

    CHECK   2                               /* results of several cycles, used at once and in a chain */
    li      a0, 1000003
    mul     a1, a0, a0
    add     a1, a1, a1
    div     a2, a1, a0
    addi    a3, a0, -3
    rem     a3, a2, a3
    mul     a4, a2, a3
    EXPECT  a1, 2000012000018
    EXPECT  a2, 2000006
    EXPECT  a3, 6
    EXPECT  a4, 12000036

    CHECK   3                               /* a slow result is not written over a later quick one */
    li      a1, 100
    li      a2, 7
    div     a0, a1, a2
    li      a0, 5
    EXPECT  a0, 5
    ld      a0, 0(s0)
    li      a0, 6
    EXPECT  a0, 6
    mul     a0, a1, a2
    mv      a0, a2
    EXPECT  a0, 7

    CHECK   4                               /* x0 forwards nothing */
    ld      x0, 0(s0)
    add     a0, x0, x0
    mul     x0, a1, a2
    add     a1, x0, x0
    csrrw   x0, sscratch, s0
    add     a2, x0, x0
    or      a0, a0, a1
    or      a0, a0, a2
    EXPECT  a0, 0

    CHECK   5                               /* stores and the loads behind them, in all overlaps */
    PUT     DATA(0), 0
    li      a0, 0x1122334455667788
    sd      a0, 0(s0)
    lb      a1, 7(s0)
    lhu     a2, 2(s0)
    sb      a1, 3(s0)
    ld      a3, 0(s0)
    sh      a2, 6(s0)
    lw      a4, 4(s0)
    EXPECT  a1, 0x11
    EXPECT  a2, 0x5566
    EXPECT  a3, 0x1122334411667788
    EXPECT  a4, 0x55663344

    CHECK   6                               /* a store whose data, and one whose address, was just loaded */
    PUT     DATA(0), DATA(1)
    ld      a0, 0(s0)
    sd      a0, 8(s0)
    ld      a1, 8(s0)
    sd      s0, 0(a1)
    ld      a2, 0(s1)
    EXPECT  a1, DATA(1)
    EXPECT  a2, DATA(0)

    CHECK   7                               /* a branch on a value just loaded; nothing of the other path happens */
    PUT     DATA(0), 1
    PUT     DATA(1), 0
    ld      a0, 0(s0)
    bnez    a0, 1f
    sd      s0, 0(s1)
    csrw    sscratch, x0
    div     s0, s0, x0
1:  EXPECT_MEM DATA(1), 0
    EXPECT_CSR sscratch, DATA(0)
    EXPECT  s0, DATA(0)

    CHECK   8                               /* alternating and nested branches */
    li      a0, 0
    li      a1, 0
    li      a2, 40
2:  andi    a3, a1, 3
    beqz    a3, 4f
    andi    a4, a1, 1
    bnez    a4, 3f
    addi    a0, a0, 1
3:  addi    a0, a0, 2
4:  addi    a1, a1, 1
    bne     a1, a2, 2b
    EXPECT  a0, 70

    CHECK   9                               /* jumps through registers just computed and just loaded */
    la      a0, 5f
    sd      a0, 0(s0)
    jr      a0
    j       fail
5:  la      a0, 6f
    sd      a0, 0(s0)
    ld      a0, 0(s0)
    jr      a0
    j       fail
6:
    CHECK   10                              /* a return to another place than the call's */
    jal     ra, 7f
    j       fail
7:  la      ra, 8f
    ret
    j       fail
8:
    CHECK   11                              /* CSR writes are seen by the next instruction */
    li      a0, 11
    csrw    sscratch, a0
    csrr    a1, sscratch
    addi    a1, a1, 1
    csrrw   a2, sscratch, a1
    csrrs   a3, sscratch, x0
    EXPECT  a1, 12
    EXPECT  a2, 11
    EXPECT  a3, 12
    CHECK   12                              /* ... also where they are not read: mepc and MRET, mtvec and a trap */
    la      a0, 9f
    li      a1, MSTATUS_MPP
    csrs    mstatus, a1
    csrw    mepc, a0
    mret
    j       fail
9:  la      a0, other_trap
    csrr    a1, mtvec
    csrw    mtvec, a0
    ecall
    j       fail
    .balign 4
other_trap:
    csrw    mtvec, a1
    EXPECT_CSR mcause, EXC_ECALL_M

    CHECK   13                              /* a trap: everything before it happens, nothing behind it */
    PUT     DATA(0), 0
    PUT     DATA(1), 0
    la      t6, 10f
    csrw    mscratch, t6
    li      a0, 90
    li      a1, 9
    li      a2, 0
    sd      a0, 0(s0)
    div     a0, a0, a1
    ecall
    sd      a1, 0(s1)
    li      a2, 1
10: EXPECT_MEM DATA(0), 90
    EXPECT_MEM DATA(1), 0
    EXPECT  a0, 10
    EXPECT  a2, 0
    CHECK   14                              /* a load that faults leaves its register, and what depended on it waits */
    li      a0, 3
    li      a3, 0x40000000
    TRAPS   EXC_LOAD_ACCESS_FAULT, ld a0, 0(a3)
    EXPECT  a0, 3

    CHECK   15                              /* atomics: the old value, used at once, and the new one in memory */
    li      a1, 4
    amoadd.d a0, a1, (s0)
    amoadd.d a0, a0, (s0)
    ld      a2, 0(s0)
    EXPECT  a0, 94
    EXPECT  a2, 184

    CHECK   16                              /* 32-bit instructions at 2 modulo 4 around a loop of one fetch word */
    .balign 4
    c.li    a0, 0
    .option push
    .option norvc
11: addi    a0, a0, 1
    slti    a1, a0, 50
    bnez    a1, 11b
    .option pop
    EXPECT  a0, 50

    CHECK   17                              /* sums and differences of what was just loaded, and of these in their turn */
    li      a0, -3
    li      a1, 5
    sd      a0, 0(s0)
    sd      a1, 8(s0)
    ld      a2, 0(s0)
    addw    a3, a2, a2
    sub     a4, a1, a3
    subw    a5, a4, a2
    addiw   a6, a5, -7
    add     a7, a6, a1
    xor     t0, a7, a1
    EXPECT  a3, -6
    EXPECT  a4, 11
    EXPECT  a5, 14
    EXPECT  a6, 7
    EXPECT  a7, 12
    EXPECT  t0, 9

    CHECK   18                              /* every kind of branch on it, either way */
    ld      a2, 0(s0)
    bltu    a2, a1, fail
    ld      a2, 0(s0)
    bge     a2, a1, fail
    ld      a2, 0(s0)
    blt     a1, a2, fail
    ld      a2, 0(s0)
    bgeu    a1, a2, fail
    ld      a2, 8(s0)
    bne     a2, a1, fail
    ld      a2, 0(s0)
    beq     a2, a1, fail
    ld      a2, 0(s0)
    blt     a2, a1, 12f
    j       fail
12: ld      a2, 0(s0)
    bgeu    a2, a1, 13f
    j       fail
13: ld      a2, 8(s0)
    beq     a2, a1, 14f
    j       fail
14: ld      a2, 0(s0)
    addi    a3, a2, 8
    beq     a3, a1, 15f
    j       fail
15:
    CHECK   19                              /* CSRs written with it, and with each other */
    ld      a2, 0(s0)
    csrrw   a3, sscratch, a2
    csrrc   a4, sscratch, a1
    mul     a5, a1, a1
    csrrs   a6, sscratch, a5
    csrr    a7, sscratch
    csrw    mscratch, a7
    csrr    t0, mscratch
    EXPECT  a4, -3
    EXPECT  a6, -8
    EXPECT  a7, -7
    EXPECT  t0, -7
    j       pass
