/* Guests on shadow page tables, as on a hart with one stage ("Virtual Memory Control Fields in hstatus": VTVM). While a guest
   translates, vsatp points to the shadow and hgatp is Bare; satp and fences of the guest trap, and every page fault comes
   here. While it does not, there is nothing to shadow, and the G-stage alone translates. */
#include "shadow.h"

#include "csr.h"
#include "gstage.h"
#include "guarded.h"
#include "guest_walk.h"
#include "mmio.h"
#include "owner.h"
#include "vmid.h"

static const struct vcpu *last;     /* whose translations the hart may hold while hgatp is Bare */
static uint64_t asid_mask;

void shadow_init(void)
{
    csr_write(CSR_VSATP, SATP_MODE_SV39 | SATP_ASID);
    asid_mask = csr_read(CSR_VSATP) & SATP_ASID;
    csr_write(CSR_VSATP, SATP_MODE_BARE);
}

static bool translates(uint64_t satp)
{
    return (satp & SATP_MODE) != SATP_MODE_BARE;
}

static void use_shadow(struct vcpu *vcpu)
{
    csr_write(CSR_VSATP, SATP_MODE_SV39 | (vcpu->satp & SATP_ASID) | shadow_root(vcpu->vm, vcpu->satp) >> PAGE_SHIFT);
}

void shadow_enter(struct vcpu *vcpu)
{
    if (!translates(vcpu->satp))
        return;
    vmid_bare();
    use_shadow(vcpu);
    if (last != vcpu)
        fence_guest();
    last = vcpu;
}

void shadow_write_satp(struct vcpu *vcpu, uint64_t value)
{
    bool before = translates(vcpu->satp);

    csr_write(CSR_VSATP, value);
    vcpu->satp = csr_read(CSR_VSATP);       /* as the hart takes it */
    if (translates(vcpu->satp)) {
        if (!before) {
            vmid_bare();
            fence_guest();                  /* fences meanwhile were for the VMID of the guest */
            last = vcpu;
        }
        use_shadow(vcpu);
    } else if (before) {
        vmid_enter(vcpu);
    }
}

void guest_fence(struct vcpu *vcpu, const uint64_t *va, const uint64_t *asid)
{
    uint64_t number = asid ? *asid & asid_mask >> SATP_ASID_SHIFT : 0;

    if ((SHADOW && shadow_forget(vcpu->vm, va, asid ? &number : 0)) || (!va && !asid))
        fence_guest();
    else if (va && asid)
        fence_guest_address_asid(*va, *asid);
    else if (va)
        fence_guest_address(*va);
    else
        fence_guest_asid(*asid);
}

/* Not writable where D is clear: the store that sets it must come here. */
static uint64_t shadow_pte(uint64_t host, uint64_t guest_pte)
{
    uint64_t flags = guest_pte & (PTE_V | PTE_R | PTE_X | PTE_U | PTE_G);

    if (guest_pte & PTE_D)
        flags |= guest_pte & PTE_W;
    return host >> PAGE_SHIFT << PTE_PPN_SHIFT | flags | PTE_A | PTE_D;
}

enum outcome shadow_page_fault(struct vcpu *vcpu)
{
    uint64_t va = csr_read(CSR_STVAL), cause = csr_read(CSR_SCAUSE);
    struct walked found = guest_walk(vcpu, va, cause);
    uint64_t host, unread;
    int level;

    /* A cache-block operation comes as a store, and may be made where a load may ("Cache-Block Management Instructions"). */
    if (found.fault == EXC_STORE_PAGE_FAULT && mmio_manages_block(&unread)) {
        struct walked readable = guest_walk(vcpu, va, EXC_LOAD_PAGE_FAULT);

        if (!readable.fault)
            found = readable;
    } else if (found.fault == EXC_STORE_PAGE_FAULT && unread) {
        return insn_fetch_fault(vcpu, unread);
    }
    if (found.fault)
        return reflect(vcpu, found.fault, va);
    host = gstage_find(vcpu->vm->gstage_root, found.gpa, &level);
    if (host) {
        /* The smaller one of the guest's page and the host's. */
        if (found.level < level) {
            host |= found.gpa & ((PAGE_SIZE << VPN_BITS * level) - (PAGE_SIZE << VPN_BITS * found.level));
            level = found.level;
        }
        owner_assert(host, PAGE_SIZE, OWNER_GUEST + vcpu->vm->index);
        shadow_map(vcpu->vm, (csr_read(CSR_VSATP) & VSATP_PPN) << PAGE_SHIFT, va, level, found.level, shadow_pte(host, found.pte));
        return RESUME;
    }

    /* No RAM there: the exit that the G-stage would have made of it. */
    csr_write(CSR_HTVAL, found.gpa >> 2);
    if (cause == EXC_INSTRUCTION_PAGE_FAULT)
        return reflect(vcpu, EXC_INSTRUCTION_ACCESS_FAULT, va);
    return cause == EXC_LOAD_PAGE_FAULT ? mmio_load(vcpu) : mmio_store(vcpu);
}
