"""Writer of a minimal ELF64 executable for RISC-V (Tool Interface Standard 1.2 and the RISC-V psABI)."""

import struct
from collections.abc import Mapping

_EHDR, _PHDR, _SHDR, _SYM = 64, 56, 64, 24
_MACHINE = 243              # EM_RISCV
_RVC = 1                    # e_flags: compressed code
_ABSOLUTE = 0xFFF1          # SHN_ABS


def write_elf(entry: int, segments: Mapping[int, bytes], symbols: Mapping[str, int]) -> bytes:
    """An executable whose PT_LOAD segments hold `segments` (physical address to bytes) and whose symbols are absolute."""
    strings, table = b"\0", bytes(_SYM)
    for name, value in symbols.items():
        table += struct.pack("<IBBHQQ", len(strings), 0x10, 0, _ABSOLUTE, value, 0)
        strings += name.encode() + b"\0"
    sections = b"\0.symtab\0.strtab\0"
    offset = _EHDR + _PHDR * len(segments)
    headers, body = b"", b""
    for address, data in sorted(segments.items()):
        headers += struct.pack("<IIQQQQQQ", 1, 7, offset + len(body), address, address, len(data), len(data), 8)
        body += data
    symtab = offset + len(body)
    strtab = symtab + len(table)
    table_of_sections = bytes(_SHDR)
    table_of_sections += struct.pack("<IIQQQQIIQQ", 1, 2, 0, 0, symtab, len(table), 2, 1, 8, _SYM)
    table_of_sections += struct.pack("<IIQQQQIIQQ", 9, 3, 0, 0, strtab, len(strings) + len(sections), 0, 0, 1, 0)
    # One string table serves symbols and sections: section names follow the symbols' names.
    table_of_sections = _shift_names(table_of_sections, len(strings))
    ident = b"\x7fELF" + bytes((2, 1, 1, 0)) + bytes(8)
    ehdr = struct.pack("<HHIQQQIHHHHHH", 2, _MACHINE, 1, entry, _EHDR, strtab + len(strings) + len(sections), _RVC,
                       _EHDR, _PHDR, len(segments), _SHDR, 3, 2)
    return ident + ehdr + headers + body + table + strings + sections + table_of_sections


def _shift_names(table: bytes, by: int) -> bytes:
    out = bytearray(table)
    for at in range(_SHDR, len(out), _SHDR):
        struct.pack_into("<I", out, at, struct.unpack_from("<I", out, at)[0] + by)
    return bytes(out)
