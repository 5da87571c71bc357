"""Loading programs, and one clear sentence for every file that cannot be loaded."""

import random
import struct
from pathlib import Path

import pytest

from isa.platform import RAM_BASE
from sim.model import Machine
from sim.model.elf import ElfError, Image, check_fits, read_elf

RISCV, X86_64, ARM32 = 243, 62, 40


def elf(data: bytes = b"\x13\0\0\0", base: int = RAM_BASE, machine: int = RISCV, bits: int = 64, memsz: int | None = None,
        order: int = 1, kind: int = 1, symbols: dict[str, int] | None = None) -> bytes:
    """A little ELF file: one segment, and a symbol table when there are symbols."""
    ident = b"\x7fELF" + bytes((bits // 32, order, 1)) + bytes(9)
    end = "<" if order == 1 else ">"
    if bits == 32:
        return ident + struct.pack(end + "HHIIIIIHHHHHH", 2, machine, 1, base, 52, 0, 0, 52, 32, 0, 40, 0, 0)
    memsz = len(data) if memsz is None else memsz
    names, table = b"\0", bytes(24)
    for name, value in (symbols or {}).items():
        table += struct.pack("<IBBHQQ", len(names), 0x10, 0, 1, value, 0)
        names += name.encode() + b"\0"
    shstr = b"\0.symtab\0.strtab\0.shstrtab\0"
    at = 64 + 56
    offsets = [at, at + len(data), at + len(data) + len(table), at + len(data) + len(table) + len(names)]
    sections = bytes(64)
    sections += struct.pack("<IIQQQQIIQQ", 1, 2, 0, 0, offsets[1], len(table), 2, 1, 8, 24)
    sections += struct.pack("<IIQQQQIIQQ", 9, 3, 0, 0, offsets[2], len(names), 0, 0, 1, 0)
    sections += struct.pack("<IIQQQQIIQQ", 17, 3, 0, 0, offsets[3], len(shstr), 0, 0, 1, 0)
    header = ident + struct.pack(end + "HHIQQQIHHHHHH", 2, machine, 1, base, 64, offsets[3] + len(shstr), 0,
                                 64, 56, 1, 64, 4, 3)
    segment = struct.pack(end + "IIQQQQQQ", kind, 5, offsets[0], 0x1000, base, len(data), memsz, 8)
    return header + segment + data + table + names + shstr + sections


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "program.elf"
    path.write_bytes(data)
    return path


def test_load(tmp_path: Path) -> None:
    path = write(tmp_path, elf(b"abcd", RAM_BASE + 16, memsz=8, symbols={"tohost": RAM_BASE + 64, "main": 5}))
    m = Machine(ram_size=4096)
    m.write_memory(RAM_BASE + 16, b"\xff" * 16)
    image = m.load_elf(path)
    assert (image.entry, image.segments) == (RAM_BASE + 16, ((RAM_BASE + 16, b"abcd\0\0\0\0"),))
    assert m.symbols == image.symbols == {"tohost": RAM_BASE + 64, "main": 5}
    assert m.read_memory(RAM_BASE + 16, 16) == b"abcd" + bytes(4) + b"\xff" * 8
    assert (m.hart.pc, m.hart.x[10], m.hart.x[11]) == (RAM_BASE + 16, 0, 0)
    assert (m.htif.tohost, m.htif.fromhost) == (RAM_BASE + 64, -1)


def test_with_a_boot_rom_the_hart_stays_at_the_reset_vector(tmp_path: Path) -> None:
    m = Machine(ram_size=4096, rom=b"\x13\0\0\0")
    m.load_elf(write(tmp_path, elf()))
    assert m.hart.pc == 0x1000


BAD = {
    "is not an ELF file, or a damaged one: ": [b"", b"#!/bin/sh\n", elf()[:70], elf()[:20], elf()[:200]],
    "is a 32-bit ELF file; the hart needs a 64-bit one.": [elf(bits=32), elf(bits=32, machine=ARM32)],
    "is for machine EM_X86_64, not for RISC-V (EM_RISCV).": [elf(machine=X86_64)],
    "is big-endian; the hart is little-endian.": [elf(order=2)],
    "has nothing to load (no PT_LOAD segment).": [elf(kind=4), elf(b"")],
}


@pytest.mark.parametrize(("message", "data"), [(m, d) for m, files in BAD.items() for d in files])
def test_bad_files(tmp_path: Path, message: str, data: bytes) -> None:
    path = write(tmp_path, data)
    with pytest.raises(ElfError) as error:
        read_elf(path)
    text = str(error.value)
    assert text.startswith(f"{str(path)!r} {message}") and text.endswith(".") and "\n" not in text


def test_random_damage_never_escapes_as_another_error(tmp_path: Path) -> None:
    good, dice = elf(b"abcd", symbols={"tohost": RAM_BASE, "main": 5}), random.Random(1)
    refused = 0
    for _ in range(1500):
        data = bytearray(good)
        for _ in range(dice.choice((1, 1, 2, 4))):
            data[dice.randrange(len(data))] = dice.choice((0, 127, 128, 255, dice.randrange(256)))
        path = write(tmp_path, bytes(data[:dice.choice((len(data), dice.randrange(len(data))))]))
        try:
            read_elf(path, RAM_BASE, RAM_BASE + 4096)
        except ElfError:
            refused += 1
    assert refused > 300


def test_a_segment_that_the_file_does_not_hold(tmp_path: Path) -> None:
    for size, filesz in ((4, 100), (2, 4)):
        data = bytearray(elf(b"abcd", memsz=size))
        data[96:104] = filesz.to_bytes(8, "little")
        with pytest.raises(ElfError, match=r"damaged one: the segment at 0x80000000 has .* bytes, for .* in memory"):
            read_elf(write(tmp_path, bytes(data[:124])))


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ElfError, match=r"^There is no file '.*nothing'\.$"):
        read_elf(tmp_path / "nothing")
    with pytest.raises(ElfError, match=r"cannot be read: Is a directory\.$"):
        read_elf(tmp_path)


@pytest.mark.parametrize(("base", "memsz"), [(0x1000, 4), (RAM_BASE - 1, 4), (RAM_BASE + 4093, 4), (RAM_BASE, 4097)])
def test_segments_outside_of_ram(tmp_path: Path, base: int, memsz: int) -> None:
    path = write(tmp_path, elf(base=base, memsz=memsz))
    with pytest.raises(ElfError) as error:
        Machine(ram_size=4096).load_elf(path)
    assert str(error.value) == (f"{str(path)!r} loads 0x{base:x}..0x{base + memsz:x}, "
                                f"outside of RAM 0x80000000..0x80001000.")
    with pytest.raises(ElfError, match=r"outside of RAM 0x80000000\.\.0x80001000"):
        check_fits(Image(base, ((base, bytes(memsz)),), {}), RAM_BASE, RAM_BASE + 4096, path)
