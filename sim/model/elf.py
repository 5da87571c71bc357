"""Reading ELF files: what to load, where to start, which symbols there are ("RISC-V ELF psABI", "System V
gABI")."""

from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection


class ElfError(Exception):
    """The file cannot be run; the message is one sentence that says why."""


@dataclass(frozen=True)
class Image:
    """A program: `entry` address, `segments` as (physical address, bytes with their zeros), `symbols`."""

    entry: int
    segments: tuple[tuple[int, bytes], ...]
    symbols: dict[str, int]


def read_elf(path: str | Path) -> Image:
    """Parse a 64-bit RISC-V executable. Raises ElfError."""
    try:
        with open(path, "rb") as stream:
            return _read(ELFFile(stream), str(path))
    except FileNotFoundError:
        raise ElfError(f"There is no file {str(path)!r}.") from None
    except OSError as error:
        raise ElfError(f"{str(path)!r} cannot be read: {error.strerror}.") from None
    except (ELFError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        what = str(error) or "it ends too early"
        raise ElfError(f"{str(path)!r} is not an ELF file, or a damaged one: {what}.") from None


def _read(elf: ELFFile, path: str) -> Image:
    if elf.elfclass != 64:
        raise ElfError(f"{path!r} is a {elf.elfclass}-bit ELF file; the hart needs a 64-bit one.")
    if not elf.little_endian:
        raise ElfError(f"{path!r} is big-endian; the hart is little-endian.")
    if elf["e_machine"] != "EM_RISCV":
        raise ElfError(f"{path!r} is for machine {elf['e_machine']}, not for RISC-V (EM_RISCV).")
    segments = tuple((int(s["p_paddr"]), bytes(s.data()).ljust(s["p_memsz"], b"\0"))
                     for s in elf.iter_segments() if s["p_type"] == "PT_LOAD" and s["p_memsz"])
    if not segments:
        raise ElfError(f"{path!r} has nothing to load (no PT_LOAD segment).")
    symbols = {symbol.name: int(symbol["st_value"])
               for section in elf.iter_sections() if isinstance(section, SymbolTableSection)
               for symbol in section.iter_symbols() if symbol.name}
    return Image(int(elf["e_entry"]), segments, symbols)


def check_fits(image: Image, base: int, end: int, path: str | Path) -> None:
    """Raises ElfError when a segment lies outside of base..end-1."""
    for address, data in image.segments:
        if address < base or address + len(data) > end:
            raise ElfError(f"{str(path)!r} loads 0x{address:x}..0x{address + len(data):x}, "
                           f"outside of RAM 0x{base:x}..0x{end:x}.")
