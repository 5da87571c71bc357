/* Shared by the test programs. A program runs from M-mode, tries something in some mode, and looks at the trap that ends
   it; it reports through tohost: 1 = all checks passed, (n << 1) | 1 = check n failed.

   Checks are M-mode code: M-mode reads the trap CSRs of every mode. The trap vectors of HS and VS are one `ecall` each, so
   a trap that was delegated shows as mcause 9 with mepc = s_trap, or 10 with mepc = vs_trap. mscratch holds the address
   at which M-mode goes on. Macros clobber t5 and t6; gp is the number of the current check. */
#include "isa.h"

/* Physical pages for tables and data, zero at the start. The root of the G-stage needs four, aligned to their size. */
#define PAGE(n)     (0x80010000 + ((n) << PAGE_SHIFT))
#define S_ROOT      PAGE(0)
#define S_L1        PAGE(1)
#define S_L0        PAGE(2)
#define VS_ROOT     PAGE(3)
#define VS_L1       PAGE(4)
#define VS_L0       PAGE(5)
#define G_L1        PAGE(6)
#define G_L0        PAGE(7)
#define G_ROOT      PAGE(8)
#define DATA(n)     PAGE(12 + (n))

/* Page-table entries; `pa` is a constant. */
#define PTE_OF(pa, flags)  (((pa) >> 2) | (flags))
#define TABLE(pa)          PTE_OF(pa, PTE_V)
#define KERNEL_RWX         (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
#define USER_RWX           (KERNEL_RWX | PTE_U)
#define KERNEL_RW          (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define USER_RW            (KERNEL_RW | PTE_U)

/* Every map has RAM at its own address for the supervisor, and again here for the user. Page n of the region that the
   programs map as they like is at VA(n), in a guest-physical space at GPA(n). */
#define USER_ALIAS  0x40000000
#define VA(n)       (0x40000000 + ((n) << PAGE_SHIFT))
#define GPA(n)      VA(n)

#define SV39(root)         (SATP_MODE_SV39 | ((root) >> PAGE_SHIFT))
#define SV39X4(root)       (HGATP_MODE_SV39X4 | ((root) >> PAGE_SHIFT))

/* Sets a CSR that may not exist; mscratch is not for the program before PROGRAM is through. */
.macro OPEN csr, value
    la      t6, .Lnext\@
    csrw    mscratch, t6
    li      t6, \value
    csrw    \csr, t6
.Lnext\@:
.endm

/* First line of a program; `h` set when it uses the hypervisor extension. */
.macro PROGRAM h=0
    .section .text.start, "ax"
    .global _start
_start:
    li      gp, 1000
    la      t6, unexpected
    csrw    mscratch, t6
    la      t6, m_trap
    csrw    mtvec, t6
    la      t6, s_trap
    csrw    stvec, t6
    .if \h
    la      t6, vs_trap
    csrw    vstvec, t6
    .endif
    /* Memory and state are open to all, where there are PMP and Smstateen to close them. */
    OPEN    pmpcfg0, PMPCFG_R | PMPCFG_W | PMPCFG_X | PMP_NAPOT << PMPCFG_A_SHIFT
    OPEN    pmpaddr0, -1
    OPEN    mstateen0, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG
    .if \h
    OPEN    hstateen0, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG
    .endif
    la      t6, unexpected
    csrw    mscratch, t6
    j       main

    .balign 4
m_trap:
    la      t6, unexpected
    csrrw   t6, mscratch, t6
    jr      t6
    .balign 4
s_trap:
    ecall
    .balign 4
vs_trap:
    ecall

pass:
    li      gp, 0
unexpected:
fail:
    slli    gp, gp, 1
    ori     gp, gp, 1
    la      t6, tohost
    sd      gp, 0(t6)
    j       .

    .section .tohost, "aw"
    .balign 64
    .global tohost, fromhost
tohost:
    .dword  0
    .balign 64
fromhost:
    .dword  0
    .text
main:
.endm

.macro CHECK n
    li      gp, \n
.endm

.macro SET csr, value
    li      t6, \value
    csrw    \csr, t6
.endm

/* The 64-bit word at a constant address. */
.macro PUT address, value
    li      t6, \address
    li      t5, \value
    sd      t5, 0(t6)
.endm

.macro GET reg, address
    li      t6, \address
    ld      \reg, 0(t6)
.endm

/* Entry `index` of the table at `root`. */
.macro MAP root, index, entry
    PUT     (\root) + 8 * (\index), \entry
.endm

/* Goes to `target` + `offset` in `mode` (PRV_*) and on after this line when a trap reaches M-mode. */
.macro RUN mode, target, offset=0
    la      t6, .Lresume\@
    csrw    mscratch, t6
    la      t6, \target
    li      t5, \offset
    add     t6, t6, t5
    csrw    mepc, t6
    li      t5, MSTATUS_MPP | MSTATUS_MPV
    csrc    mstatus, t5
    li      t5, (((\mode) & 3) << MSTATUS_MPP_SHIFT) | (((\mode) >> 2) * MSTATUS_MPV)
    csrs    mstatus, t5
    mret
.Lresume\@:
.endm

/* Runs one instruction where it stands, in `mode`. `offset` is USER_ALIAS where the map is on and the mode is a user's. */
.macro TRY mode, offset, insn:vararg
    j       .Lrun\@
.Linsn\@:
    \insn
    ecall
.Lrun\@:
    RUN     \mode, .Linsn\@, \offset
    la      s11, .Linsn\@
    li      t5, \offset
    add     s11, s11, t5
.endm

/* An instruction in M-mode that must trap with `cause`. */
.macro TRAPS cause, insn:vararg
    la      t6, .Lafter\@
    csrw    mscratch, t6
.Linsn\@:
    \insn
    j       fail
.Lafter\@:
    la      s11, .Linsn\@
    EXPECT_M \cause
.endm

.macro EXPECT reg, value
    li      t6, \value
    bne     \reg, t6, fail
.endm

.macro EXPECT_CSR csr, value
    csrr    t5, \csr
    EXPECT  t5, \value
.endm

/* The bits of `mask`, in place. */
.macro EXPECT_BITS csr, mask, value
    csrr    t5, \csr
    li      t6, \mask
    and     t5, t5, t6
    EXPECT  t5, \value
.endm

.macro EXPECT_MEM address, value
    GET     t5, \address
    EXPECT  t5, \value
.endm

/* Where the last trap went, and why. After TRY and TRAPS the epc must be that of their instruction. */
.macro EXPECT_M cause
    EXPECT_CSR mcause, \cause
    csrr    t5, mepc
    bne     t5, s11, fail
.endm

.macro EXPECT_HS cause
    EXPECT_CSR mcause, EXC_ECALL_S
    EXPECT_CSR scause, \cause
    csrr    t5, sepc
    bne     t5, s11, fail
    csrr    t5, mepc
    la      t6, s_trap
    bne     t5, t6, fail
.endm

.macro EXPECT_VS cause
    EXPECT_CSR mcause, EXC_ECALL_VS
    EXPECT_CSR vscause, \cause
    csrr    t5, vsepc
    bne     t5, s11, fail
    csrr    t5, mepc
    la      t6, vs_trap
    bne     t5, t6, fail
.endm

/* The instruction of TRY completed: its `ecall`, in the mode it ran in, is what trapped. */
.macro EXPECT_DONE mode
    EXPECT_CSR mcause, EXC_ECALL_U + ((\mode) & 3) + (((\mode) >> 2) & (\mode))
.endm

/* RAM at its own address for the supervisor and at USER_ALIAS for the user, and a table for the region at VA(0). */
.macro MAP_RAM root, l1, l0
    MAP     \root, 2, PTE_OF(0x80000000, KERNEL_RWX)
    MAP     \root, 3, PTE_OF(0x80000000, USER_RWX)
    MAP     \root, 1, TABLE(\l1)
    MAP     \l1, 0, TABLE(\l0)
.endm

/* The same guest-physically: RAM at its own address, and a table for the region at GPA(0). */
.macro MAP_GUEST_RAM
    MAP     G_ROOT, 2, PTE_OF(0x80000000, USER_RWX)
    MAP     G_ROOT, 1, TABLE(G_L1)
    MAP     G_L1, 0, TABLE(G_L0)
.endm

.macro FENCE_ALL
    sfence.vma
    hfence.vvma
    hfence.gvma
.endm
