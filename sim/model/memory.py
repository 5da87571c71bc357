"""Physical memory: RAM, boot ROM and devices, with their attributes ("Physical Memory Attributes";
isa/platform.py).

Addresses are signed 64-bit values like everything else, so an address with bit 63 set lies in no region.
Accesses are naturally aligned; `log2` is the logarithm of their size in bytes.
"""

from isa import platform
from isa.platform import Region
from sim.model.bits import sx
from sim.model.devices.device import Device

RAM, ROM, IO, HOLE = range(4)           # what an address is
ABSENT = -1
Views = tuple["memoryview[int]", "memoryview[int]", "memoryview[int]", "memoryview[int]"]
MASKS = (0xFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF)     # of 1, 2, 4 and 8 bytes


class Memory:
    """RAM of `ram_size` bytes at RAM_BASE, the bytes of the boot ROM, and whatever is attached."""

    def __init__(self, ram_size: int, rom: bytes) -> None:
        if ram_size <= 0 or ram_size % 4096:
            raise ValueError(f"RAM must be a positive multiple of 4096 bytes, not {ram_size}")
        if len(rom) > platform.BOOT_ROM.size:
            raise ValueError(f"the boot ROM holds {platform.BOOT_ROM.size} bytes, the image has {len(rom)}")
        self.base, self.size = platform.RAM_BASE, ram_size
        self.end = self.base + ram_size
        self.bytes = bytearray(ram_size)
        view = memoryview(self.bytes)
        # Indexed by log2 of the access, then by (address - base) >> log2.
        self.signed: Views = (view.cast("b"), view.cast("h"), view.cast("i"), view.cast("q"))
        self.raw: Views = (view.cast("B"), view.cast("H"), view.cast("I"), view.cast("Q"))
        self.rom = rom.ljust(platform.BOOT_ROM.size, b"\0")
        self.rom_base, self.rom_end = platform.BOOT_ROM.base, platform.BOOT_ROM.base + platform.BOOT_ROM.size
        self.devices: list[tuple[Region, Device]] = []
        self.tohost = self.fromhost = ABSENT    # doublewords shared with the host; not in any data TLB
        self.host_touched = False               # a store reached them since somebody cleared this

    def kind(self, address: int) -> int:
        """RAM, ROM, IO or HOLE."""
        if self.base <= address < self.end:
            return RAM
        if self.rom_base <= address < self.rom_end:
            return ROM
        return IO if self.device_at(address) else HOLE

    def holds_code(self, address: int) -> bool:
        """Fetches and page-table reads are possible here."""
        return self.base <= address < self.end or self.rom_base <= address < self.rom_end

    def is_host(self, address: int) -> bool:
        """The doubleword belongs to the host interface as well."""
        return address & -8 in (self.tohost, self.fromhost)

    def has_host_page(self, address: int) -> bool:
        """The page holds tohost or fromhost: every access to it must be seen."""
        return address & -4096 in (self.tohost & -4096, self.fromhost & -4096)

    def device_at(self, address: int) -> tuple[Region, Device] | None:
        """The device that decodes this address."""
        for region, device in self.devices:
            if region.base <= address < region.base + region.size:
                return region, device
        return None

    def read(self, address: int, log2: int) -> int:
        """Sign-extended bytes of RAM, ROM or a device; 0 where there is nothing."""
        if self.base <= address < self.end:
            return self.signed[log2][address - self.base >> log2]
        if self.rom_base <= address < self.rom_end:
            at = address - self.rom_base
            return int.from_bytes(self.rom[at:at + (1 << log2)], "little", signed=True)
        found = self.device_at(address)
        return sx(found[1].read(address - found[0].base, 1 << log2), 8 << log2) if found else 0

    def write(self, address: int, log2: int, value: int) -> None:
        """Store the low bytes of `value` to RAM or a device."""
        if self.base <= address < self.end:
            self.raw[log2][address - self.base >> log2] = value & MASKS[log2]
            self.host_touched = self.host_touched or self.is_host(address)
            return
        found = self.device_at(address)
        if found:
            found[1].write(address - found[0].base, 1 << log2, value & MASKS[log2])

    def peek(self, address: int, count: int) -> bytes:
        """Back door: bytes of RAM or ROM. Raises ValueError outside of them."""
        if self.base <= address and address + count <= self.end:
            return bytes(self.bytes[address - self.base:address - self.base + count])
        if self.rom_base <= address and address + count <= self.rom_end:
            return self.rom[address - self.rom_base:address - self.rom_base + count]
        raise ValueError(f"{count} bytes at 0x{address:x} are neither in RAM nor in the boot ROM")

    def poke(self, address: int, data: bytes) -> None:
        """Back door: write bytes of RAM. Raises ValueError outside of it."""
        if not (self.base <= address and address + len(data) <= self.end):
            raise ValueError(f"{len(data)} bytes at 0x{address:x} leave RAM 0x{self.base:x}..0x{self.end:x}")
        self.bytes[address - self.base:address - self.base + len(data)] = data
