/* CSRs that trap to the hypervisor, and instructions that do not exist for a guest. */
#include "driver.h"

/* The hypervisor's own registers and instructions: an illegal instruction, whatever the hart calls it. */
#define ILLEGAL(what, ...) do {                                                     \
    watch();                                                                        \
    __asm__ volatile(__VA_ARGS__ : "t0", "memory");                                 \
    check(what, trap.cause, EXC_ILLEGAL_INSTRUCTION);                               \
} while (0)

#define READ_T0(csr)    ((csr) << 20 | MATCH_CSRRS | 5 << 7)

#define ILLEGAL_CSR(name, csr) do {                                                 \
    ILLEGAL(name, "csrr t0, %0" : : "i"(csr));                                      \
    check(name " stval", trap.tval, READ_T0((uint64_t)(csr)));                      \
} while (0)

static void counters(void)
{
    uint64_t cycle = csr_read(CSR_CYCLE), instret = csr_read(CSR_INSTRET), time = csr_read(CSR_TIME);
    uint64_t rest = 0;

    check("cycle runs", csr_read(CSR_CYCLE) > cycle, true);
    check("instret runs", csr_read(CSR_INSTRET) > instret, true);
    check("time does not go back", csr_read(CSR_TIME) >= time, true);

    /* x0 as destination, and as a source that does not count as a write. */
    watch();
    __asm__ volatile("csrrs zero, cycle, zero\n csrrci t0, cycle, 0\n csrrc %0, instret, zero"
                     : "=r"(rest) : : "t0");
    check("reads of counters", trap.cause, NO_TRAP);
    check("instret by csrrc", rest > instret, true);

    ILLEGAL("csrrw cycle", "csrw cycle, zero" : :);
    ILLEGAL("csrrs cycle with a register that is 0", "li t0, 0\n csrrs t0, cycle, t0" : :);
    ILLEGAL("csrrsi instret", "csrsi instret, 1" : :);
}

void driver_csrs(void)
{
    counters();
    ILLEGAL_CSR("hstatus", CSR_HSTATUS);
    ILLEGAL_CSR("hgatp", CSR_HGATP);
    ILLEGAL_CSR("vsstatus", CSR_VSSTATUS);
    ILLEGAL_CSR("vstimecmp", CSR_VSTIMECMP);
    ILLEGAL_CSR("hgeip", CSR_HGEIP);
    ILLEGAL_CSR("mstatus", CSR_MSTATUS);
    ILLEGAL_CSR("mhartid", CSR_MHARTID);
    ILLEGAL("hfence.gvma", ".4byte %0" : : "i"(MATCH_HFENCE_GVMA));
    ILLEGAL("hfence.vvma", ".4byte %0" : : "i"(MATCH_HFENCE_VVMA));
    ILLEGAL("hlv.d", ".4byte %0" : : "i"(MATCH_HLV_D | 5 << 7));
    ILLEGAL("hsv.d", ".4byte %0" : : "i"(MATCH_HSV_D));
    ILLEGAL("mret", "mret" : :);

    /* satp: the legal modes take, an illegal one changes nothing. Bare throughout, as the guest runs. */
    csr_write(CSR_SATP, 1ull << 60 | 5);
    check("satp with an illegal mode", csr_read(CSR_SATP), 0);
    watch();
    __asm__ volatile("sfence.vma\n sfence.vma %0, zero\n sfence.vma zero, %0\n sfence.vma %0, %0" : : "r"(0x1000));
    check("sfence.vma", trap.cause, NO_TRAP);
}
