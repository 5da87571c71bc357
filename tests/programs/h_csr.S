/* Hypervisor and VS registers: writable bits, unsupported modes of the address-translation registers, substitution. */
#include "test.h"

PROGRAM 1
    CHECK   1                               /* hgatp: Sv39x4 with VMID; PPN[1:0] are zero */
    csrw    hgatp, x0
    SET     hgatp, HGATP_MODE_SV39X4 | (5 << HGATP_VMID_SHIFT) | 0x80013
    EXPECT_CSR hgatp, HGATP_MODE_SV39X4 | (5 << HGATP_VMID_SHIFT) | 0x80010
    CHECK   2                               /* corner case 1: an unsupported MODE is kept, VMID and PPN are written */
    SET     hgatp, (3 << HGATP_MODE_SHIFT) | (6 << HGATP_VMID_SHIFT) | 0x80020
    EXPECT_CSR hgatp, HGATP_MODE_SV39X4 | (6 << HGATP_VMID_SHIFT) | 0x80020
    csrw    hgatp, x0
    EXPECT_CSR hgatp, 0

    CHECK   3                               /* vsatp with V=0: an unsupported MODE is kept, the rest is written */
    SET     vsatp, SV39(VS_ROOT) | (7 << VSATP_ASID_SHIFT)
    EXPECT_CSR vsatp, SV39(VS_ROOT) | (7 << VSATP_ASID_SHIFT)
    SET     vsatp, (5 << VSATP_MODE_SHIFT) | (1 << VSATP_ASID_SHIFT) | 0x80020
    EXPECT_CSR vsatp, VSATP_MODE & SATP_MODE_SV39 | (1 << VSATP_ASID_SHIFT) | 0x80020
    CHECK   4                               /* with V=1 (satp): the write is ignored */
    csrw    vsatp, x0
    li      a0, (5 << VSATP_MODE_SHIFT) | (2 << VSATP_ASID_SHIFT) | 0x80030
    TRY     PRV_VS, 0, csrw satp, a0
    EXPECT_DONE PRV_VS
    EXPECT_CSR vsatp, 0
    CHECK   5                               /* a supported one is written to vsatp, and satp stays */
    csrw    satp, x0
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    li      a0, SV39(VS_ROOT)
    TRY     PRV_VS, 0, csrw satp, a0
    EXPECT_DONE PRV_VS
    EXPECT_CSR vsatp, SV39(VS_ROOT)
    EXPECT_CSR satp, 0
    csrw    vsatp, x0

    CHECK   6                               /* hstatus */
    SET     hstatus, HSTATUS_GVA | HSTATUS_SPV | HSTATUS_SPVP | HSTATUS_HU | HSTATUS_VTVM | HSTATUS_VTW | HSTATUS_VTSR
    EXPECT_CSR hstatus, 0x2007003c0
    csrw    hstatus, x0
    EXPECT_CSR hstatus, 0x200000000

    CHECK   7                               /* vsstatus: as sstatus, of its own */
    li      t0, VSSTATUS_SIE | VSSTATUS_SPIE | VSSTATUS_SPP | VSSTATUS_SUM | VSSTATUS_MXR
    csrs    vsstatus, t0
    EXPECT_BITS vsstatus, 0xc0122, 0xc0122
    EXPECT_BITS vsstatus, VSSTATUS_UXL, 2 << VSSTATUS_UXL_SHIFT
    EXPECT_BITS sstatus, SSTATUS_SUM | SSTATUS_MXR | SSTATUS_SIE, 0
    csrc    vsstatus, t0
    EXPECT_BITS vsstatus, 0xc0122, 0

    CHECK   8                               /* the supervisor registers of the guest are the VS registers */
    SET     sscratch, 1
    SET     vsscratch, 2
    li      a0, 3
    TRY     PRV_VS, 0, csrrw a1, sscratch, a0
    EXPECT  a1, 2
    EXPECT_CSR vsscratch, 3
    EXPECT_CSR sscratch, 1
    CHECK   9
    li      a0, -1
    TRY     PRV_VS, 0, csrw sepc, a0
    EXPECT_CSR vsepc, 0xfffffffffffffffe
    li      a0, (1 << 63) | 5
    TRY     PRV_VS, 0, csrw scause, a0
    EXPECT_CSR vscause, (1 << 63) | 5
    li      a0, 0x123456789abcdef0
    TRY     PRV_VS, 0, csrw stval, a0
    EXPECT_CSR vstval, 0x123456789abcdef0
    CHECK   10
    csrr    a2, stvec
    csrr    a3, vstvec
    li      a0, 0x80001001
    TRY     PRV_VS, 0, csrrw a1, stvec, a0
    bne     a1, a3, fail
    EXPECT_CSR vstvec, 0x80001001
    csrw    vstvec, a3
    csrr    a1, stvec
    bne     a1, a2, fail
    CHECK   11
    li      a0, SSTATUS_SUM
    TRY     PRV_VS, 0, csrs sstatus, a0
    EXPECT_BITS vsstatus, VSSTATUS_SUM, VSSTATUS_SUM
    EXPECT_BITS mstatus, MSTATUS_SUM, 0
    csrc    vsstatus, a0
    CHECK   12                              /* senvcfg and scounteren have no double: the guest writes the HS ones */
    csrwi   scounteren, 0
    TRY     PRV_VS, 0, csrwi scounteren, 5
    EXPECT_DONE PRV_VS
    EXPECT_BITS scounteren, 7, 5

    CHECK   13                              /* trap value registers hold what is written */
    SET     htinst, 0x12345678
    EXPECT_CSR htinst, 0x12345678
    SET     htval, 0x0123456789abcdef
    EXPECT_CSR htval, 0x0123456789abcdef
    SET     mtinst, 0x3020
    EXPECT_CSR mtinst, 0x3020
    SET     mtval2, 0x0fedcba987654321
    EXPECT_CSR mtval2, 0x0fedcba987654321
    SET     htimedelta, 0x8000000000000001
    EXPECT_CSR htimedelta, 0x8000000000000001
    CHECK   14                              /* no guest external interrupts */
    SET     hgeie, -1
    EXPECT_CSR hgeie, 0
    EXPECT_CSR hgeip, 0
    CHECK   15                              /* henvcfg.STCE follows menvcfg.STCE */
    csrw    henvcfg, x0
    csrw    menvcfg, x0
    li      t0, HENVCFG_STCE
    csrs    henvcfg, t0
    EXPECT_BITS henvcfg, HENVCFG_STCE, 0
    csrs    menvcfg, t0
    csrs    henvcfg, t0
    EXPECT_BITS henvcfg, HENVCFG_STCE, HENVCFG_STCE
    CHECK   16                              /* misa shows H */
    csrr    a0, misa
    srli    a0, a0, 7
    andi    a0, a0, 1
    EXPECT  a0, 1
    j       pass
