"""RAM: bytes that are read and written in naturally aligned units of 1, 2, 4 or 8. The compiled model has native/ram.py
in its place.
"""

Views = tuple["memoryview[int]", "memoryview[int]", "memoryview[int]", "memoryview[int]"]
MASKS = (0xFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF)


class Ram:
    """`size` bytes, zero. Offsets in bytes; `log2` is the logarithm of the size of an access."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.bytes = bytearray(size)
        view = memoryview(self.bytes)
        # Indexed by log2 of the access, then by offset >> log2.
        self.signed: Views = (view.cast("b"), view.cast("h"), view.cast("i"), view.cast("q"))
        self.raw: Views = (view.cast("B"), view.cast("H"), view.cast("I"), view.cast("Q"))

    def read(self, offset: int, log2: int) -> int:
        """Sign-extended value."""
        return self.signed[log2][offset >> log2]

    def write(self, offset: int, log2: int, value: int) -> None:
        """Store the low bytes of `value`."""
        self.raw[log2][offset >> log2] = value & MASKS[log2]

    def peek(self, offset: int, count: int) -> bytes:
        """`count` bytes."""
        return bytes(self.bytes[offset:offset + count])

    def poke(self, offset: int, data: bytes) -> None:
        """Replace bytes."""
        self.bytes[offset:offset + len(data)] = data
