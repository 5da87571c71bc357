"""Retirement records in a row, as a simulator delivers them: 16 little-endian 64-bit words each (isa/retire.py). The
compiled model has native/block.py in its place.
"""

import struct

from isa.retire import WORDS


class Block:
    """The records in `data`, read as signed words."""

    def __init__(self, data: bytes) -> None:
        self.words: tuple[int, ...] = struct.unpack(f"<{len(data) // 8}q", data)

    def word(self, number: int, index: int) -> int:
        """Word `index` of record `number`."""
        return self.words[number * WORDS + index]
