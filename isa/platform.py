"""The machine around the hart: one address map for the RTL, the model and the firmware. Addresses in bytes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """One decoded address range; what lies in none of them answers with a bus error.

    Memory attributes ("Physical Memory Attributes"): RAM (everything from RAM_BASE up) allows all accesses. `rom` allows
    loads, fetches and page-table reads. Everything else is I/O: loads and stores only; a fetch, LR, SC, AMO or page-table
    read there is an access fault without a bus transaction. LR, SC and AMO to `rom` are access faults too.
    """

    name: str
    base: int
    size: int
    compatible: str
    rom: bool = False


BOOT_ROM = Region("boot_rom", 0x0000_1000, 0x1_0000, "", rom=True)
FINISHER = Region("finisher", 0x0010_0000, 0x1000, "sifive,test1")
CLINT = Region("clint", 0x0200_0000, 0x1_0000, "riscv,clint0")
PLIC = Region("plic", 0x0C00_0000, 0x400_0000, "sifive,plic-1.0.0")
UART = Region("uart", 0x1000_0000, 0x100, "ns16550a")
BUS_ERROR = Region("bus_error", 0x3002_0000, 0x1000, "doppelhart,bus-error")
RAM_BASE = 0x8000_0000
RAM_SIZE = 0x0400_0000          # default; a run may ask for another
DEVICES = (BOOT_ROM, FINISHER, CLINT, PLIC, UART, BUS_ERROR)

RESET_VECTOR = BOOT_ROM.base

# CLINT registers, offsets.
CLINT_MSIP, CLINT_MTIMECMP, CLINT_MTIME = 0x0000, 0x4000, 0xBFF8
TIMEBASE_HZ = 10_000_000        # in the device tree
CYCLES_PER_TICK = 8             # simulated core cycles per tick of mtime

# Finisher: a 32-bit write of these ends the run; the exit code of a failure is in bits 31:16.
FINISHER_PASS, FINISHER_FAIL, FINISHER_RESET = 0x5555, 0x3333, 0x7777

# PLIC: one hart, context 0 is M, context 1 is S.
PLIC_SOURCES = 31
PLIC_PRIORITY, PLIC_PENDING, PLIC_ENABLE, PLIC_ENABLE_STRIDE = 0x0, 0x1000, 0x2000, 0x80
PLIC_CONTEXT, PLIC_CONTEXT_STRIDE = 0x20_0000, 0x1000       # +0 threshold, +4 claim/complete
PLIC_MAX_PRIORITY = 7
UART_IRQ = 10
UART_CLOCK_HZ = 10_000_000

# Lost write-backs of the data cache (docs/bus_error.md).
BUS_ERROR_STATUS, BUS_ERROR_ADDRESS = 0x0, 0x8
BUS_ERROR_IRQ = 11
