/* CSR instructions of a guest that trap: counters that hcounteren hides (with the clock goes stimecmp), and satp while
   hstatus.VTVM is set. All others, the hypervisor's own registers among them, do not exist for the guest. */
#include <stddef.h>

#include "csr.h"
#include "insn.h"
#include "virtual.h"

static uint64_t read_cycle(void)
{
    return csr_read(CSR_CYCLE);
}

static uint64_t read_time(void)
{
    return csr_read(CSR_TIME) + csr_read(CSR_HTIMEDELTA);
}

static uint64_t read_instret(void)
{
    return csr_read(CSR_INSTRET);
}

static uint64_t read_satp(void)
{
    return csr_read(CSR_VSATP);
}

static void write_satp(uint64_t value)
{
    uint64_t mode = value & SATP_MODE;

    /* From VS-mode a write with an unsupported MODE changes nothing; from here the hart would take the other fields. */
    if (mode == SATP_MODE_BARE || mode == SATP_MODE_SV39)
        csr_write(CSR_VSATP, value);
}

static uint64_t read_stimecmp(void)
{
    return csr_read(CSR_VSTIMECMP);
}

static void write_stimecmp(uint64_t value)
{
    csr_write(CSR_VSTIMECMP, value);
}

static const struct emulated_csr {
    unsigned number;
    uint64_t counter;           /* bit of scounteren that U-mode needs, or 0 if U-mode has no access at all */
    uint64_t (*read)(void);
    void (*write)(uint64_t value);      /* NULL for a read-only CSR */
} table[] = {
    { CSR_CYCLE,    SCOUNTEREN_CY,  read_cycle,     NULL },
    { CSR_TIME,     SCOUNTEREN_TM,  read_time,      NULL },
    { CSR_INSTRET,  SCOUNTEREN_IR,  read_instret,   NULL },
    { CSR_STIMECMP, 0,              read_stimecmp,  write_stimecmp },
    { CSR_SATP,     0,              read_satp,      write_satp },
};

static const struct emulated_csr *emulated_csr(unsigned number)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].number == number)
            return &table[i];
    return NULL;
}

enum outcome csr_emulate(struct vcpu *vcpu, uint32_t insn)
{
    const struct emulated_csr *csr = emulated_csr(INSN_CSR(insn));
    bool vs_mode = csr_read(CSR_SSTATUS) & SSTATUS_SPP;
    unsigned source = INSN_RS1(insn);
    uint64_t operand = INSN_FUNCT3(insn) & 4 ? source : vcpu->regs[source];
    unsigned operation = INSN_FUNCT3(insn) & 3;

    /* csrrs and csrrc write unless the source is x0 or 0 itself, whatever value a register holds. */
    bool writes = operation == 1 || source != 0;

    if (!csr || (writes && !csr->write) || (!vs_mode && !(csr->counter & csr_read(CSR_SCOUNTEREN))))
        return reflect(vcpu, EXC_ILLEGAL_INSTRUCTION, insn);

    uint64_t old = csr->read();

    if (writes)
        csr->write(operation == 1 ? operand : operation == 2 ? old | operand : old & ~operand);
    vcpu_set(vcpu, INSN_RD(insn), old);
    return STEP;
}
