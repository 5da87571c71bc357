"""A device that tells how it was accessed, for a machine without a hypervisor; the hypervisor has its own, in vprobe.c."""

from isa import platform
from isa.platform import Region
from sim.model.devices.device import PlainState

HISTORY, SIZE = 64, 72
REGION = Region("probe", platform.UART.base + 0x1000, SIZE, "")
LOAD, STORE = 1, 2
FULL = (1 << 64) - 1


class Probe(PlainState):
    """64 bytes of memory and, behind them, a history of 8 bytes that every access to the memory changes."""

    KEEP = ("memory",)

    def __init__(self) -> None:
        self.memory = [0] * SIZE

    def read(self, offset: int, size: int) -> int:
        value = int.from_bytes(bytes(self.memory[offset:offset + size]), "little")
        self._note(LOAD, offset, size, value)
        return value

    def write(self, offset: int, size: int, value: int) -> None:
        self.memory[offset:offset + size] = value.to_bytes(size, "little")
        self._note(STORE, offset, size, value)

    def _note(self, kind: int, offset: int, size: int, value: int) -> None:
        if offset < HISTORY:
            history = int.from_bytes(bytes(self.memory[HISTORY:]), "little")
            history = ((history ^ value) * 0x100_0000_01B3 + (kind << 16 | size << 8 | offset)) & FULL
            self.memory[HISTORY:] = history.to_bytes(8, "little")
