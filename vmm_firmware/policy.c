/* The policy and this host: what the host lacks cannot be had, what it has beyond the policy must be hidden, and what cannot be
   hidden must be equal. Hidden means gone: the guest gets the exception that a hart without the extension raises. */
#include "policy.h"

#include "console.h"
#include "csr.h"
#include "guarded.h"
#include "panic.h"
#include "power.h"

#define MASKABLE    (HISADIS_M | HISADIS_A | HISADIS_ZBA | HISADIS_ZBB | HISADIS_ZBS | HISADIS_ZICOND | HISADIS_ZICBOM | \
                     HISADIS_ZICBOZ | HISADIS_ZICNTR | HISADIS_ZIHPM)

/* For instructions that write; as large as any cache block. */
static uint8_t area[512] __attribute__((aligned(512)));

static _Noreturn void refuse(const char *what, uint64_t which)
{
    console_print(what, which);
    power_off(EXIT_REFUSED);
}

/* Extensions of the host, by an instruction of each. */
static uint64_t host_extensions(void)
{
    uint64_t found = 0;

    for (unsigned i = 0; i < 32; i++)
        if ((MASKABLE | POLICY_SMSTATEEN | POLICY_SVINVAL) >> i & 1 && guarded_probe(i, area))
            found |= 1ull << i;
    return found;
}

/* vsatp has as many ASID bits as the guest's satp will have. */
static uint64_t asid_bits(void)
{
    csr_write(CSR_VSATP, SATP_MODE_SV39 | SATP_ASID);

    uint64_t asid = (csr_read(CSR_VSATP) & SATP_ASID) >> SATP_ASID_SHIFT;

    csr_write(CSR_VSATP, 0);
    return (uint64_t)__builtin_popcountll(asid);
}

/* Bytes that cbo.zero clears. */
static uint64_t cache_block(void)
{
    uint64_t bytes = 0;

    __builtin_memset(area, 0xff, sizeof area);
    guarded_probe((unsigned)__builtin_ctz(HISADIS_ZICBOZ), area);
    while (bytes < sizeof area && area[bytes] == 0)
        bytes++;
    return bytes;
}

void policy_init(void)
{
    if (POLICY_EXTENSIONS == POLICY_AS_HOST)
        return;

    const uint64_t wanted = POLICY_EXTENSIONS & ~(uint64_t)POLICY_ZICBOP;
    uint64_t host = host_extensions(), hidden = host & ~wanted;

    if (wanted & ~host)
        refuse("[hypervisor] refused: the policy has extensions %x, which this host lacks\n", wanted & ~host);
    if (asid_bits() != POLICY_ASID_BITS)
        refuse("[hypervisor] refused: this host has ASIDs of %u bits, the policy others\n", asid_bits());
    if (host & HISADIS_ZICBOZ && cache_block() != POLICY_CACHE_BLOCK)
        refuse("[hypervisor] refused: this host has cache blocks other than the policy's %u bytes\n", POLICY_CACHE_BLOCK);
    if (hidden & POLICY_SMSTATEEN)
        csr_write_checked(CSR_HSTATEEN0, MSTATEEN0_ENVCFG, MSTATEEN0_SE0 | MSTATEEN0_ENVCFG);
    hidden &= ~(uint64_t)POLICY_SMSTATEEN;
    if (guarded_hdcap() & HDCAP_HISADIS) {
        csr_write_checked(CSR_HISADIS, hidden & MASKABLE, UINT64_MAX);
        hidden &= ~(uint64_t)MASKABLE;
    }
    if (hidden)
        refuse("[hypervisor] refused: this host cannot hide its extensions %x\n", hidden);
}
