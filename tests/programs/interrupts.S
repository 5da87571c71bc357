/* CLINT interrupts in M-mode, priorities, enables, vectored entry, and interrupts of the supervisor set by software. */
#include "test.h"

#define MSIP        (CLINT_BASE + CLINT_MSIP)
#define MTIMECMP    (CLINT_BASE + CLINT_MTIMECMP)
#define MTIME       (CLINT_BASE + CLINT_MTIME)
#define INTERRUPT   (1 << 63)
#define S_ALL       (MIP_SSIP | MIP_STIP | MIP_SEIP)

/* Opens MIE for one instruction; the interrupt must be taken there. */
.macro TAKEN cause
    la      s11, .Lhere\@
    la      t6, .Ltrap\@
    csrw    mscratch, t6
    csrsi   mstatus, MSTATUS_MIE
.Lhere\@:
    j       fail
    .balign 4
.Ltrap\@:
    EXPECT_M INTERRUPT | \cause
    EXPECT_CSR mtval, 0
.endm
/* Takes the supervisor interrupt with the highest priority and clears it. */
.macro NEXT n, cause
    CHECK   \n
    TAKEN   \cause
    li      t0, 1 << \cause
    csrc    mip, t0
.endm
/* Stores a word, then reads it back, so that the device has seen it. */
.macro STORE_DEVICE insn, address, value
    li      t6, \address
    li      t5, \value
    s\insn  t5, 0(t6)
    l\insn  t5, 0(t6)
.endm

PROGRAM
    SET     mie, 0
    STORE_DEVICE d, MTIMECMP, -1

    CHECK   1                               /* MSIP: bit 0 of the register, pending without being enabled */
    STORE_DEVICE w, MSIP, 1
    EXPECT_BITS mip, MIP_MSIP, MIP_MSIP
    CHECK   2                               /* not enabled in mie: not taken */
    csrsi   mstatus, MSTATUS_MIE
    nop
    csrci   mstatus, MSTATUS_MIE
    CHECK   3
    SET     mie, MIE_MSIE
    TAKEN   IRQ_MSI
    EXPECT_BITS mstatus, MSTATUS_MIE | MSTATUS_MPIE, MSTATUS_MPIE
    CHECK   4                               /* taken in S and U whatever MIE */
    TRY     PRV_S, 0, nop
    EXPECT_M INTERRUPT | IRQ_MSI
    TRY     PRV_U, 0, nop
    EXPECT_M INTERRUPT | IRQ_MSI
    CHECK   5                               /* software cannot clear it in mip */
    csrw    mip, x0
    EXPECT_BITS mip, MIP_MSIP, MIP_MSIP

    CHECK   6                               /* timer below software */
    STORE_DEVICE d, MTIMECMP, 0
    SET     mie, MIE_MSIE | MIE_MTIE
    TAKEN   IRQ_MSI
    STORE_DEVICE w, MSIP, 0xfffffffe
    EXPECT  t5, 0
    TAKEN   IRQ_MTI
    CHECK   7
    STORE_DEVICE d, MTIMECMP, -1
    EXPECT_BITS mip, MIP_MTIP, 0

    CHECK   8                               /* the timer fires when mtime reaches mtimecmp */
    li      t0, MTIME
    ld      a0, 0(t0)
    addi    a0, a0, 20
    li      t0, MTIMECMP
    sd      a0, 0(t0)
    la      t6, 1f
    csrw    mscratch, t6
    csrsi   mstatus, MSTATUS_MIE
2:  j       2b
    .balign 4
1:  EXPECT_CSR mcause, INTERRUPT | IRQ_MTI
    li      t0, MTIME
    ld      a1, 0(t0)
    bltu    a1, a0, fail
    STORE_DEVICE d, MTIMECMP, -1

    SET     mie, S_ALL | MIE_MSIE
    SET     mideleg, 0
    SET     mip, S_ALL
    NEXT    9, IRQ_SEI
    NEXT    10, IRQ_SSI
    NEXT    11, IRQ_STI

    CHECK   12                              /* the same in S-mode, delegated */
    SET     mideleg, S_ALL
    SET     mip, S_ALL
    csrsi   sstatus, SSTATUS_SIE
    TRY     PRV_S, 0, nop
    EXPECT_HS INTERRUPT | IRQ_SEI
    CHECK   13
    SET     mip, MIP_SSIP | MIP_STIP
    TRY     PRV_U, 0, nop
    EXPECT_HS INTERRUPT | IRQ_SSI
    CHECK   14                              /* M-level interrupts come first */
    STORE_DEVICE w, MSIP, 1
    TRY     PRV_U, 0, nop
    EXPECT_M INTERRUPT | IRQ_MSI
    STORE_DEVICE w, MSIP, 0
    SET     mip, MIP_STIP

    CHECK   15                              /* vectored: interrupts to base + 4 * cause, exceptions to base */
    la      a0, vectors + 1
    csrr    a1, stvec
    csrw    stvec, a0
    TRY     PRV_U, 0, nop
    EXPECT_CSR scause, INTERRUPT | IRQ_STI
    EXPECT  s10, 4 * IRQ_STI
    SET     medeleg, 1 << EXC_ECALL_U
    SET     mip, 0
    TRY     PRV_U, 0, ecall
    EXPECT_CSR scause, EXC_ECALL_U
    EXPECT  s10, 0
    csrw    stvec, a1

    CHECK   16                              /* vectored in M-mode, too */
    csrr    a1, mtvec
    csrw    mtvec, a0
    SET     mideleg, 0
    SET     mip, MIP_SEIP
    SET     mie, S_ALL
    la      t6, 3f
    csrw    mscratch, t6
    csrsi   mstatus, MSTATUS_MIE
    j       fail
    .balign 4
3:  EXPECT_CSR mcause, INTERRUPT | IRQ_SEI
    EXPECT  s10, 4 * IRQ_SEI
    csrw    mtvec, a1
    SET     mip, 0

    CHECK   17                              /* an interrupt is taken right after MRET opens MIE */
    SET     mip, MIP_SSIP
    la      s11, 4f
    csrw    mepc, s11
    li      t0, MSTATUS_MPP | MSTATUS_MPIE
    csrs    mstatus, t0
    la      t6, 5f
    csrw    mscratch, t6
    mret
4:  j       fail
5:  EXPECT_M INTERRUPT | IRQ_SSI
    SET     mip, 0

    CHECK   18                              /* and right after a write to mie */
    SET     mip, MIP_SSIP
    csrw    mie, x0
    la      t6, 7f
    csrw    mscratch, t6
    la      s11, 6f
    csrsi   mstatus, MSTATUS_MIE
    nop
    csrsi   mie, MIE_SSIE
6:  j       fail
7:  EXPECT_M INTERRUPT | IRQ_SSI
    j       pass

    .balign 64
    .option push
    .option norvc
vectors:
    .rept   16
    jal     t6, vectored
    .endr
    .option pop
vectored:                                   /* S-mode goes on to M-mode by its ecall */
    la      s10, vectors + 4
    sub     s10, t6, s10
    csrr    t6, mscratch                    /* illegal in S-mode: that, too, reaches M-mode */
    jr      t6
