/* The window of I/O ports: registers of the real machine that a guest may have although others share their page. Bit n of its bitmap,
   if set, denies port n; an access needs all its ports. What is denied reads as ones and is not written, as a bus without a card.
   The bitmap is that of Xdoppel (docs/xdoppel.md, "I/O permission bitmap"), whether the hart or the hypervisor reads it. */
#include "ports.h"

#include "csr.h"
#include "flaw.h"
#include "guarded.h"
#include "mmio.h"
#include "pages.h"
#include "panic.h"
#include "uart16550.h"

#define BITMAP_SIZE (PORTS_COUNT / 8)

/* By machine. The scratch register does nothing, and the status registers only tell. */
static const struct {
    uint16_t first, last;
} open[] = {
    { UART_SCR, UART_SCR },
    { UART_LSR, UART_MSR },
};

void ports_init(void)
{
    if (PORTS != PORTS_HARDWARE)
        return;
    if (!(guarded_hdcap() & HDCAP_HIO))
        panic("this hart has no I/O permission bitmap\n");
    csr_write_checked(CSR_HIOBH, PORTS_HOST, UINT64_MAX);
    csr_write_checked(CSR_HIOBG, HIOBG_ENABLE | PORTS_BASE | (uint64_t)(PORTS_COUNT - 1) << HIOBG_LAST_SHIFT, UINT64_MAX);
}

void ports_create(struct vm *vm, unsigned number)
{
    if (PORTS == PORTS_NONE)
        return;
    if (FLAW == FLAW_SHARED_PORTS && number > 0) {
        vm->ports = vms[0].ports;
        return;
    }
    vm->ports = (uint8_t *)pages_zeroed(BITMAP_SIZE);
    __builtin_memset(vm->ports, 0xff, BITMAP_SIZE);
    if (number < sizeof open / sizeof open[0])
        for (unsigned port = open[number].first; port <= open[number].last; port++)
            vm->ports[port / 8] &= (uint8_t)~(1u << port % 8);
}

void ports_enter(const struct vm *vm)
{
    if (PORTS != PORTS_HARDWARE || csr_read(CSR_HIOBA) == (uint64_t)vm->ports)
        return;
    csr_write(CSR_HIOBA, (uint64_t)vm->ports);
    fence_gstage();     /* the hart may remember what the other bitmap said */
}

/* An aligned access lies in one doubleword of the bitmap. */
static bool permits(const struct vm *vm, uint64_t port, unsigned bytes)
{
    uint64_t bits = ((const uint64_t *)(const void *)vm->ports)[port / 64];

    return (bits >> port % 64 & ((1u << bytes) - 1)) == 0;
}

static uint64_t host_load(uint64_t address, unsigned bytes)
{
    switch (bytes) {
    case 1:  return *(volatile uint8_t *)address;
    case 2:  return *(volatile uint16_t *)address;
    case 4:  return *(volatile uint32_t *)address;
    default: return *(volatile uint64_t *)address;
    }
}

static void host_store(uint64_t address, unsigned bytes, uint64_t value)
{
    switch (bytes) {
    case 1:  *(volatile uint8_t *)address = (uint8_t)value; break;
    case 2:  *(volatile uint16_t *)address = (uint16_t)value; break;
    case 4:  *(volatile uint32_t *)address = (uint32_t)value; break;
    default: *(volatile uint64_t *)address = value;
    }
}

static enum outcome load(struct vcpu *vcpu, uint64_t insn, uint64_t port)
{
    unsigned bytes = mmio_bytes(insn);
    uint64_t nothing = UINT64_MAX >> (64 - 8 * bytes);

    return mmio_loaded(vcpu, (uint32_t)insn, permits(vcpu->vm, port, bytes) ? host_load(PORTS_HOST + port, bytes) : nothing);
}

static enum outcome store(struct vcpu *vcpu, uint64_t insn, uint64_t port)
{
    unsigned bytes = mmio_bytes(insn);

    if (permits(vcpu->vm, port, bytes))
        host_store(PORTS_HOST + port, bytes, mmio_stored(vcpu, insn));
    return mmio_done(insn);
}

const struct device ports = { load, store, PORTS_COUNT };
