"""Reading ELF files: what to load, where to start, which symbols there are ("RISC-V ELF psABI", "System V
gABI")."""

from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

# What the parser raises on nonsense.
DAMAGE = (ELFError, ValueError, KeyError, TypeError, AttributeError, AssertionError, OverflowError, MemoryError)


class ElfError(Exception):
    """The file cannot be run; the message is one sentence that says why."""


@dataclass(frozen=True)
class Image:
    """A program: `entry` address, `segments` as (physical address, bytes with their zeros), `symbols`."""

    entry: int
    segments: tuple[tuple[int, bytes], ...]
    symbols: dict[str, int]


def read_elf(path: str | Path, base: int = 0, end: int = 1 << 32) -> Image:
    """Parse a 64-bit RISC-V executable whose segments lie in base..end-1. Raises ElfError."""
    name = repr(str(path))
    try:
        with open(path, "rb") as stream:
            return _read(ELFFile(stream), name, base, end)
    except FileNotFoundError:
        raise ElfError(f"There is no file {name}.") from None
    except OSError as error:
        raise ElfError(f"{name} cannot be read: {error.strerror or error}.") from None
    except DAMAGE as error:
        what = str(error) or "it ends too early"
        raise ElfError(f"{name} is not an ELF file, or a damaged one: {what}.") from None


def check_fits(image: Image, base: int, end: int, path: str | Path) -> None:
    """Raises ElfError when a segment lies outside of base..end-1."""
    for address, data in image.segments:
        _check_segment(address, len(data), base, end, repr(str(path)))


def _check_segment(address: int, size: int, base: int, end: int, name: str) -> None:
    if address < base or address + size > end:
        raise ElfError(f"{name} loads 0x{address:x}..0x{address + size:x}, outside of RAM 0x{base:x}..0x{end:x}.")


def _read(elf: ELFFile, name: str, base: int, end: int) -> Image:
    if elf.elfclass != 64:
        raise ElfError(f"{name} is a {elf.elfclass}-bit ELF file; the hart needs a 64-bit one.")
    if not elf.little_endian:
        raise ElfError(f"{name} is big-endian; the hart is little-endian.")
    if elf["e_machine"] != "EM_RISCV":
        raise ElfError(f"{name} is for machine {elf['e_machine']}, not for RISC-V (EM_RISCV).")
    segments = []
    for segment in elf.iter_segments():
        if segment["p_type"] != "PT_LOAD" or not segment["p_memsz"]:
            continue
        address, size, in_file = (int(segment[field]) for field in ("p_paddr", "p_memsz", "p_filesz"))
        _check_segment(address, size, base, end, name)      # before memory is asked for its bytes
        data = bytes(segment.data())
        if len(data) != in_file or in_file > size:
            raise ELFError(f"the segment at 0x{address:x} has {len(data)} of {in_file} bytes, for {size} in memory")
        segments.append((address, data.ljust(size, b"\0")))
    if not segments:
        raise ElfError(f"{name} has nothing to load (no PT_LOAD segment).")
    symbols = {symbol.name: int(symbol["st_value"])
               for section in elf.iter_sections() if isinstance(section, SymbolTableSection)
               for symbol in section.iter_symbols() if symbol.name}
    return Image(int(elf["e_entry"]), tuple(segments), symbols)
