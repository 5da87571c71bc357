/* The hypervisor's start in HS-mode: the CSRs that are the same for every guest, and the guests themselves. */
#include "hypervisor.h"

#include "console.h"
#include "csr.h"
#include "exit.h"
#include "panic.h"
#include "pause_loop.h"
#include "policy.h"
#include "ports.h"
#include "sbi.h"
#include "sched.h"
#include "shadow.h"
#include "vmid.h"

#ifndef HCOUNTEREN
#define HCOUNTEREN HCOUNTEREN_TM    /* cycle and instret trap: a guest would see the hypervisor's work in them */
#endif

/* What a hart without the hypervisor extension would handle in S-mode. ECALL from VS-mode, guest-page faults and virtual
   instructions cannot be delegated; access faults could be, but would be faults of the machine, not of the guest. Page
   faults of a guest on shadow page tables may be the shadow's. */
#define PAGE_FAULTS (1 << EXC_INSTRUCTION_PAGE_FAULT | 1 << EXC_LOAD_PAGE_FAULT | 1 << EXC_STORE_PAGE_FAULT)
#define DELEGATED                                                                                       \
    (1 << EXC_ILLEGAL_INSTRUCTION | 1 << EXC_BREAKPOINT | 1 << EXC_LOAD_MISALIGNED |                    \
     1 << EXC_STORE_MISALIGNED | 1 << EXC_ECALL_U | (SHADOW ? 0 : PAGE_FAULTS))

#define CACHE_BLOCKS (HENVCFG_CBIE | HENVCFG_CBCFE | HENVCFG_CBZE)
#define VS_INTERRUPTS (HIDELEG_VSSI | HIDELEG_VSTI | HIDELEG_VSEI)

/* guests.S: one entry for each guest in the image. */
struct guest_image {
    const char *name;
    const void *start, *end;
};

extern const struct guest_image guest_images_start[], guest_images_end[];   /* link.ld */

static void set_up_hart(void)
{
    csr_write(CSR_SATP, SATP_MODE_BARE);    /* the hypervisor runs on physical addresses */
    csr_write(CSR_SSCRATCH, 0);             /* no guest is running */
    csr_write_checked(CSR_STVEC, (uint64_t)vm_exit, UINT64_MAX);

    csr_write_checked(CSR_HEDELEG, DELEGATED, DELEGATED);
    csr_write_checked(CSR_HIDELEG, VS_INTERRUPTS, VS_INTERRUPTS);
    csr_write(CSR_HVIP, 0);

    /* The guest programs its own timer and tends its cache blocks, where the hart has that. */
    csr_write_checked(CSR_HENVCFG, HENVCFG_STCE | CACHE_BLOCKS, HENVCFG_STCE);
    csr_write_checked(CSR_HCOUNTEREN, HCOUNTEREN, HCOUNTEREN_CY | HCOUNTEREN_TM | HCOUNTEREN_IR);

    /* WFI comes here, so that others can run meanwhile; a build may ask for more. */
    csr_write_checked(CSR_HSTATUS, HSTATUS_GUESTS, HSTATUS_VTW | HSTATUS_VTVM | HSTATUS_VTSR | HSTATUS_HU);

    /* The guests' clock starts at 0 with the machine's start. */
    csr_write(CSR_HTIMEDELTA, -csr_read(CSR_TIME));

    /* Only the host's timer ends a slice; SIE stays 0, so it interrupts guests and never the hypervisor. */
    csr_write(CSR_STIMECMP, UINT64_MAX);
    csr_write_checked(CSR_SIE, SIE_STIE, UINT64_MAX);

    policy_init();
    vmid_init();
    ports_init();
    if (SHADOW)
        shadow_init();
    pause_loop_init();
}

void hypervisor_main(void)
{
    set_up_hart();
    sbi_init();
    for (const struct guest_image *image = guest_images_start; image < guest_images_end; image++)
        vm_create(image->name, image->start, (uint64_t)image->end - (uint64_t)image->start);
    console_print("[hypervisor] guests: %u, slices of %u ticks\n", (uint64_t)vm_count, (uint64_t)SLICE_TICKS);

    /* The images were written as data. */
    __asm__ volatile("fence.i");
    sched_start();
}
