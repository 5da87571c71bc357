/* Zicsr: what each CSR instruction reads and writes, who may, and which registers keep which bits. */
#include "test.h"

#define ONES 0xffffffffffffffff

PROGRAM
    CHECK   1                               /* CSRRW swaps, also with itself */
    SET     mscratch, 0                     /* no trap is expected until check 8 */
    SET     sscratch, 0x123456789abcdef0
    li      a0, 0x55
    csrrw   a1, sscratch, a0
    EXPECT  a1, 0x123456789abcdef0
    csrrw   a0, sscratch, a1
    EXPECT  a0, 0x55
    csrrw   a1, sscratch, a1
    EXPECT  a1, 0x123456789abcdef0
    EXPECT_CSR sscratch, 0x123456789abcdef0

    CHECK   2                               /* CSRRS and CSRRC */
    SET     sscratch, 0xf0
    li      a0, 0x3c
    csrrs   a1, sscratch, a0
    EXPECT  a1, 0xf0
    EXPECT_CSR sscratch, 0xfc
    csrrc   a0, sscratch, a0
    EXPECT  a0, 0xfc
    EXPECT_CSR sscratch, 0xc0

    CHECK   3                               /* the immediate forms zero-extend five bits */
    csrrwi  a0, sscratch, 31
    EXPECT  a0, 0xc0
    csrrsi  a0, sscratch, 0
    csrrci  a0, sscratch, 3
    EXPECT  a0, 31
    EXPECT_CSR sscratch, 28
    csrrwi  x0, sscratch, 0
    EXPECT_CSR sscratch, 0

    CHECK   4                               /* exception pcs hold bit 1, never bit 0 */
    SET     mepc, ONES
    EXPECT_CSR mepc, 0xfffffffffffffffe
    SET     sepc, ONES
    EXPECT_CSR sepc, 0xfffffffffffffffe

    CHECK   5                               /* a vector: base and mode */
    csrr    a0, mtvec
    SET     mtvec, 0x80001001
    EXPECT_CSR mtvec, 0x80001001
    SET     mtvec, 0x80000004
    EXPECT_CSR mtvec, 0x80000004
    csrw    mtvec, a0

    CHECK   6                               /* sstatus is a window on mstatus */
    li      a0, MSTATUS_SUM | MSTATUS_MXR | MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE
    li      a1, SSTATUS_SUM | SSTATUS_MXR | SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE | SSTATUS_UXL
    csrc    mstatus, a0
    EXPECT_BITS sstatus, SSTATUS_SUM | SSTATUS_MXR | SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE, 0
    csrs    sstatus, a0
    EXPECT_BITS mstatus, MSTATUS_SUM | MSTATUS_MXR | MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE, 0xc0122
    csrc    sstatus, a1
    EXPECT_BITS mstatus, MSTATUS_SUM | MSTATUS_MXR | MSTATUS_SPP | MSTATUS_SPIE | MSTATUS_SIE, 0
    EXPECT_BITS mstatus, MSTATUS_UXL | MSTATUS_SXL, 0xa00000000

    CHECK   7                               /* fields of M-mode alone are not in sstatus */
    li      a0, MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MPRV | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR
    csrs    mstatus, a0
    EXPECT_BITS sstatus, MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MPRV | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR, 0
    csrs    sstatus, a0
    csrc    mstatus, a0
    EXPECT_BITS mstatus, MSTATUS_MPP | MSTATUS_MPIE | MSTATUS_MPRV | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR, 0

    CHECK   8                               /* a register that does not exist */
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrr a0, 0x5c0
    EXPECT_CSR mtval, 0x5c002573
    CHECK   9
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrw 0x7c0, x0
    CHECK   10                              /* a write to a read-only one, whatever the value ... */
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrrw x0, mhartid, x0
    CHECK   11
    li      a1, 0
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrrs a0, mhartid, a1
    CHECK   12
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrrc a0, cycle, a1
    CHECK   13
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrrwi x0, instret, 0
    CHECK   14                              /* ... but none where rs1 is x0 or the immediate 0 */
    csrrs   a0, mhartid, x0
    csrrci  a1, mhartid, 0
    EXPECT  a0, 0
    EXPECT  a1, 0
    csrr    a0, mvendorid
    csrr    a0, marchid
    csrr    a0, mimpid
    csrr    a0, mconfigptr
    EXPECT  a0, 0

    CHECK   15                              /* S-mode: its own registers */
    TRY     PRV_S, 0, csrw sscratch, x0
    EXPECT_DONE PRV_S
    CHECK   16
    TRY     PRV_S, 0, csrr a0, mscratch
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   17
    TRY     PRV_S, 0, csrr a0, mhartid
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   18                              /* U-mode: none of them */
    TRY     PRV_U, 0, csrr a0, sscratch
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    csrr    a0, mtval
    EXPECT  a0, 0x14002573
    CHECK   19
    TRY     PRV_U, 0, csrr a0, mstatus
    EXPECT_M EXC_ILLEGAL_INSTRUCTION

    CHECK   20                              /* a trapping CSR instruction writes neither rd nor the CSR */
    SET     sscratch, 5
    li      a0, 6
    TRY     PRV_U, 0, csrrw a0, sscratch, a0
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    EXPECT  a0, 6
    EXPECT_CSR sscratch, 5

    CHECK   21                              /* TVM keeps S-mode from satp */
    li      a0, MSTATUS_TVM
    csrs    mstatus, a0
    TRY     PRV_S, 0, csrr a0, satp
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   22
    TRY     PRV_S, 0, csrw satp, x0
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   23                              /* M-mode is not concerned */
    csrw    satp, x0
    li      a0, MSTATUS_TVM
    csrc    mstatus, a0
    TRY     PRV_S, 0, csrw satp, x0
    EXPECT_DONE PRV_S

    CHECK   24                              /* satp: an unsupported MODE leaves the register unchanged */
    SET     satp, 0x8000000000080010
    EXPECT_CSR satp, 0x8000000000080010
    SET     satp, 0x3000000000012345
    EXPECT_CSR satp, 0x8000000000080010
    SET     satp, 0
    EXPECT_CSR satp, 0

    CHECK   25                              /* supervisor interrupt enables exist where they are delegated */
    csrw    mideleg, x0
    SET     mie, 0
    SET     sie, 0x222
    EXPECT_CSR sie, 0
    SET     mideleg, 0x222
    SET     sie, 0x222
    EXPECT_CSR sie, 0x222
    EXPECT_BITS mie, 0x222, 0x222
    SET     mideleg, 0x20
    EXPECT_CSR sie, 0x20
    SET     sie, 0
    EXPECT_BITS mie, 0x222, 0x202
    SET     mideleg, 0

    CHECK   26                              /* sip: only SSIP can be written */
    SET     mip, 0
    SET     mideleg, 0x222
    SET     sip, 0x222
    EXPECT_BITS mip, 0x222, 0x2
    SET     mip, 0x222
    EXPECT_CSR sip, 0x222
    SET     sip, 0
    EXPECT_CSR sip, 0x220
    SET     mip, 0
    EXPECT_BITS mip, 0x222, 0
    CHECK   27                              /* ... and only where it is delegated */
    SET     mideleg, 0
    SET     sip, 0x222
    EXPECT_BITS mip, 0x222, 0
    SET     mip, 2
    SET     sip, 0
    EXPECT_BITS mip, 2, 2
    EXPECT_CSR sip, 0
    j       pass
