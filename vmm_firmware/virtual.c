/* Instructions that the hart refuses to a guest ("Hypervisor: Virtual-Instruction Exception"). What is not emulated
   becomes an illegal instruction: a machine without the hypervisor extension knows no other exception for it. */
#include "virtual.h"

#include <stddef.h>

#include "csr.h"
#include "insn.h"
#include "shadow.h"

typedef enum outcome emulator(struct vcpu *vcpu, uint32_t insn);

static enum outcome illegal(struct vcpu *vcpu, uint32_t insn)
{
    return reflect(vcpu, EXC_ILLEGAL_INSTRUCTION, insn);
}

static bool in_vs_mode(void)
{
    return csr_read(CSR_SSTATUS) & SSTATUS_SPP;
}

HOT static enum outcome wfi(struct vcpu *vcpu, uint32_t insn)
{
    if (!in_vs_mode())
        return illegal(vcpu, insn);     /* a hart may do so to U-mode, which this one does */
    return vcpu_wait(vcpu, false);
}

/* "Trap Return", with V=1. Traps only while hstatus.VTSR is set. */
static enum outcome sret(struct vcpu *vcpu, uint32_t insn)
{
    uint64_t old = csr_read(CSR_VSSTATUS), new = (old | SSTATUS_SPIE) & ~(SSTATUS_SPP | SSTATUS_SIE);

    if (!in_vs_mode())
        return illegal(vcpu, insn);
    if (old & SSTATUS_SPIE)
        new |= SSTATUS_SIE;
    if (!(old & SSTATUS_SPP))
        csr_clear(CSR_SSTATUS, SSTATUS_SPP);
    csr_write(CSR_VSSTATUS, new);
    csr_write(CSR_SEPC, csr_read(CSR_VSEPC));
    return RESUME;
}

/* SFENCE.VMA, or SINVAL.VMA, which may do more than it has to. They trap only while hstatus.VTVM is set. */
static enum outcome sfence_vma(struct vcpu *vcpu, uint32_t insn)
{
    unsigned rs1 = INSN_RS1(insn), rs2 = INSN_RS2(insn);

    if (!in_vs_mode())
        return illegal(vcpu, insn);
    if (!vcpu_has(vcpu, rs1) || !vcpu_has(vcpu, rs2))
        return AGAIN;
    guest_fence(vcpu, rs1 ? &vcpu->regs[rs1] : NULL, rs2 ? &vcpu->regs[rs2] : NULL);
    return STEP;
}

static const struct {
    uint32_t mask, match;
    emulator *emulate;
} table[] = {
    { MASK_WFI,         MATCH_WFI,          wfi },
    { MASK_SRET,        MATCH_SRET,         sret },
    { MASK_SFENCE_VMA,  MATCH_SFENCE_VMA,   sfence_vma },
    { MASK_SINVAL_VMA,  MATCH_SINVAL_VMA,   sfence_vma },
};

static enum outcome emulate(struct vcpu *vcpu, uint32_t insn)
{
    /* All CSR instructions: opcode SYSTEM, and bits 1:0 of funct3 are not 0. */
    if ((insn & MASK_LUI) == (MATCH_CSRRW & MASK_LUI) && INSN_FUNCT3(insn) & 3)
        return csr_emulate(vcpu, insn);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if ((insn & table[i].mask) == table[i].match)
            return table[i].emulate(vcpu, insn);
    return illegal(vcpu, insn);
}

/* A hart may leave stval 0. */
static __attribute__((noinline)) enum outcome unreported(struct vcpu *vcpu)
{
    struct fetched fetched = insn_fetch(csr_read(CSR_SEPC));

    return fetched.fault ? insn_fetch_fault(vcpu, fetched.fault) : emulate(vcpu, fetched.insn);
}

HOT enum outcome virtual_instruction(struct vcpu *vcpu)
{
    uint32_t insn = (uint32_t)csr_read(CSR_STVAL);

    return insn ? emulate(vcpu, insn) : unreported(vcpu);
}
