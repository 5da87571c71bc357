"""ram.py for the compiled model: 64-bit words, least significant byte first."""

from librt.strings import read_i64_le
from librt.vecs import vec
from mypy_extensions import i64

from sim.model.bits import lsr, shl


class Ram:
    """`size` bytes, zero. Offsets in bytes; `log2` is the logarithm of the size of an access."""

    def __init__(self, size: i64) -> None:
        self.size = size
        self.words: vec[i64] = vec[i64]([0] * (size >> 3))

    def read(self, offset: i64, log2: i64) -> i64:
        """Sign-extended value."""
        word = self.words[offset >> 3]
        if log2 == 3:
            return word
        spare = 64 - shl(8, log2)
        return shl(word, spare - shl(offset & 7, 3)) >> spare

    def write(self, offset: i64, log2: i64, value: i64) -> None:
        """Store the low bytes of `value`."""
        at = offset >> 3
        if log2 == 3:
            self.words[at] = value
            return
        shift = shl(offset & 7, 3)
        mask = shl(lsr(-1, 64 - shl(8, log2)), shift)
        self.words[at] = self.words[at] & ~mask | shl(value, shift) & mask

    def peek(self, offset: i64, count: i64) -> bytes:
        """`count` bytes."""
        return bytes(memoryview(self.words).cast("B")[offset:offset + count])

    def poke(self, offset: i64, data: bytes) -> None:
        """Replace bytes."""
        count: i64 = len(data)
        at: i64 = 0
        while at < count:
            if offset + at & 7 == 0 and count - at >= 8:
                self.words[offset + at >> 3] = read_i64_le(data, at)
                at += 8
            else:
                self.write(offset + at, 0, data[at])
                at += 1
