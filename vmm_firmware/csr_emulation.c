/* CSR instructions of a guest that trap: counters that hcounteren hides (with the clock goes stimecmp), and satp while
   hstatus.VTVM is set. Event counters stand at 0. All others, the hypervisor's own registers among them, do not exist for the
   guest. */
#include "csr.h"
#include "insn.h"
#include "shadow.h"
#include "virtual.h"

/* False if the guest has no such CSR. */
static inline bool read(const struct vcpu *vcpu, unsigned csr, uint64_t *value)
{
    switch (csr) {
    case CSR_CYCLE:     *value = csr_read(CSR_CYCLE); return true;
    case CSR_TIME:      *value = csr_read(CSR_TIME) + csr_read(CSR_HTIMEDELTA); return true;
    case CSR_INSTRET:   *value = csr_read(CSR_INSTRET); return true;
    case CSR_STIMECMP:  *value = csr_read(CSR_VSTIMECMP); return true;
    case CSR_SATP:      *value = SHADOW ? vcpu->satp : csr_read(CSR_VSATP); return true;
    default:            *value = 0; return csr >= CSR_HPMCOUNTER3 && csr <= CSR_HPMCOUNTER31;
    }
}

static void write(struct vcpu *vcpu, unsigned csr, uint64_t value)
{
    uint64_t mode = value & SATP_MODE;

    if (csr == CSR_STIMECMP)
        csr_write(CSR_VSTIMECMP, value);

    /* From VS-mode a write with an unsupported MODE changes nothing; from here the hart would take the other fields. */
    if (csr == CSR_SATP && (mode == SATP_MODE_BARE || mode == SATP_MODE_SV39)) {
        if (SHADOW)
            shadow_write_satp(vcpu, value);
        else
            csr_write(CSR_VSATP, value);
    }
}

/* Bits 11:10 of a CSR's number say read-only, bits 9:8 the lowest mode. */
static bool is_read_only(unsigned csr)
{
    return csr >> 10 == 3;
}

static bool may_access(unsigned csr)
{
    if (csr_read(CSR_SSTATUS) & SSTATUS_SPP)
        return true;
    return (csr >> 8 & 3) == 0 && csr_read(CSR_SCOUNTEREN) >> (csr - CSR_CYCLE) & 1;
}

HOT enum outcome csr_emulate(struct vcpu *vcpu, uint32_t insn)
{
    unsigned csr = INSN_CSR(insn), source = INSN_RS1(insn), operation = INSN_FUNCT3(insn) & 3;
    bool immediate = INSN_FUNCT3(insn) & 4;

    /* csrrs and csrrc write unless the source is x0 or 0 itself, whatever value a register holds. */
    bool writes = operation == 1 || source != 0;
    uint64_t old;

    if (!read(vcpu, csr, &old) || (writes && is_read_only(csr)) || !may_access(csr))
        return reflect(vcpu, EXC_ILLEGAL_INSTRUCTION, insn);
    if (!vcpu_has(vcpu, INSN_RD(insn)) || !(immediate || vcpu_has(vcpu, source)))
        return AGAIN;
    if (writes) {
        uint64_t operand = immediate ? source : vcpu->regs[source];

        write(vcpu, csr, operation == 1 ? operand : operation == 2 ? old | operand : old & ~operand);
    }
    vcpu_set(vcpu, INSN_RD(insn), old);
    return STEP;
}
