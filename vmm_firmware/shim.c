/* The M-mode part (privileged manual, "Machine-Level ISA"): everything that can go to HS-mode goes there. */
#include "shim.h"

#include "csr.h"
#include "hypervisor.h"
#include "panic.h"

/* The hypervisor needs these; a hart may refuse others, such as hardware error. */
#define NEEDED_EXCEPTIONS                                                                               \
    (1 << EXC_ILLEGAL_INSTRUCTION | 1 << EXC_BREAKPOINT | 1 << EXC_ECALL_U | 1 << EXC_ECALL_VS |        \
     1 << EXC_LOAD_ACCESS_FAULT | 1 << EXC_STORE_ACCESS_FAULT | 1 << EXC_LOAD_PAGE_FAULT |              \
     1 << EXC_INSTRUCTION_GUEST_PAGE_FAULT | 1 << EXC_LOAD_GUEST_PAGE_FAULT |                           \
     1 << EXC_STORE_GUEST_PAGE_FAULT | 1 << EXC_VIRTUAL_INSTRUCTION)

#ifndef HPM_EVENTS
#define HPM_EVENTS 0        /* 1: hpmcounter3 counts reads of page-table entries, hpmcounter4 TLB misses (isa/events.py) */
#endif
#define TLB_MISS        1
#define WALK_REFERENCE  3
#define HPM_COUNTERS    (HPM_EVENTS ? 1 << 3 | 1 << 4 : 0)

#define COUNTERS (MCOUNTEREN_CY | MCOUNTEREN_TM | MCOUNTEREN_IR | HPM_COUNTERS)

void shim_main(void)
{
    open_below();

    /* An ecall from HS would ask for a service of this shim; there is none, so it stays here and is reported. */
    csr_write_checked(CSR_MEDELEG, (MEDELEG_WRITABLE | MEDELEG_XDOPPEL) & ~(1 << EXC_ECALL_S), NEEDED_EXCEPTIONS);
    csr_write_checked(CSR_MIDELEG, MIDELEG_SSI | MIDELEG_STI | MIDELEG_SEI, MIDELEG_STI);

    /* Sstc: stimecmp and, through henvcfg, vstimecmp. Without it no time slice would ever end. Cache-block operations, too,
       where the hart has them. */
    csr_write_checked(CSR_MENVCFG, MENVCFG_STCE | MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE, MENVCFG_STCE);

    /* Whether a guest sees a counter is decided by hcounteren; the hypervisor itself reads them all. */
    csr_write_checked(CSR_MCOUNTEREN, UINT32_MAX, COUNTERS);
    csr_write(CSR_MCOUNTINHIBIT, 0);
    if (HPM_EVENTS) {
        csr_write(CSR_MHPMEVENT3, WALK_REFERENCE);
        csr_write(CSR_MHPMEVENT4, TLB_MISS);
    }

    csr_write(CSR_MSTATUS, (uint64_t)PRV_S << MSTATUS_MPP_SHIFT);
    csr_write(CSR_MEPC, (uint64_t)hypervisor_main);
    __asm__ volatile("mret");
    __builtin_unreachable();
}

void shim_trap(void)
{
    panic("machine-mode trap, cause %x, pc %x, value %x\n",
          csr_read(CSR_MCAUSE), csr_read(CSR_MEPC), csr_read(CSR_MTVAL));
}
