"""block.py for the compiled model: the words are read where they are."""

from typing import Final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from mypy_extensions import i64

from sim.model.retire import Record

BYTES: Final[i64] = 128                 # of a record


class Block:
    """The records in `data`, of signed words."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def word(self, number: i64, index: i64) -> i64:
        """Word `index` of record `number`."""
        return read_i64_le(self.data, number * BYTES + index * 8)

    def agrees(self, number: i64, r: Record) -> bool:
        """Has record `number` the words of `r`, inputs aside?"""
        data, at = self.data, number * BYTES
        return (r.flags == read_i64_le(data, at)
                and r.insn == read_i64_le(data, at + 8)
                and r.pc == read_i64_le(data, at + 16)
                and r.next_pc == read_i64_le(data, at + 24)
                and r.rd_value == read_i64_le(data, at + 32)
                and r.mem_vaddr == read_i64_le(data, at + 40)
                and r.mem_paddr == read_i64_le(data, at + 48)
                and r.mem_rdata == read_i64_le(data, at + 56)
                and r.mem_wdata == read_i64_le(data, at + 64)
                and r.csr_value == read_i64_le(data, at + 72)
                and r.tval == read_i64_le(data, at + 80)
                and r.tval2 == read_i64_le(data, at + 88))


class Writer:
    """Puts records in a row."""

    def __init__(self) -> None:
        self.writer = BytesWriter()

    def append(self, r: Record) -> None:
        """One more record."""
        writer = self.writer
        write_i64_le(writer, r.flags)
        write_i64_le(writer, r.insn)
        write_i64_le(writer, r.pc)
        write_i64_le(writer, r.next_pc)
        write_i64_le(writer, r.rd_value)
        write_i64_le(writer, r.mem_vaddr)
        write_i64_le(writer, r.mem_paddr)
        write_i64_le(writer, r.mem_rdata)
        write_i64_le(writer, r.mem_wdata)
        write_i64_le(writer, r.csr_value)
        write_i64_le(writer, r.tval)
        write_i64_le(writer, r.tval2)
        write_i64_le(writer, r.time)
        write_i64_le(writer, r.cycle)
        write_i64_le(writer, r.error_paddr)
        write_i64_le(writer, r.clock)

    def data(self) -> bytes:
        """All of them."""
        return self.writer.getvalue()
