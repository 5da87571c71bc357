/* A virtual machine and its hart. */
#ifndef VM_H
#define VM_H

#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "layout.h"
#include "vuart.h"

#define GUESTS_MAX      16
#define EXCEPTIONS      26      /* exception codes 0-25 can occur; 24 and 25 are Xdoppel's */

enum vcpu_state {
    VCPU_READY,                 /* runs or could run */
    VCPU_WAITING,               /* in WFI, no interrupt pending */
    VCPU_ENDED,
};

/* CSRs that belong to the guest and are in the hart only while it is the current one. Those without a VS-level twin
   (scounteren, senvcfg) are shared with HS-mode, which uses neither. */
struct vs_csrs {
    uint64_t status, ie, tvec, scratch, epc, cause, tval, atp, timecmp;
    uint64_t counteren, envcfg;
};

/* Registers that every exit saves: ra, sp, t0, t1, a0-a7, and x0, which is always as it should be. */
#define ALWAYS_SAVED    (7u | 3u << 5 | 0xffu << 10)
#define ALL_SAVED       UINT32_MAX

struct vcpu {
    uint64_t regs[32];          /* regs[0] is always 0, so that x0 needs no test as a source */
    uint32_t saved;             /* which of regs hold what the guest has, and take effect when written */
    void *stack;                /* the hypervisor's while it handles an exit of this guest; vm_exit uses the first 16 bytes */
    uint64_t null_calls;        /* hypercalls that vm_exit answered by itself */
    uint64_t exits[EXCEPTIONS], timer_exits;

    /* While the guest is the current one these are in CSRs instead. sstatus.SPP is the privilege to return to. */
    uint64_t pc, hstatus, sstatus;
    struct vs_csrs vs;
    struct vm *vm;
    enum vcpu_state state;
    const char *end_reason;     /* of the outcome END */
    uint64_t slices;            /* time slices used up */
    unsigned stuck;             /* slices that ended at the guest's trap vector, entered from there */
};

struct device;

struct vm {
    struct vcpu vcpu;
    unsigned index;
    const char *name;
    uint64_t ram;               /* host-physical address of guest-physical GUEST_RAM_BASE */
    uint64_t gstage_root;
    uint64_t vmid, vmid_generation;
    const struct device *devices[DEVICES];  /* by page from DEVICES_BASE; NULL: nothing answers */
    struct vuart uart;
    struct guest_line line;
    bool passed;
};

extern struct vm vms[GUESTS_MAX];
extern unsigned vm_count;

/* Makes a machine with fresh memory mapping from an image of `size` bytes; panics if there are too many or too large. */
void vm_create(const char *name, const void *image, uint64_t size);

/* Host pointer to `size` bytes of the guest's RAM, or NULL if any of them lies outside. */
void *vm_memory(struct vm *vm, uint64_t gpa, uint64_t size);

/* May regs[reg] be read and written? If not, the handler returns AGAIN before it has done anything. */
static inline bool vcpu_has(const struct vcpu *vcpu, unsigned reg)
{
    return vcpu->saved >> reg & 1;
}

/* Writes a register of the guest, which may be x0. */
static inline void vcpu_set(struct vcpu *vcpu, unsigned rd, uint64_t value)
{
    vcpu->regs[rd] = value;
    vcpu->regs[0] = 0;
}

/* Puts the guest's CSRs into the hart, or takes them out. */
void vcpu_load(struct vcpu *vcpu);
void vcpu_save(struct vcpu *vcpu);

#endif
