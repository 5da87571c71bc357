/* Code that changes, or whose translation goes away, without a fence. A hart may run on with what it has; when the
   hypervisor then has to read an instruction that the hart did not report, it finds another one, or its own access faults.
   The guest sees the old or the new: here either access, there either nothing or the page fault of its fetch, in the
   mode that it was in. */
#include "isa.h"

#define FLAGS   (PTE_V | PTE_A | PTE_D)

/* Gigapages of virtual addresses. Those from 3 on are for the code under test, in either mode. */
#define KERNEL  2
#define CODE    3
#define DEVICES 4
#define MEMORY  5

    .macro  map gigapage, address, flags
    li      t0, (\address) >> PAGE_SHIFT << PTE_PPN_SHIFT | FLAGS | (\flags)
    or      t0, t0, s2
    sd      t0, PTE_SIZE * \gigapage(s0)
    .endm

    .macro  at reg, gigapage, symbol
    la      \reg, \symbol
    li      t0, \gigapage << 30 ^ RAM_BASE
    xor     \reg, \reg, t0
    .endm

    .section .text.entry, "ax"
    .globl _start
_start:
    la      t0, fail
    csrw    stvec, t0

    /* A load becomes a store. It runs once in memory, and nothing traps from there to its run on the device. */
    li      a3, UART_BASE + 7
    li      t0, 0x11
    sb      t0, 0(a3)
    lw      t0, store
    la      a1, patch
    la      a2, table
    jalr    a1
    sw      t0, 0(a1)
    mv      a2, a3
    li      t1, 0x22
    jalr    a1
    lbu     t0, 0(a2)
    beq     t0, t1, 1f              /* both 0x22: stored; both 0x11: loaded */
    j       fail
    .balign 4
patch:
    lbu     t1, 0(a2)
    ret
    .balign 4
store:
    .option push
    .option norvc
    sb      t1, 0(a2)
    .option pop
1:
    la      s0, table
    li      s1, SSTATUS_SPP
    li      s2, 0                   /* PTE_U in the second round */
round:
    mv      s3, s2
    li      s2, 0
    map     KERNEL, RAM_BASE, PTE_R | PTE_W | PTE_X
    mv      s2, s3
    map     CODE, RAM_BASE, PTE_R | PTE_X
    map     DEVICES, 0, PTE_R | PTE_W
    map     MEMORY, RAM_BASE, PTE_R | PTE_W
    srli    t0, s0, PAGE_SHIFT
    li      t1, SATP_MODE_SV39
    or      t0, t0, t1
    csrw    satp, t0
    sfence.vma

    la      t0, back
    csrw    stvec, t0
    at      t1, CODE, code
    csrw    sepc, t1
    li      t0, SSTATUS_SPP
    csrc    sstatus, t0
    csrs    sstatus, s1
    li      a0, DEVICES << 30 | (UART_BASE + 5)
    at      a1, MEMORY, table + PTE_SIZE * CODE
    sret

code:
    lbu     t0, 0(a0)
    sd      zero, 0(a1)
    lbu     t1, 0(a0)
    ebreak

    .balign 4
back:
    csrr    t0, sstatus
    andi    t0, t0, SSTATUS_SPP
    bne     t0, s1, fail
    csrr    t0, scause
    li      t2, EXC_INSTRUCTION_PAGE_FAULT
    beq     t0, t2, next
    li      t2, EXC_BREAKPOINT
    bne     t0, t2, fail
    li      t2, 0x60                /* LSR: the transmitter is empty */
    bne     t1, t2, fail
next:
    li      s2, PTE_U
    mv      t0, s1
    li      s1, 0
    bnez    t0, round

    li      a1, 0
    j       end
    .balign 4
fail:
    li      a1, 1
end:
    li      a0, 0
    li      a6, 0
    li      a7, 0x53525354
    ecall

    .bss
    .balign PAGE_SIZE
table:
    .zero   PAGE_SIZE
