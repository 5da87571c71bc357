"""The image, instruction by instruction, and the two ports that show it."""

import random

import libfdt
import pytest

from isa import insns, platform
from rtl.config import CONFIGS
from rtl.rom import BOOT_CODE, Rom, rom_image
from tests.rtl.wishbone_checks import BusError, Master, checker, simulate

CONFIG = CONFIGS["default"]
BASE, SIZE = platform.BOOT_ROM.base, platform.BOOT_ROM.size
T0, A0, A1 = 5, 10, 11


def execute(image, base):
    """A few instructions of RV64I, enough for boot code; registers at the jump, and its target."""
    x, pc = {0: 0}, base
    while True:
        word = int.from_bytes(image[pc - base:pc - base + 4], "little")
        name = next(i.name for i in insns.INSNS if word & i.mask == i.match)
        rd, rs1, immediate = word >> 7 & 31, word >> 15 & 31, (word >> 20) - (word >> 31 << 12)
        if name == "auipc":
            x[rd] = pc + (word & 0xFFFF_F000)
        elif name == "addi":
            x[rd] = x[rs1] + immediate
        elif name == "csrrs":
            assert (word >> 20, rs1) == (0xF14, 0)
            x[rd] = "mhartid"
        elif name == "ld":
            at = x[rs1] + immediate - base
            x[rd] = int.from_bytes(image[at:at + 8], "little")
        else:
            assert (name, rd, immediate) == ("jalr", 0, 0)
            return x, x[rs1]
        pc += 4


@pytest.mark.parametrize("target", [platform.RAM_BASE, 0xFEDC_BA98_7654_3210])
def test_boot_code(target):
    x, jump = execute(rom_image(CONFIG, 32 << 20, target), BASE)
    assert jump == target
    assert x[A0] == "mhartid"
    assert x[A1] % 8 == 0
    tree = libfdt.Fdt(rom_image(CONFIG, 32 << 20)[x[A1] - BASE:])
    reg = tree.getprop(tree.path_offset("/memory@80000000"), "reg")
    assert bytes(reg) == (platform.RAM_BASE << 64 | 32 << 20).to_bytes(16, "big")


def test_size():
    assert all(len(rom_image(config)) <= 8192 for config in CONFIGS.values())
    assert len(BOOT_CODE) == 6
    with pytest.raises(ValueError, match="65537"):
        Rom(bytes(65537))


def test_both_ports():
    image = rom_image(CONFIG, target=0) + b"odd"
    dut = Rom(image)
    content = bytearray(image.ljust(SIZE, b"\0"))
    content[0x18:0x20] = 0x1234_5678_9ABC_DEF0.to_bytes(8, "little")

    def bench(bus, seed):
        async def read_all(ctx):
            ctx.set(dut.boot_target, 0x1234_5678_9ABC_DEF0)
            master, rng = Master(ctx, bus), random.Random(seed)
            end = len(image) // 8 * 8 + 16
            offsets = [*range(0, end, 8), *rng.choices(range(0, end, 8), k=50), 0x1000, 0x2000, SIZE - 8]
            for offset in offsets:
                wanted = int.from_bytes(content[offset:offset + 8], "little")
                assert await master.read(BASE + offset) == wanted
            with pytest.raises(BusError):
                await master.write(BASE, 0)
            assert await master.read(BASE) == int.from_bytes(content[:8], "little")
        return read_all

    simulate(dut, bench(dut.ibus, 1), bench(dut.dbus, 2), background=(checker(dut.ibus), checker(dut.dbus)))
