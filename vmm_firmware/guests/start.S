/* Start of a guest that is written in C: a stack, zeroed data, guest_main(), and the end that its result asks for. */
    .section .text.entry, "ax"
    .globl _start
_start:
    la      sp, stack_top
    la      t0, bss_start
    la      t1, bss_end
1:  bgeu    t0, t1, 2f
    sd      zero, 0(t0)
    addi    t0, t0, 8
    j       1b
2:  la      t0, device_tree
    sd      a1, 0(t0)
    call    guest_main
    call    guest_exit

/* Start of another hart: a1 is the top of its stack, where the function is that it runs. It stops when that returns. */
    .globl hart_entry
hart_entry:
    mv      sp, a1
    ld      t0, 0(sp)
    jalr    t0
    call    hart_stop
