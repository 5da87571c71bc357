/* Memory accesses of the hypervisor that may trap, and fences for guest translations ("Hypervisor Instructions"). As C code does,
   they leave t2-t6 to the guest. */
#include "isa.h"

    .option arch, +h

    .section .text.hot, "ax"

/* uint64_t guarded_fetch(uint64_t address, uint16_t *parcel)
   The trap vector points past the access for as long as it may fault. A trap from V=0 writes sepc, clears hstatus.SPV and
   sets sstatus.SPP, which still describe the guest that will be resumed. scause and stval are the new trap's: a handler that
   fetches has read what it needs of them. */
    .globl guarded_fetch
guarded_fetch:
    la      t0, 1f
    csrrw   t0, stvec, t0
    csrr    t1, hstatus
    csrr    a4, sstatus
    csrr    a2, sepc
    hlvx.hu a3, (a0)
    csrw    stvec, t0
    sh      a3, 0(a1)
    li      a0, 0
    ret
    .balign 4
1:  csrw    stvec, t0
    csrw    hstatus, t1
    csrw    sstatus, a4
    csrw    sepc, a2
    csrr    a0, scause
    ret

/* uint64_t guarded_store(uint64_t address, uint32_t value)
   For the last store of a run: the caller never enters a guest again, so the vector stays where it is. */
    .globl guarded_store
guarded_store:
    la      t0, 1f
    csrw    stvec, t0
    sw      a1, 0(a0)
    fence
    li      a0, 0
    ret
    .balign 4
1:  csrr    a0, scause
    ret

/* uint64_t guarded_hdcap(void)
   Called before any guest runs: there is nothing to keep. */
    .globl guarded_hdcap
guarded_hdcap:
    la      t0, 1f
    csrrw   t0, stvec, t0
    li      a0, 0
    csrr    a0, CSR_HDCAP
    .balign 4
1:  csrw    stvec, t0
    ret

/* uint64_t guarded_probe(unsigned extension, void *block)
   Called before any guest runs, as guarded_hdcap. */
    .globl guarded_probe
guarded_probe:
    la      t0, 1f
    csrrw   t0, stvec, t0
    la      t1, probes
    slli    a0, a0, 3
    add     t1, t1, a0
    mv      a2, ra
    jalr    t1
    csrw    stvec, t0
    li      a0, 1
    jr      a2
    .balign 4
1:  csrw    stvec, t0
    li      a0, 0
    jr      a2

#define RS1_A1  (11 << 15)
#define CSRR    MATCH_CSRRS

    .option push
    .option norvc
    .macro PROBE bit, insn
    .org    probes + 8 * \bit
    .word   \insn
    ret
    .endm

    .balign 8
probes:
    PROBE   0, MATCH_MUL
    PROBE   1, MATCH_AMOADD_W | RS1_A1
    PROBE   2, MATCH_SH1ADD
    PROBE   3, MATCH_ANDN
    PROBE   4, MATCH_BSET
    PROBE   5, MATCH_CZERO_EQZ
    PROBE   6, MATCH_CBO_CLEAN | RS1_A1
    PROBE   7, MATCH_CBO_ZERO | RS1_A1
    PROBE   8, CSRR | CSR_TIME << 20
    PROBE   9, CSRR | CSR_HPMCOUNTER3 << 20
    PROBE   16, CSRR | CSR_SSTATEEN0 << 20
    PROBE   17, MATCH_SINVAL_VMA
    .option pop

    .globl fence_gstage
fence_gstage:
    hfence.gvma
    ret

    .globl fence_guest
fence_guest:
    hfence.vvma
    ret

    .globl fence_guest_address
fence_guest_address:
    hfence.vvma a0
    ret

    .globl fence_guest_asid
fence_guest_asid:
    hfence.vvma zero, a0
    ret

    .globl fence_guest_address_asid
fence_guest_address_asid:
    hfence.vvma a0, a1
    ret
