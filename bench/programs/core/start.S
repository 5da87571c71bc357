/* Start of a measured program: M-mode sets up the machine, enters the world (WORLD_*), which ends the run. */
#include "bench.h"
#include "isa.h"

/* Exceptions for the program's own vector; any other ends the run. */
#define MEDELEG 1 << EXC_ILLEGAL_INSTRUCTION | 1 << EXC_BREAKPOINT | 1 << EXC_ECALL_U | 1 << EXC_ECALL_VS | \
                1 << EXC_VIRTUAL_INSTRUCTION
#define HEDELEG 1 << EXC_ILLEGAL_INSTRUCTION | 1 << EXC_BREAKPOINT | 1 << EXC_ECALL_U

    .section .text.start, "ax"
    .global _start
_start:
    la      sp, m_stack
    la      t0, absent
    csrw    mtvec, t0
    /* Memory and state are open to all, where there are PMP and Smstateen to close them. */
    li      t1, PMPCFG_R | PMPCFG_W | PMPCFG_X | PMP_NAPOT << PMPCFG_A_SHIFT
    csrw    pmpcfg0, t1
    li      t1, -1
    csrw    pmpaddr0, t1
    csrw    mstateen0, t1
    csrw    hstateen0, t1
    /* Counters for everybody; of the hpm counters those that there are, for the events that bench.h names. */
    csrw    mcounteren, t1
    csrw    scounteren, t1
    csrw    hcounteren, t1
    li      s0, 0
    .irp number, 3, 4, 5, 6
    csrw    mhpmcounter\number, zero
    .endr
    li      t1, EVENT_BRANCH_MISS
    csrw    mhpmevent3, t1
    csrr    s0, mhpmevent3              /* stays 0 without Zihpm */
    li      t1, EVENT_FETCH_MISS
    csrw    mhpmevent4, t1
    li      t1, EVENT_DATA_MISS
    csrw    mhpmevent5, t1
    li      t1, EVENT_TLB_MISS
    csrw    mhpmevent6, t1
    la      t1, has_hpm
    sd      s0, 0(t1)
    li      t1, MENVCFG_STCE
    csrw    menvcfg, t1
    csrw    henvcfg, t1

    la      t0, unexpected
    csrw    mtvec, t0
    la      t0, vector
    csrw    stvec, t0
    li      t1, MEDELEG
    csrw    medeleg, t1
    li      t1, 1 << IRQ_STI | 1 << IRQ_VSTI
    csrw    mideleg, t1
#if WORLD != WORLD_M
    call    map                         /* root page numbers in a0, a1 */
    li      t1, SATP_MODE_SV39
    or      a0, a0, t1
#if WORLD == WORLD_HS
    csrw    satp, a0
    sfence.vma
    li      t1, 1 << MSTATUS_MPP_SHIFT
#else
    csrw    vsatp, a0
    li      t1, HGATP_MODE_SV39X4
    or      a1, a1, t1
    csrw    hgatp, a1
    li      t1, HEDELEG
    csrw    hedeleg, t1
    li      t1, 1 << IRQ_VSTI
    csrw    hideleg, t1
    la      t0, vector
    csrw    vstvec, t0
    sfence.vma
    hfence.vvma
    hfence.gvma
    li      t1, 1 << MSTATUS_MPP_SHIFT | MSTATUS_MPV
#endif
    csrs    mstatus, t1
#else
    li      t1, MSTATUS_MPP
    csrs    mstatus, t1
#endif
    la      t1, world
    csrw    mepc, t1
    la      sp, stack
    mret

    .weak vector                        /* of the supervisor, host and guest alike */
vector:
    li      a0, 3
    j       leave

    .balign 4
world:
    call    program
    li      a0, 0
    .global leave
leave:                                  /* leave(code): ends the run */
    slli    a0, a0, 1
    ori     a0, a0, 1
    la      t0, tohost
    sd      a0, 0(t0)
    j       .

    .balign 4
absent:                                 /* a CSR that this hart lacks */
    csrr    t6, mepc
    addi    t6, t6, 4
    csrw    mepc, t6
    mret

    .balign 4
unexpected:                             /* a trap to M-mode from the world */
    li      a0, 2
    j       leave

    .section .tohost, "aw"
    .balign 4096                        /* a page of its own: the caches may not hold it */
    .global tohost, fromhost
tohost:
    .dword  0
    .balign 64
fromhost:
    .dword  0
    .balign 4096

    .bss
    .balign 16
    .zero   1024
m_stack:
    .zero   8192
stack:
