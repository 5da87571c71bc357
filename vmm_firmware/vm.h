/* A virtual machine and its hart. */
#ifndef VM_H
#define VM_H

#include <stdbool.h>
#include <stdint.h>

#include "console.h"
#include "layout.h"
#include "vuart.h"

#define GUESTS_MAX      16
#define EXCEPTIONS      24      /* exception codes 0-23 can occur */

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

/* sp aside, the registers that C code gives back as it found them: gp, tp and s0-s11. */
#define CALLEE_SAVED    (1u << 3 | 1u << 4 | 3u << 8 | 0x3ffu << 18)

struct vcpu {
    uint64_t regs[32];          /* regs[0] is always 0, so that x0 needs no test as a source */
    uint64_t pc;
    uint64_t reload;            /* not 0: the hart's callee-saved registers are not what regs says */
    uint64_t hstatus, sstatus;  /* SPVP and SPP: the privilege to return to. Saved at a switch only */
    uint64_t null_calls;        /* hypercalls that vm_exit answered by itself */
    struct vs_csrs vs;
    struct vm *vm;
    enum vcpu_state state;
    struct {
        uint64_t cause, tval;
    } reflected;                /* what the outcome REFLECT makes the guest take */
    const char *end_reason;     /* of the outcome END */
    uint64_t exits[EXCEPTIONS], timer_exits;
    uint64_t slices;            /* time slices used up */
    unsigned stuck;             /* slices that ended at the guest's trap vector, entered from there */
};

struct vm {
    struct vcpu vcpu;
    unsigned index;
    const char *name;
    uint64_t ram;               /* host-physical address of guest-physical GUEST_RAM_BASE */
    uint64_t gstage_root;
    uint64_t vmid, vmid_generation;
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

/* Writes a register of the guest, which may be x0. */
static inline void vcpu_set(struct vcpu *vcpu, unsigned rd, uint64_t value)
{
    vcpu->regs[rd] = value;
    vcpu->regs[0] = 0;
    vcpu->reload |= CALLEE_SAVED >> rd & 1;
}

/* Takes the exception in the guest, as its hart would ("Trap Entry"). False if it could never get past the handler's
   first instruction, because that is the one that trapped. */
bool vcpu_inject(struct vcpu *vcpu, uint64_t cause, uint64_t tval);

/* Puts the guest's CSRs into the hart, or takes them out. */
void vcpu_load(struct vcpu *vcpu);
void vcpu_save(struct vcpu *vcpu);

#endif
