/* Memory accesses of the hypervisor that may trap, and fences for guest translations ("Hypervisor Instructions"). */
#include "isa.h"

    .option arch, +h

    .text

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
