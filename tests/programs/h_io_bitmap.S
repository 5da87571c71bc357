/* The I/O permission bitmap: which accesses of a guest reach the machine, and how all others fault.
Needs: Xdoppel Smpmp Zicbom. */
    .option arch, +zicbom
#include "test.h"

#define BITMAP      DATA(2)                 /* two pages, aligned to 8 KiB */
#define PORTS       DATA(0)                 /* memory takes the place of a device here */
#define WINDOW      GPA(8)
#define LAST(n)     ((n) << HIOBG_LAST_SHIFT)
#define FAULTS      (1 << EXC_LOAD_GUEST_PAGE_FAULT | 1 << EXC_STORE_GUEST_PAGE_FAULT | 1 << EXC_LOAD_ACCESS_FAULT \
                     | 1 << EXC_STORE_ACCESS_FAULT | 1 << EXC_INSTRUCTION_GUEST_PAGE_FAULT)
#define VALUE       0x1122334455667788

.macro OK mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_DONE \mode
.endm
/* A guest-page fault at `port`, as of a page that is not mapped; the address is in a0. */
.macro REFUSED cause, port, mode, insn:vararg
    TRY     \mode, 0, \insn
    EXPECT_HS \cause
    csrr    t5, stval
    bne     t5, a0, fail
    EXPECT_CSR htval, (WINDOW + (\port)) >> 2
    EXPECT_BITS hstatus, HSTATUS_GVA, HSTATUS_GVA
.endm
.macro ACCESS_FAULT cause, insn:vararg
    TRY     PRV_VS, 0, \insn
    EXPECT_HS \cause
    EXPECT_CSR htval, 0
.endm
.macro DENY value
    PUT     BITMAP, \value
    hfence.gvma
.endm

PROGRAM 1
    MAP_GUEST_RAM
    csrw    vsatp, x0
    SET     hgatp, SV39X4(G_ROOT)
    SET     medeleg, FAULTS
    SET     menvcfg, MENVCFG_CBCFE
    SET     henvcfg, MENVCFG_CBCFE
    SET     CSR_HIOBA, BITMAP
    SET     CSR_HIOBH, PORTS
    SET     CSR_HIOBG, WINDOW | LAST(4095) | HIOBG_ENABLE
    PUT     PORTS, VALUE
    PUT     PORTS + 8, 0
    li      a0, WINDOW
    li      a3, -1

    CHECK   1                               /* every size, from VS and VU */
    OK      PRV_VS, ld a1, 0(a0)
    EXPECT  a1, VALUE
    OK      PRV_VU, lb a1, 7(a0)
    EXPECT  a1, 0x11
    OK      PRV_VS, lhu a1, 2(a0)
    EXPECT  a1, 0x5566
    OK      PRV_VU, lw a1, 4(a0)
    EXPECT  a1, 0x11223344
    OK      PRV_VS, sb a3, 8(a0)
    EXPECT_MEM PORTS + 8, 0xff
    OK      PRV_VU, sh a3, 14(a0)
    EXPECT_MEM PORTS + 8, 0xffff0000000000ff
    OK      PRV_VS, sd a3, 8(a0)
    EXPECT_MEM PORTS + 8, -1
    CHECK   2                               /* a port that is denied, and its neighbours */
    DENY    1 << 4
    OK      PRV_VS, lw a1, 0(a0)
    OK      PRV_VS, lb a1, 5(a0)
    OK      PRV_VS, lh a1, 6(a0)
    OK      PRV_VS, ld a1, 8(a0)
    addi    a0, a0, 4
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 4, PRV_VS, lb a1, (a0)
    REFUSED EXC_STORE_GUEST_PAGE_FAULT, 4, PRV_VU, sh a1, (a0)
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 4, PRV_VS, lwu a1, (a0)
    addi    a0, a0, -4
    REFUSED EXC_STORE_GUEST_PAGE_FAULT, 0, PRV_VS, sd a1, (a0)
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 0, PRV_VS, ld a1, (a0)
    DENY    0
    OK      PRV_VS, ld a1, 0(a0)
    CHECK   3                               /* the bits of all bytes, in the right place */
    DENY    1 << 63
    li      a0, WINDOW + 56
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 56, PRV_VS, ld a1, (a0)
    OK      PRV_VS, lw a1, 0(a0)
    li      a0, WINDOW + 63
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 63, PRV_VS, lbu a1, (a0)
    li      a0, WINDOW + 64
    OK      PRV_VS, ld a1, 0(a0)
    DENY    0
    PUT     BITMAP + 504, 1 << 56
    hfence.gvma
    li      a0, WINDOW + 4088
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 4088, PRV_VS, lb a1, (a0)
    PUT     BITMAP + 504, 0
    CHECK   4                               /* the ends of the window */
    SET     CSR_HIOBG, WINDOW | LAST(6) | HIOBG_ENABLE
    hfence.gvma
    li      a0, WINDOW
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 0, PRV_VS, ld a1, (a0)
    OK      PRV_VS, lh a1, 4(a0)
    li      a0, WINDOW + 6
    OK      PRV_VS, lb a1, 0(a0)
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 6, PRV_VS, lh a1, (a0)
    SET     CSR_HIOBG, WINDOW | LAST(7) | HIOBG_ENABLE
    hfence.gvma
    OK      PRV_VS, lh a1, 0(a0)
    li      a0, WINDOW - 1
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, -1, PRV_VS, lb a1, (a0)
    li      a0, WINDOW + 8
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 8, PRV_VS, lb a1, (a0)
    CHECK   5                               /* no window */
    SET     CSR_HIOBG, WINDOW | LAST(4095)
    hfence.gvma
    li      a0, WINDOW
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 0, PRV_VS, lb a1, (a0)
    SET     CSR_HIOBG, WINDOW | LAST(4095) | HIOBG_ENABLE
    hfence.gvma
    CHECK   6                               /* other accesses */
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 0, PRV_VS, lr.w a1, (a0)
    REFUSED EXC_STORE_GUEST_PAGE_FAULT, 0, PRV_VS, sc.w a1, a2, (a0)
    REFUSED EXC_STORE_GUEST_PAGE_FAULT, 0, PRV_VU, amoadd.w a1, a2, (a0)
    REFUSED EXC_STORE_GUEST_PAGE_FAULT, 0, PRV_VS, cbo.flush (a0)
    li      a0, WINDOW + 2
    TRY     PRV_VS, 0, lw a1, (a0)
    EXPECT_M EXC_LOAD_MISALIGNED
    li      a0, WINDOW
    TRY     PRV_VS, 0, jr a0
    mv      s11, a0
    EXPECT_HS EXC_INSTRUCTION_GUEST_PAGE_FAULT
    CHECK   7                               /* the hypervisor, as its guest */
    SET     hstatus, HSTATUS_SPVP
    OK      PRV_S, hlv.d a1, (a0)
    EXPECT  a1, VALUE
    li      a2, 0x99
    OK      PRV_S, hsv.b a2, (a0)
    EXPECT_MEM PORTS, 0x1122334455667799
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 0, PRV_S, hlvx.wu a1, (a0)
    DENY    1
    REFUSED EXC_STORE_GUEST_PAGE_FAULT, 0, PRV_S, hsv.w a2, (a0)
    DENY    0

    CHECK   8                               /* a page that is mapped, or badly mapped, has no ports */
    PUT     G_L0 + 8 * 8, PTE_OF(DATA(1), USER_RWX)
    PUT     DATA(1), 5
    hfence.gvma
    OK      PRV_VS, ld a1, (a0)
    EXPECT  a1, 5
    PUT     G_L0 + 8 * 8, PTE_OF(DATA(1), KERNEL_RWX)
    hfence.gvma
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 0, PRV_VS, ld a1, (a0)
    PUT     G_L0 + 8 * 8, PTE_OF(DATA(1), USER_RWX & ~PTE_V)    /* the other bits do not matter */
    hfence.gvma
    OK      PRV_VS, ld a1, (a0)
    EXPECT  a1, 0x1122334455667799
    PUT     G_L0 + 8 * 8, 0

    CHECK   9                               /* behind a stage of the guest's own */
    MAP_RAM VS_ROOT, VS_L1, VS_L0
    MAP     VS_L0, 3, PTE_OF(WINDOW, KERNEL_RW)
    SET     vsatp, SV39(VS_ROOT)
    FENCE_ALL
    li      a0, VA(3)
    OK      PRV_VS, ld a1, (a0)
    EXPECT  a1, 0x1122334455667799
    DENY    2
    REFUSED EXC_LOAD_GUEST_PAGE_FAULT, 0, PRV_VS, ld a1, (a0)
    DENY    0
    MAP     VS_L0, 3, PTE_OF(WINDOW, KERNEL_RW & ~PTE_W & ~PTE_D)
    FENCE_ALL
    OK      PRV_VS, ld a1, (a0)
    TRY     PRV_VS, 0, sd a1, (a0)
    EXPECT_M EXC_STORE_PAGE_FAULT
    csrw    vsatp, x0
    li      a0, WINDOW

    CHECK   10                              /* PMP for the port and for the bitmap */
    SET     pmpaddr1, -1
    SET     pmpaddr0, PORTS >> 2 | 0x1ff
    SET     pmpcfg0, 0x1f19
    FENCE_ALL
    OK      PRV_VS, lb a1, (a0)
    ACCESS_FAULT EXC_STORE_ACCESS_FAULT, sb a1, (a0)
    SET     pmpaddr0, BITMAP >> 2 | 0x1ff
    SET     pmpcfg0, 0x1f18
    FENCE_ALL
    ACCESS_FAULT EXC_LOAD_ACCESS_FAULT, lb a1, (a0)
    ACCESS_FAULT EXC_STORE_ACCESS_FAULT, sb a1, (a0)
    SET     pmpcfg0, 0x1f1f
    FENCE_ALL
    CHECK   11                              /* nothing is there */
    SET     CSR_HIOBH, 0x5000000000
    hfence.gvma
    ACCESS_FAULT EXC_LOAD_ACCESS_FAULT, lb a1, (a0)
    CHECK   12                              /* a real device */
    SET     CSR_HIOBH, UART_BASE
    hfence.gvma
    li      a2, 0x5a
    OK      PRV_VS, sb a2, 7(a0)            /* the scratch register */
    OK      PRV_VS, lbu a1, 7(a0)
    EXPECT  a1, 0x5a
    CHECK   13
    SET     CSR_HIOBG, -1
    EXPECT_CSR CSR_HIOBG, HIOBG_LAST | HIOBG_BASE | HIOBG_ENABLE
    SET     CSR_HIOBA, -1
    EXPECT_CSR CSR_HIOBA, HIOBA_BASE
    SET     CSR_HIOBH, -1
    EXPECT_CSR CSR_HIOBH, HIOBH_BASE
    j       pass
