"""Physical memory: RAM, boot ROM and devices, with their attributes ("Physical Memory Attributes";
isa/platform.py).

Addresses are signed 64-bit values like everything else, so an address with bit 63 set lies in no region.
Accesses are naturally aligned; `log2` is the logarithm of their size in bytes.
"""

from typing import Final

from mypy_extensions import i64

from isa import platform
from isa.platform import Region
from sim.model.bits import shl, signed, sx, unsigned, zx
from sim.model.devices.device import Device
from sim.model.hart import ABSENT
from sim.model.ram import Ram

# What an address is.
RAM: Final[i64] = 0
ROM: Final[i64] = 1
IO: Final[i64] = 2
HOLE: Final[i64] = 3
ADDRESSES: Final[int] = 1 << 56         # of physical memory


class Memory:
    """RAM of `ram_size` bytes at `ram_base`, the bytes of the boot ROM, and whatever is attached. RAM hides the boot ROM."""

    def __init__(self, ram_size: int, rom: bytes, ram_base: int = platform.RAM_BASE) -> None:
        if ram_size <= 0 or ram_size % 4096:
            raise ValueError(f"RAM must be a positive multiple of 4096 bytes, not {ram_size}")
        if ram_base < 0 or ram_base % 4096 or ram_base + ram_size > ADDRESSES:
            raise ValueError(f"RAM cannot begin at 0x{ram_base:x}: its pages lie below 0x{ADDRESSES:x}")
        if len(rom) > platform.BOOT_ROM.size:
            raise ValueError(f"the boot ROM holds {platform.BOOT_ROM.size} bytes, the image has {len(rom)}")
        self.base: i64 = ram_base
        self.size: i64 = ram_size
        self.end: i64 = ram_base + ram_size
        self.ram = Ram(ram_size)
        self.rom = rom.ljust(platform.BOOT_ROM.size, b"\0")
        self.rom_base: i64 = platform.BOOT_ROM.base
        self.rom_end: i64 = platform.BOOT_ROM.base + platform.BOOT_ROM.size
        self.devices: list[tuple[Region, Device]] = []
        self.tohost: i64 = ABSENT       # doublewords shared with the host; not in any data TLB
        self.fromhost: i64 = ABSENT
        self.host_touched = False               # a store reached them since somebody cleared this

    def kind(self, address: i64) -> i64:
        """RAM, ROM, IO or HOLE."""
        if self.base <= address < self.end:
            return RAM
        if self.rom_base <= address < self.rom_end:
            return ROM
        return IO if self.device_at(address) else HOLE

    def holds_code(self, address: i64) -> bool:
        """Fetches and page-table reads are possible here."""
        return self.base <= address < self.end or self.rom_base <= address < self.rom_end

    def is_host(self, address: i64) -> bool:
        """The doubleword belongs to the host interface as well."""
        return address & -8 == self.tohost or address & -8 == self.fromhost

    def has_host_page(self, address: i64) -> bool:
        """The page holds tohost or fromhost: every access to it must be seen."""
        return (address ^ self.tohost) & -4096 == 0 or (address ^ self.fromhost) & -4096 == 0

    def device_at(self, address: i64) -> tuple[Region, Device] | None:
        """The device that decodes this address."""
        for region, device in self.devices:
            if region.base <= address < region.base + region.size:
                return region, device
        return None

    def read(self, address: i64, log2: i64) -> i64:
        """Sign-extended bytes of RAM, ROM or a device; 0 where there is nothing."""
        if self.base <= address < self.end:
            return self.ram.read(address - self.base, log2)
        if self.rom_base <= address < self.rom_end:
            at = address - self.rom_base
            return int.from_bytes(self.rom[at:at + shl(1, log2)], "little", signed=True)
        found = self.device_at(address)
        return sx(signed(found[1].read(address - found[0].base, shl(1, log2))), shl(8, log2)) if found else 0

    def write(self, address: i64, log2: i64, value: i64) -> None:
        """Store the low bytes of `value` to RAM or a device."""
        if self.base <= address < self.end:
            self.ram.write(address - self.base, log2, value)
            self.host_touched = self.host_touched or self.is_host(address)
            return
        found = self.device_at(address)
        if found:
            found[1].write(address - found[0].base, shl(1, log2), unsigned(narrow(value, log2)))

    def peek(self, address: i64, count: i64) -> bytes:
        """Back door: bytes of RAM or ROM. Raises ValueError outside of them."""
        if self.base <= address and address + count <= self.end:
            return self.ram.peek(address - self.base, count)
        if self.rom_base <= address and address + count <= self.rom_end:
            return self.rom[address - self.rom_base:address - self.rom_base + count]
        raise ValueError(f"{count} bytes at 0x{address:x} are neither in RAM nor in the boot ROM")

    def poke(self, address: i64, data: bytes) -> None:
        """Back door: write bytes of RAM. Raises ValueError outside of it."""
        if not (self.base <= address and address + len(data) <= self.end):
            raise ValueError(f"{len(data)} bytes at 0x{address:x} leave RAM 0x{self.base:x}..0x{self.end:x}")
        self.ram.poke(address - self.base, data)


def narrow(value: i64, log2: i64) -> i64:
    """The low 2**log2 bytes of a register value, zero-extended to 64 bits."""
    return value if log2 == 3 else zx(value, shl(8, log2))
