"""Boot ROM: what the hart runs after reset, and the device tree that it hands on."""

from amaranth.hdl import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In

from isa import platform as soc_map

from . import wishbone
from .config import Config
from .device_tree import device_tree

TARGET_OFFSET = 0x18        # a doubleword: where the boot code jumps
TREE_OFFSET = 0x20

BOOT_CODE = (
    0x0000_0297,            # auipc t0, 0
    0x0202_8593,            # addi  a1, t0, TREE_OFFSET
    0xF140_2573,            # csrr  a0, mhartid
    0x0182_B283,            # ld    t0, TARGET_OFFSET(t0)
    0x0002_8067,            # jr    t0
    0x0000_0013,            # nop
)


class Rom(wiring.Component):
    """Two read ports on one image, for fetches and for loads.

    1. `boot_target` stands at TARGET_OFFSET instead of what the image has there.
    2. The rest of the region, past the image, reads 0.
    3. A store is a bus error.
    """

    ibus: In(wishbone.Signature())
    dbus: In(wishbone.Signature())
    boot_target: In(64)

    def __init__(self, image: bytes):
        if len(image) > soc_map.BOOT_ROM.size:
            raise ValueError(f"the boot ROM holds {soc_map.BOOT_ROM.size} bytes, the image has {len(image)}")
        self.words = [int.from_bytes(image[i:i + 8], "little") for i in range(0, len(image), 8)]
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.image = image = memory.Memory(shape=64, depth=len(self.words), init=self.words)
        for bus in (self.ibus, self.dbus):
            port = image.read_port()
            offset = Signal(range(soc_map.BOOT_ROM.size // 8))
            is_target, is_image = Signal(), Signal()
            beat = bus.cyc & bus.stb & ~bus.ack & ~bus.err
            m.d.comb += [
                offset.eq(bus.adr - soc_map.BOOT_ROM.base // 8),
                port.addr.eq(offset),
                bus.dat_r.eq(Mux(is_target, self.boot_target, Mux(is_image, port.data, 0))),
            ]
            m.d.sync += [
                bus.ack.eq(beat & ~bus.we),
                bus.err.eq(beat & bus.we),
                is_target.eq(offset == TARGET_OFFSET // 8),
                is_image.eq(offset < len(self.words)),
            ]
        return m


def rom_image(config: Config, ram_size: int = soc_map.RAM_SIZE, target: int = soc_map.RAM_BASE) -> bytes:
    """Content of the boot ROM, from its first byte.

    The hart arrives at `target` in M-mode with a0 = mhartid and a1 = the address of a device tree that tells
    of `ram_size` bytes of RAM.
    """
    code = b"".join(word.to_bytes(4, "little") for word in BOOT_CODE)
    return code + target.to_bytes(8, "little") + device_tree(config.profile, ram_size)
