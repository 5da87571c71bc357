"""The address map as the two buses of a core see it, and the wires between the devices."""

import random

import pytest

from isa import platform
from rtl.config import CONFIGS
from rtl.devices import Devices
from rtl.rom import rom_image
from tests.rtl.wishbone_checks import BusError, Master, checker, memory, simulate

CONFIG = CONFIGS["default"]
RAM = platform.RAM_BASE
LAST = (1 << CONFIG.profile.pa_bits) - 8
LINES = ("irq_msip", "irq_mtip", "irq_meip", "irq_seip")


def run(bench, *background):
    """Runs a testbench on devices with a little RAM, which the fetch port and the data port share."""
    dut = Devices(CONFIG)
    words = {a // 8: a ^ 0x5A5A for a in (RAM, RAM + 8, LAST)}

    async def run_bench(ctx):
        await bench(ctx, dut)

    buses = (dut.ibus, dut.dbus, dut.iram, dut.dram)
    simulate(dut, run_bench, background=(
        memory(dut.iram, words, 1), memory(dut.dram, words, 2), *(checker(bus) for bus in buses), *background))


def test_data_bus_reaches_all():
    async def bench(ctx, dut):
        data = Master(ctx, dut.dbus)
        assert await data.read(platform.BOOT_ROM.base) == int.from_bytes(rom_image(CONFIG)[:8], "little")
        assert await data.read(platform.FINISHER.base) == 0
        assert await data.read(platform.CLINT.base + platform.CLINT_MTIMECMP) == 2**64 - 1
        await data.write(platform.PLIC.base + 4, 6, 4)
        assert await data.read(platform.PLIC.base) == 6 << 32
        assert await data.read(platform.UART.base + 5, 1) == 0x60
        for address in (RAM, RAM + 8, LAST):
            assert await data.read(address) == address ^ 0x5A5A
        for address in (0, 0x1_1000, platform.UART.base + 0x100, RAM - 8, RAM + 16, 1 << 55):
            with pytest.raises(BusError):
                await data.read(address)
    run(bench)


# Registers that keep what is stored: address, bytes, and the bits that are there.
KEPT = (
    (platform.CLINT.base + platform.CLINT_MTIMECMP, 8, 2**64 - 1),
    (platform.PLIC.base + 4, 4, 7),
    (platform.PLIC.base + 4 * 31, 4, 7),
    (platform.PLIC.base + platform.PLIC_ENABLE, 4, 2**32 - 2),
    (platform.UART.base + 3, 1, 0x7F),          # without DLAB
    (platform.UART.base + 7, 1, 0xFF),
)


@pytest.mark.parametrize("pauses", [0, 3])
def test_accesses_take_two_cycles_each_however_they_follow(pauses):
    """Registers of all devices against a dictionary: with random pauses between the beats, and without one at all."""
    cycles = 0

    async def clock(ctx):
        nonlocal cycles
        async for _ in ctx.tick():
            cycles += 1

    async def bench(ctx, dut):
        rng, data = random.Random(pauses), Master(ctx, dut.dbus)
        image, want, rest = rom_image(CONFIG), {}, 0
        for address, size, _ in KEPT:
            await data.write(address, 0, size)
            want[address] = 0
        for _ in range(150):
            address, size, mask = rng.choice(KEPT)
            kind = rng.randrange(3)
            if kind == 0:
                value = rng.getrandbits(8 * size) & mask
                await data.write(address, value, size)
                want[address] = value
            elif kind == 1:
                assert await data.read(address, size) == want[address]
            else:
                at = rng.randrange(4, len(image) // 8) * 8
                assert await data.read(platform.BOOT_ROM.base + at) == int.from_bytes(image[at:at + 8], "little")
            if wait := rng.randint(0, pauses):
                await ctx.tick().repeat(wait)
                rest += wait
        assert cycles - rest == 2 * (len(KEPT) + 150)
    run(bench, clock)


def test_fetches_reach_rom_and_ram_only():
    async def bench(ctx, dut):
        fetch, data = Master(ctx, dut.ibus), Master(ctx, dut.dbus)
        await data.write(RAM, 0xFEED)
        assert await fetch.read(RAM) == 0xFEED
        assert await fetch.read(platform.BOOT_ROM.base + 0x18) == RAM
        ctx.set(dut.boot_target, 0x8000_1000)
        assert await fetch.read(platform.BOOT_ROM.base + 0x18) == 0x8000_1000
        for region in (platform.FINISHER, platform.CLINT, platform.PLIC, platform.UART):
            with pytest.raises(BusError):
                await fetch.read(region.base)
    run(bench)


def test_lines():
    async def bench(ctx, dut):
        data = Master(ctx, dut.dbus)

        async def lines():
            await ctx.tick().repeat(4)
            return tuple(ctx.get(getattr(dut, name)) for name in LINES)

        assert await lines() == (0, 0, 0, 0)
        await data.write(platform.CLINT.base, 1, 4)
        assert await lines() == (1, 0, 0, 0)
        await data.write(platform.CLINT.base + platform.CLINT_MTIMECMP, 0)
        assert await lines() == (1, 1, 0, 0)
        assert ctx.get(dut.time) > 0
        await data.write(platform.UART.base + 1, 2, 1)      # transmitter empty
        assert await lines() == (1, 1, 0, 0)
        await data.write(platform.PLIC.base + 4 * 10, 1, 4)
        await data.write(platform.PLIC.base + 0x2080, 1 << 10, 4)
        assert await lines() == (1, 1, 0, 1)
        await data.write(platform.PLIC.base + 0x2000, 1 << 10, 4)
        assert await lines() == (1, 1, 1, 1)
        assert await data.read(platform.PLIC.base + 0x20_1004, 4) == 10
        assert await lines() == (1, 1, 0, 0)
    run(bench)


def test_world():
    async def bench(ctx, dut):
        data = Master(ctx, dut.dbus)
        await data.write(platform.UART.base, 0x21, 1)
        assert (ctx.get(dut.uart_tx.valid), ctx.get(dut.uart_tx.payload)) == (1, 0x21)
        ctx.set(dut.uart_rx.payload, 0x3F)
        ctx.set(dut.uart_rx.valid, 1)
        await ctx.tick()
        ctx.set(dut.uart_rx.valid, 0)
        assert await data.read(platform.UART.base, 1) == 0x3F
        assert ctx.get(dut.finished) == 0
        await data.write(platform.FINISHER.base, 0x2A_3333, 4)
        assert (ctx.get(dut.finished), ctx.get(dut.finish_code)) == (1, 0x2A_3333)
    run(bench)
