/* Instructions of a guest: reading them from its memory, and expanding compressed loads and stores. */
#include "insn.h"

#include <stddef.h>

#include "csr.h"
#include "guarded.h"

struct fetched insn_fetch(uint64_t pc)
{
    uint16_t low = 0, high = 0;
    uint64_t fault = guarded_fetch(pc, &low);

    /* Two steps: the second half may lie on a page of its own, and is none of our business if there is none. */
    if (fault || (low & 3) != 3)
        return (struct fetched) { fault, low, 2 };
    fault = guarded_fetch(pc + 2, &high);
    return (struct fetched) { fault, (uint32_t)high << 16 | low, 4 };
}

enum outcome insn_fetch_fault(struct vcpu *vcpu, uint64_t fault)
{
    /* HLVX reports a load; the guest did a fetch. A guest-page fault is left to the guest's own next fetch. */
    switch (fault) {
    case EXC_LOAD_PAGE_FAULT:
        if (SHADOW)
            return RESUME;      /* the page may be no more than forgotten */
        return reflect(vcpu, EXC_INSTRUCTION_PAGE_FAULT, csr_read(CSR_SEPC));
    case EXC_LOAD_ACCESS_FAULT:
        return reflect(vcpu, EXC_INSTRUCTION_ACCESS_FAULT, csr_read(CSR_SEPC));
    default:
        return RESUME;
    }
}

struct compressed {
    uint16_t mask, match;
    uint32_t base;          /* fixed bits of the 32-bit instruction */
    unsigned reg;           /* lowest bit of the field with rd or rs2 */
    bool store, prime;      /* prime: a field of 3 bits, for x8-x15 */
};

/* In quadrant 0 the register is rd' or rs2' at bit 2; in quadrant 2 rd is at bit 7 and rs2 at bit 2. */
static const struct compressed table[] = {
    { MASK_C_LW,   MATCH_C_LW,   MATCH_LW, 2, false, true },
    { MASK_C_LD,   MATCH_C_LD,   MATCH_LD, 2, false, true },
    { MASK_C_SW,   MATCH_C_SW,   MATCH_SW, 2, true,  true },
    { MASK_C_SD,   MATCH_C_SD,   MATCH_SD, 2, true,  true },
    { MASK_C_LWSP, MATCH_C_LWSP, MATCH_LW, 7, false, false },
    { MASK_C_LDSP, MATCH_C_LDSP, MATCH_LD, 7, false, false },
    { MASK_C_SWSP, MATCH_C_SWSP, MATCH_SW, 2, true,  false },
    { MASK_C_SDSP, MATCH_C_SDSP, MATCH_SD, 2, true,  false },
};

uint32_t insn_expand_transfer(uint16_t insn)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct compressed *row = &table[i];

        if ((insn & row->mask) == row->match) {
            uint32_t reg = row->prime ? 8 + (insn >> row->reg & 7) : insn >> row->reg & 31;

            return row->base | reg << (row->store ? 20 : 7);
        }
    }
    return 0;
}
