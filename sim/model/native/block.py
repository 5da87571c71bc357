"""block.py for the compiled model: the words are read where they are."""

from typing import Final

from librt.strings import read_i64_le
from mypy_extensions import i64

from isa import retire

BYTES: Final[i64] = 8 * retire.WORDS


class Block:
    """The records in `data`, read as signed words."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def word(self, number: i64, index: i64) -> i64:
        """Word `index` of record `number`."""
        return read_i64_le(self.data, number * BYTES + index * 8)
