/* Trap entry and return in M, S and U: causes, the stacks of enables and modes, TSR and TVM, MPRV and xRET. */
#include "test.h"

#define STACK (MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP)

PROGRAM
    CHECK   1
    TRAPS   EXC_ECALL_M, ecall
    EXPECT_CSR mtval, 0
    CHECK   2
    TRAPS   EXC_BREAKPOINT, ebreak
    csrr    t5, mtval
    bne     t5, s11, fail
    CHECK   3
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x0000000b
    EXPECT_CSR mtval, 0x0000000b
    CHECK   4                               /* encodings that are close to legal ones */
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x60204073      /* hlv with rs2 = 2 */
    CHECK   5
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x40001013      /* slli with funct6 of srai */
    CHECK   6
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x0200101b      /* slliw by 32 */
    CHECK   7
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x00007003      /* load of width 7 */
    CHECK   8
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x00004023      /* store of width 4 */
    CHECK   9
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x1015252f      /* lr.w with rs2 = 1 */
    CHECK   10
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x10200173      /* sret with rd = 2 */
    CHECK   11
    TRAPS   EXC_ILLEGAL_INSTRUCTION, .word 0x00002063      /* branch of kind 2 */

    CHECK   12                              /* the stack at entry from M and at MRET */
    li      t5, STACK
    csrc    mstatus, t5
    csrsi   mstatus, MSTATUS_MIE
    TRAPS   EXC_ECALL_M, ecall
    EXPECT_BITS mstatus, STACK, MSTATUS_MPIE | MSTATUS_MPP
    la      t0, 1f
    csrw    mepc, t0
    mret
1:  EXPECT_BITS mstatus, STACK, MSTATUS_MIE | MSTATUS_MPIE
    csrci   mstatus, MSTATUS_MIE

    CHECK   13                              /* S and U: MPP shows where the trap came from */
    TRY     PRV_S, 0, ecall
    EXPECT_M EXC_ECALL_S
    EXPECT_BITS mstatus, MSTATUS_MPP, 1 << MSTATUS_MPP_SHIFT
    TRY     PRV_U, 0, ecall
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, MSTATUS_MPP, 0

    CHECK   14                              /* privileged returns from below */
    TRY     PRV_S, 0, mret
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    EXPECT_CSR mtval, MATCH_MRET
    CHECK   15
    TRY     PRV_U, 0, sret
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   16
    TRY     PRV_U, 0, mret
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    CHECK   17
    TRY     PRV_U, 0, sfence.vma
    EXPECT_M EXC_ILLEGAL_INSTRUCTION

    CHECK   18                              /* TSR and TVM catch S-mode */
    li      t0, MSTATUS_TSR
    csrs    mstatus, t0
    TRY     PRV_S, 0, sret
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    li      t0, MSTATUS_TSR
    csrc    mstatus, t0
    CHECK   19
    li      t0, MSTATUS_TVM
    csrs    mstatus, t0
    TRY     PRV_S, 0, sfence.vma a0, a1
    EXPECT_M EXC_ILLEGAL_INSTRUCTION
    sfence.vma
    li      t0, MSTATUS_TVM
    csrc    mstatus, t0
    TRY     PRV_S, 0, sfence.vma a0, a1
    EXPECT_DONE PRV_S

    CHECK   20                              /* SRET from S to U, with its stack */
    la      t0, in_user
    csrw    sepc, t0
    li      t0, SSTATUS_SPP | SSTATUS_SIE
    csrc    sstatus, t0
    li      t0, SSTATUS_SPIE
    csrs    sstatus, t0
    RUN     PRV_S, go_sret
    la      s11, in_user
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS sstatus, SSTATUS_SPP | SSTATUS_SIE | SSTATUS_SPIE, SSTATUS_SIE | SSTATUS_SPIE

    CHECK   21                              /* SRET from S to S */
    li      t0, SSTATUS_SPP
    csrs    sstatus, t0
    RUN     PRV_S, go_sret
    EXPECT_M EXC_ECALL_S
    EXPECT_BITS sstatus, SSTATUS_SPP, 0

    CHECK   22                              /* SRET in M-mode works, and clears MPRV because it leaves M */
    li      t0, MSTATUS_MPRV
    csrs    mstatus, t0
    la      t0, 2f
    csrw    mscratch, t0
    sret
2:  EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, MSTATUS_MPRV, 0

    CHECK   23                              /* MRET to M keeps MPRV, to S clears it */
    li      t0, MSTATUS_MPRV | MSTATUS_MPP
    csrs    mstatus, t0
    la      t0, 3f
    csrw    mepc, t0
    mret
3:  EXPECT_BITS mstatus, MSTATUS_MPRV | MSTATUS_MPP, MSTATUS_MPRV
    li      t0, 1 << MSTATUS_MPP_SHIFT
    csrs    mstatus, t0
    la      t0, in_user
    csrw    mepc, t0
    la      t0, 4f
    csrw    mscratch, t0
    mret
4:  EXPECT_M EXC_ECALL_S
    EXPECT_BITS mstatus, MSTATUS_MPRV, 0

    CHECK   24                              /* a trap does not touch rd, nor what stands behind it */
    li      a0, 3
    TRAPS   EXC_ILLEGAL_INSTRUCTION, csrrwi a0, 0x5c0, 1
    EXPECT  a0, 3

    CHECK   25                              /* hypervisor registers and instructions are M's and HS's, not U's */
    TRY     PRV_U, 0, .word MATCH_HLV_W
    EXPECT_M EXC_ILLEGAL_INSTRUCTION

    CHECK   26                              /* entry writes MPIE and MPP, whatever they were: here MIE = 0, MPIE = 1 */
    li      t0, MSTATUS_MPIE
    csrs    mstatus, t0
    TRAPS   EXC_ECALL_M, ecall
    EXPECT_BITS mstatus, STACK, MSTATUS_MPP
    CHECK   27                              /* SRET from M-mode keeps MPP = M; the trap from U overwrites it */
    la      s11, in_user
    csrw    sepc, s11
    li      t0, MSTATUS_SPP
    csrc    mstatus, t0
    li      t0, STACK
    csrs    mstatus, t0
    la      t0, 5f
    csrw    mscratch, t0
    sret
5:  EXPECT_M EXC_ECALL_U
    EXPECT_BITS mstatus, STACK, MSTATUS_MPIE
    CHECK   28                              /* MRET: MIE := MPIE = 0 */
    li      t0, STACK
    csrs    mstatus, t0
    li      t0, MSTATUS_MPIE
    csrc    mstatus, t0
    la      t0, 6f
    csrw    mepc, t0
    mret
6:  EXPECT_BITS mstatus, STACK, MSTATUS_MPIE
    CHECK   29                              /* SRET: SIE := SPIE = 0 */
    li      t0, MSTATUS_SPIE | MSTATUS_SPP
    csrc    mstatus, t0
    csrsi   mstatus, MSTATUS_SIE
    RUN     PRV_S, go_sret
    EXPECT_M EXC_ECALL_U
    EXPECT_BITS sstatus, SSTATUS_SIE | SSTATUS_SPIE, SSTATUS_SPIE
    j       pass

    .balign 4
go_sret:
    sret
in_user:
    ecall
