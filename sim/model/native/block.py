"""block.py for the compiled model: the words are read where they are."""

from typing import Final

from librt.strings import read_i64_le
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
