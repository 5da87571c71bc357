"""Retirement records in a row, as a simulator delivers them: 16 little-endian 64-bit words each (isa/retire.py). The
compiled model has native/block.py in its place.
"""

import struct

from isa.retire import FIELDS, WORDS
from sim.model.retire import Record

TIME = FIELDS["time"].word             # the words from here on are inputs


class Block:
    """The records in `data`, of signed words."""

    def __init__(self, data: bytes) -> None:
        self.all: tuple[int, ...] = struct.unpack(f"<{len(data) // 8}q", data)

    def word(self, number: int, index: int) -> int:
        """Word `index` of record `number`."""
        return self.all[number * WORDS + index]

    def agrees(self, number: int, r: Record) -> bool:
        """Has record `number` the words of `r`, inputs aside?"""
        return self.all[number * WORDS:number * WORDS + TIME] == (
            r.flags, r.insn, r.pc, r.next_pc, r.rd_value,
            r.mem_vaddr, r.mem_paddr, r.mem_rdata, r.mem_wdata, r.csr_value, r.tval, r.tval2)


class Writer:
    """Puts records in a row."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def append(self, r: Record) -> None:
        """One more record."""
        self.bytes += struct.pack(
            f"<{WORDS}q", r.flags, r.insn, r.pc, r.next_pc, r.rd_value,
            r.mem_vaddr, r.mem_paddr, r.mem_rdata, r.mem_wdata, r.csr_value, r.tval, r.tval2,
            r.time, r.cycle, r.error_paddr, r.clock)

    def data(self) -> bytes:
        """All of them."""
        return bytes(self.bytes)
