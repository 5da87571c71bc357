/* Random instructions of each class, and states in which they do something. */
#include "forgery.h"

#define RD(n)       ((uint32_t)(n) << 7)
#define FUNCT3(n)   ((uint32_t)(n) << 12)
#define RS1(n)      ((uint32_t)(n) << 15)
#define RS2(n)      ((uint32_t)(n) << 20)
#define COUNT(array) (sizeof array / sizeof array[0])
#define OF(array)   array[random_bits() % COUNT(array)]

/* Those that supervisors have, those that a hypervisor emulates or hides, neighbours. */
static const uint16_t csrs[] = {
    CSR_SSTATUS, CSR_SIE, CSR_SCOUNTEREN, CSR_SENVCFG, CSR_SEPC, CSR_SCAUSE, CSR_STVAL, CSR_SIP, CSR_STIMECMP, CSR_SATP,
    CSR_CYCLE, CSR_TIME, CSR_INSTRET, CSR_HPMCOUNTER3, CSR_HPMCOUNTER31, CSR_SSTATEEN0, CSR_HSTATUS, CSR_HEDELEG, CSR_HIDELEG,
    CSR_HIE, CSR_HVIP, CSR_HIP, CSR_HCOUNTEREN, CSR_HENVCFG, CSR_HTVAL, CSR_HTINST, CSR_HGATP, CSR_HTIMEDELTA, CSR_VSSTATUS,
    CSR_VSIE, CSR_VSTVEC, CSR_VSSCRATCH, CSR_VSEPC, CSR_VSCAUSE, CSR_VSTVAL, CSR_VSIP, CSR_VSTIMECMP, CSR_VSATP, CSR_MSTATUS,
    CSR_MISA, CSR_MHARTID, CSR_MCYCLE, CSR_HDCAP, CSR_HPLE, CSR_HISADIS,
};

/* Translation as it is, off, or by a MODE that no hart here has. Immediates would move the root. */
static uint64_t random_satp(struct state *state, bool immediate)
{
    if (immediate)
        state->satp = 0;
    switch (random_bits() & 3) {
    case 0:
        return 0;
    case 1:
        return random_bits() | 9ull << SATP_MODE_SHIFT;
    default:
        return paging_satp() | (random_bits() & 0xf) << SATP_ASID_SHIFT;
    }
}

/* The trial itself needs sscratch and stvec: they are only read. No hypervisor sees accesses to them. */
static uint32_t access(struct state *state, unsigned csr, unsigned operation, unsigned rs1)
{
    static const uint8_t functs[] = { 1, 2, 3, 5, 6, 7 };
    unsigned funct3 = functs[operation];

    if (csr == CSR_SSCRATCH || csr == CSR_STVEC) {
        funct3 |= 2;
        rs1 = 0;
    }
    if (csr == CSR_SATP)
        state->regs[rs1] = random_satp(state, funct3 & 4);
    return 0x73 | RD(random_reg()) | FUNCT3(funct3) | RS1(rs1) | csr << 20;
}

/* A stride that has no divisor in common with the number of combinations meets each of them once. */
uint32_t forge_csr(struct state *state, uint64_t index)
{
    uint64_t at = index * 5437 % (COUNT(csrs) * 6 * 32);

    _Static_assert(COUNT(csrs) == 45, "5437 must have no divisor in common with the number of CSRs");
    return access(state, csrs[at % COUNT(csrs)], at / COUNT(csrs) % 6, (unsigned)(at / COUNT(csrs) / 6));
}

uint32_t forge_any_csr(struct state *state, uint64_t index)
{
    uint64_t at = index * 486031 % (4096 * 6 * 32);

    return access(state, at & 0xfff, (at >> 12) % 6, (unsigned)((at >> 12) / 6));
}

unsigned forge_counter(uint32_t insn)
{
    unsigned csr = insn >> 20;

    return (insn & 0x7f) == 0x73 && insn >> 12 & 3 && csr >= CSR_CYCLE && csr <= CSR_INSTRET ? csr : 0;
}

/* WFI must not wait for ever; whoever waits in user mode would get the interrupt itself. */
uint32_t forge_privileged(struct state *state, uint64_t index)
{
    static const uint32_t insns[] = { MATCH_WFI, MATCH_SRET, MATCH_MRET, MATCH_SFENCE_VMA, MATCH_SINVAL_VMA,
                                      MATCH_SFENCE_W_INVAL, MATCH_SFENCE_INVAL_IR };
    uint32_t insn = OF(insns);

    (void)index;
    if (insn == MATCH_WFI && state->status & SSTATUS_SPP) {
        csr_write(CSR_SIE, SIE_SSIE);
        csr_set(CSR_SIP, SIP_SSIP);
    } else {
        state->status |= random_bits() & SSTATUS_SPIE;
    }
    return insn == MATCH_SFENCE_VMA || insn == MATCH_SINVAL_VMA ? insn | RS1(random_reg()) | RS2(random_reg()) : insn;
}

/* What has the opcode of these, and mostly does not exist. One bit away from WFI may be WFI: an ECALL is for the firmware. */
uint32_t forge_system(struct state *state, uint64_t index)
{
    static const uint32_t insns[] = { MATCH_WFI, MATCH_SRET, MATCH_SFENCE_VMA, MATCH_SINVAL_VMA, MATCH_HLV_B, MATCH_HSV_B };
    uint32_t insn = (random_bits() & 1 ? OF(insns) : (uint32_t)random_bits()) ^ 1u << (7 + random_bits() % 25);

    (void)state, (void)index;
    insn = (insn & ~0x707fu) | 0x73 | (insn & FUNCT3(4));
    return insn == MATCH_ECALL || insn == MATCH_WFI ? MATCH_EBREAK : insn;
}

uint32_t forge_hypervisor(struct state *state, uint64_t index)
{
    static const uint32_t loads[] = { MATCH_HLV_B, MATCH_HLV_BU, MATCH_HLV_H, MATCH_HLV_HU, MATCH_HLV_W, MATCH_HLV_WU, MATCH_HLV_D,
                                      MATCH_HLVX_HU, MATCH_HLVX_WU };
    static const uint32_t others[] = { MATCH_HSV_B, MATCH_HSV_H, MATCH_HSV_W, MATCH_HSV_D, MATCH_HFENCE_VVMA, MATCH_HFENCE_GVMA,
                                       MATCH_HINVAL_VVMA, MATCH_HINVAL_GVMA };

    (void)state, (void)index;
    if (random_bits() & 1)
        return OF(loads) | RD(random_reg()) | RS1(random_reg());
    return OF(others) | RS1(random_reg()) | RS2(random_reg());
}

/* Where nothing is, where the probe is, and around its ends and the page's; RAM that anybody may change. No sum wraps around to what
   an alias would make the first block of RAM, in which the guest's own code is. */
static uint64_t address(const struct state *state)
{
    const uint64_t places[] = {
        PROBE_BASE, PROBE_BASE, PROBE_BASE, PROBE_BASE + 32, PROBE_BASE + VPROBE_SIZE - 16, PROBE_BASE + PAGE_SIZE - 16, (uint64_t)scratch,
        0x200000, PROBE_BASE + PAGE_SIZE, 0x40200000, GUEST_RAM_BASE + GUEST_RAM_SIZE, 1ull << 41, 1ull << 55, 1ull << 60, -32ull,
    };
    uint64_t offset = random_bits() & 31, place = OF(places) + (random_bits() & 1 ? offset & ~7ull : offset);

    return state->satp && place >> 32 == 0 ? paging_alias(place, !(state->status & SSTATUS_SPP)) : place;
}

/* A register that is not x0, with which an access at this displacement goes to such an address. */
static unsigned pointer(struct state *state, int64_t displacement)
{
    unsigned reg = 1 + random_bits() % 31;

    state->regs[reg] = address(state) - (uint64_t)displacement;
    return reg;
}

static int64_t random_displacement(void)
{
    return (int64_t)(random_bits() & 0xfff) - 0x800;
}

uint32_t forge_load(struct state *state, uint64_t index)
{
    int64_t offset = random_displacement();

    (void)index;
    return MATCH_LB | RD(random_reg()) | FUNCT3(random_bits() & 7) | RS1(pointer(state, offset)) | (uint32_t)offset << 20;
}

uint32_t forge_store(struct state *state, uint64_t index)
{
    int64_t offset = random_displacement();
    uint32_t bits = (uint32_t)offset;

    (void)index;
    return MATCH_SB | RD(bits & 31) | FUNCT3(random_bits() & 7) | RS1(pointer(state, offset)) | RS2(random_reg()) |
           (bits >> 5 & 0x7f) << 25;
}

/* The forms of compressed transfers; what is in neither match nor `fields` is the immediate: for each of its bits in the
   encoding, the bit of the displacement. */
static const struct form {
    uint16_t match, base;           /* 2, or 0: x8-x15 at bit 7 */
    struct {
        uint8_t at, means, count;
    } immediate[3];
} forms[] = {
    { MATCH_C_LW,   0, { { 10, 3, 3 }, { 6, 2, 1 }, { 5, 6, 1 } } },
    { MATCH_C_SW,   0, { { 10, 3, 3 }, { 6, 2, 1 }, { 5, 6, 1 } } },
    { MATCH_C_LD,   0, { { 10, 3, 3 }, { 5, 6, 2 } } },
    { MATCH_C_SD,   0, { { 10, 3, 3 }, { 5, 6, 2 } } },
    { MATCH_C_LWSP, 2, { { 12, 5, 1 }, { 4, 2, 3 }, { 2, 6, 2 } } },
    { MATCH_C_LDSP, 2, { { 12, 5, 1 }, { 5, 3, 2 }, { 2, 6, 3 } } },
    { MATCH_C_SWSP, 2, { { 9, 2, 4 }, { 7, 6, 2 } } },
    { MATCH_C_SDSP, 2, { { 10, 3, 3 }, { 7, 6, 3 } } },
    /* Of D and Zcb, which no hart here has. */
    { 0x2000,       0, { { 10, 3, 3 }, { 5, 6, 2 } } },
    { 0xa000,       0, { { 10, 3, 3 }, { 5, 6, 2 } } },
    { 0x2002,       2, { { 12, 5, 1 }, { 5, 3, 2 }, { 2, 6, 3 } } },
    { 0xa002,       2, { { 10, 3, 3 }, { 7, 6, 3 } } },
    { 0x8000,       0, { { 6, 0, 1 }, { 5, 1, 1 } } },
};

uint32_t forge_compressed(struct state *state, uint64_t index)
{
    const struct form *form = &OF(forms);
    uint32_t fields = (uint32_t)random_bits() & 0x1ffc;
    uint64_t displacement = 0;

    (void)index;
    for (unsigned i = 0; i < 3; i++)
        displacement |= (fields >> form->immediate[i].at & ((1u << form->immediate[i].count) - 1)) << form->immediate[i].means;
    state->regs[form->base ? form->base : 8 + (fields >> 7 & 7)] = address(state) - displacement;
    return form->match | fields;
}

uint32_t forge_atomic(struct state *state, uint64_t index)
{
    static const uint32_t insns[] = { MATCH_LR_W, MATCH_SC_W, MATCH_AMOSWAP_W, MATCH_AMOADD_W, MATCH_AMOXOR_W, MATCH_AMOMAXU_W };
    uint32_t insn = OF(insns), aq_rl = (uint32_t)(random_bits() & 3) << 25;

    (void)index;
    return insn | (random_bits() & 1 ? FUNCT3(1) : 0) | aq_rl | RD(random_reg()) | RS1(pointer(state, 0)) |
           (insn == MATCH_LR_W ? 0 : RS2(random_reg()));
}

uint32_t forge_cache_block(struct state *state, uint64_t index)
{
    static const uint32_t insns[] = { MATCH_CBO_INVAL, MATCH_CBO_CLEAN, MATCH_CBO_FLUSH, MATCH_CBO_ZERO };

    (void)index;
    return OF(insns) | RS1(pointer(state, 0));
}

/* Code where there is none. An odd address becomes even. */
uint32_t forge_jump(struct state *state, uint64_t index)
{
    (void)index;
    __builtin_memset(scratch, 0, sizeof scratch);
    return MATCH_JALR | RD(random_reg()) | RS1(pointer(state, 0));
}

/* All that computes, of every extension; or whatever else has the same opcodes. */
uint32_t forge_computing(struct state *state, uint64_t index)
{
    static const uint8_t opcodes[] = { MATCH_ADDI, MATCH_ADD, MATCH_ADDIW, MATCH_ADDW, MATCH_FENCE, MATCH_LUI, MATCH_AUIPC };
    static const uint32_t insns[] = {
        MATCH_ADD, MATCH_SUB, MATCH_SLL, MATCH_SRA, MATCH_SLTU, MATCH_ADDW, MATCH_SUBW, MATCH_SLLW, MATCH_SRLW, MATCH_SRAW,
        MATCH_MUL, MATCH_MULH, MATCH_MULHSU, MATCH_MULHU, MATCH_DIV, MATCH_DIVU, MATCH_REM, MATCH_REMU, MATCH_MULW, MATCH_DIVW,
        MATCH_DIVUW, MATCH_REMW, MATCH_REMUW, MATCH_SH1ADD, MATCH_SH2ADD, MATCH_SH3ADD, MATCH_ADD_UW, MATCH_SH1ADD_UW,
        MATCH_SH2ADD_UW, MATCH_SH3ADD_UW, MATCH_ANDN, MATCH_ORN, MATCH_XNOR, MATCH_MIN, MATCH_MINU, MATCH_MAX, MATCH_MAXU,
        MATCH_ROL, MATCH_ROR, MATCH_ROLW, MATCH_RORW, MATCH_BCLR, MATCH_BEXT, MATCH_BINV, MATCH_BSET, MATCH_CZERO_EQZ,
        MATCH_CZERO_NEZ,
    };
    static const uint32_t unary[] = {
        MATCH_SLLI_UW, MATCH_RORI, MATCH_RORIW, MATCH_CLZ, MATCH_CTZ, MATCH_CPOP, MATCH_CLZW, MATCH_CTZW, MATCH_CPOPW,
        MATCH_SEXT_B, MATCH_SEXT_H, MATCH_ZEXT_H, MATCH_ORC_B, MATCH_REV8, MATCH_BCLRI, MATCH_BEXTI, MATCH_BINVI, MATCH_BSETI,
    };
    uint32_t registers = RD(random_reg()) | RS1(random_reg());

    (void)state, (void)index;
    switch (random_bits() & 3) {
    case 0:
        return ((uint32_t)random_bits() & ~0x7fu) | OF(opcodes);
    case 1:
        return OF(unary) | registers;
    default:
        return OF(insns) | registers | RS2(random_reg());
    }
}
