"""Sizes, the back door, and devices of a user."""

import pytest

from isa.platform import RAM_BASE, Region
from sim.model import Machine
from sim.model.devices.device import Device
from sim.model.memory import HOLE, IO, RAM, ROM, Memory
from tests.sim.model.bare import Bare, asm


@pytest.mark.parametrize("size", [0, -4096, 4095, 5000])
def test_ram_size_is_pages(size: int) -> None:
    with pytest.raises(ValueError, match=f"RAM must be a positive multiple of 4096 bytes, not {size}$"):
        Memory(size, b"")


def test_rom_must_fit() -> None:
    with pytest.raises(ValueError, match="the boot ROM holds 65536 bytes, the image has 65537"):
        Memory(4096, bytes(65537))


def test_back_door() -> None:
    m = Machine(ram_size=8192, rom=b"rom")
    m.write_memory(RAM_BASE + 1, b"abc")
    assert m.read_memory(RAM_BASE, 5) == b"\0abc\0"
    assert m.read_memory(0x1000, 4) == b"rom\0"
    for address, count in ((RAM_BASE + 8190, 3), (0x2000_0000, 1), (RAM_BASE - 1, 2), (0x1_0FFF, 2)):
        with pytest.raises(ValueError, match=f"{count} bytes at 0x{address:x} are neither in RAM nor in the boot ROM"):
            m.read_memory(address, count)
    with pytest.raises(ValueError, match=r"3 bytes at 0x80001ffe leave RAM 0x80000000\.\.0x80002000"):
        m.write_memory(RAM_BASE + 8190, b"123")


def test_kinds() -> None:
    memory = Machine(ram_size=4096).memory
    kinds = {0x1000: ROM, 0x1_1000: HOLE, 0x10_0000: IO, 0x200_0000: IO, 0x1000_0000: IO, 0x1000_0100: HOLE,
             RAM_BASE: RAM, RAM_BASE + 4096: HOLE, -8: HOLE}
    assert {address: memory.kind(address) for address in kinds} == kinds


class Latch(Device):
    """One register that can be read back and raises its wire while it is odd."""

    def __init__(self) -> None:
        self.value, self.sizes = 0, []

    def read(self, offset: int, size: int) -> int:
        return self.value

    def write(self, offset: int, size: int, value: int) -> None:
        self.value = value
        self.sizes.append((offset, size))

    def wire(self) -> bool:
        return bool(self.value & 1)


def test_a_device_of_the_user() -> None:
    b = Bare()
    latch = Latch()
    b.m.attach(Region("latch", 0x4000_0000, 0x1000, "user,latch"), latch, irq=3)
    b.m.plic.priority[3], b.m.plic.enable[0] = 1, 8
    b.x(x5=0x4000_0000, x6=-1)
    r = b.do(asm("sw", rs1=5, rs2=6, imm=4))
    assert (latch.value, latch.sizes, r["mem_wdata"], r["irq"]) == (0xFFFF_FFFF, [(4, 4)], 0xFFFF_FFFF, 0)
    r = b.do(asm("lw", rd=7, rs1=5))
    assert (b.h.x[7], r["mem_rdata"], r["irq"]) == (-1, 0xFFFF_FFFF, 1 << 11)


def test_attach_refuses_overlaps_and_taken_interrupts() -> None:
    m = Machine(ram_size=4096)
    for base in (0x0FFF, 0x1_0000, RAM_BASE + 0xFFF, 0x1000_00FF):
        with pytest.raises(ValueError, match=f"latch at 0x{base:x}.* overlaps another region"):
            m.attach(Region("latch", base, 4, ""), Latch())
    for irq in (10, 32, -1):
        with pytest.raises(ValueError, match=f"interrupt source {irq} of latch is taken or out of range"):
            m.attach(Region("latch", 0x4000_0000, 4, ""), Latch(), irq)


def test_ram_elsewhere() -> None:
    m = Machine(ram_size=8192, ram_base=0)
    assert (m.memory.kind(0), m.memory.kind(0x1FFF), m.memory.kind(0x2000), m["pc"]) == (RAM, RAM, ROM, 0)
    m.write_memory(0x1000, asm("addi", rd=5, imm=7).to_bytes(4, "little"))
    m["pc"] = 0x1000
    m.step()
    assert m["x5"] == 7
    with pytest.raises(ValueError, match="RAM at 0x80000000"):
        m.restore(Machine(ram_size=8192).snapshot())


@pytest.mark.parametrize(("base", "words"), [
    (0x800, "RAM cannot begin at 0x800"), (1 << 56, "RAM cannot begin at 0x100000000000000"), (0x10_0000, "overlaps")])
def test_ram_where_it_cannot_be(base: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Machine(ram_size=8192, ram_base=base)
