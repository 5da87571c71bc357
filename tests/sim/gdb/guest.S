# M-mode starts a guest in VS-mode under both stages of translation. It counts to three, calls, and is let go on; its
# second call ends the program. RAM is where it is linked, for the guest also at 0xc0000000.
.globl _start, guest, call, after, handler, spin, counter
_start: la      t0, handler
        csrw    mtvec, t0
        la      t0, guest_table
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        csrw    hgatp, t0
        la      t0, table
        srli    t0, t0, 12
        or      t0, t0, t1
        csrw    vsatp, t0
        li      t0, 1 << 39 | 1 << 11           # MPV, MPP = S
        csrw    mstatus, t0
        la      t0, guest
        csrw    mepc, t0
        mret

guest:  li      a0, 0
        li      s0, 3
        la      s1, counter
        li      t0, 0x40000000
        add     s1, s1, t0
1:      addi    a0, a0, 1
        sd      a0, 0(s1)
        bne     a0, s0, 1b
call:   ecall
after:  li      a0, 1
        ecall

.align 2
handler:
        csrr    t0, mepc
        addi    t0, t0, 4
        csrw    mepc, t0
        li      t0, 3
        beq     a0, t0, 2f
        la      t0, tohost
        sd      a0, 0(t0)
spin:   j       spin
2:      mret

.data
.align 14
guest_table:
        .dword 0, 0, 0x80000000 >> 2 | 0xdf     # D A U X W R V
        .zero 16384 - 24
table:  .dword 0, 0, 0x80000000 >> 2 | 0xcf, 0x80000000 >> 2 | 0xcf
        .zero 4096 - 32
counter: .dword 0
.section .tohost, "aw"
.globl tohost, fromhost
.align 6
tohost: .dword 0
fromhost: .dword 0
