"""Platform-level interrupt controller (sifive,plic-1.0.0): one hart, context 0 is M, context 1 is S.

Level-sensitive gateways: a source becomes pending while its wire is high and it is not being served.
"""

from isa import platform
from sim.model.devices.device import Device, PlainState
from sim.model.masks import MEIP, SEIP

CONTEXTS = 2
SOURCES = platform.PLIC_SOURCES
WORD = (1 << 32) - 1


class Plic(PlainState):
    """32-bit registers; an 8-byte access is two of them, a narrower one reads zero and is ignored."""

    KEEP = ("pending", "serving", "priority", "enable", "threshold")

    def __init__(self) -> None:
        self.wires: dict[int, Device] = {}          # source number -> device
        self.pending = 0                            # bit n: source n
        self.serving = 0
        self.priority = [0] * (SOURCES + 1)
        self.enable = [0] * CONTEXTS
        self.threshold = [0] * CONTEXTS

    def lines(self) -> int:
        """MEIP and SEIP, as bits of mip."""
        for source, device in self.wires.items():
            if device.wire() and not self.serving >> source & 1:
                self.pending |= 1 << source
        if not self.pending:
            return 0
        m, s = (self._best(context, self.threshold[context]) for context in range(CONTEXTS))
        return (MEIP if m else 0) | (SEIP if s else 0)

    def _best(self, context: int, above: int) -> int:
        """Pending and enabled source of the highest priority above `above` (lowest number in a tie), or 0."""
        candidates = self.pending & self.enable[context]
        if not candidates:
            return 0
        sources = [n for n in range(1, SOURCES + 1) if candidates >> n & 1 and self.priority[n] > above]
        return max(sources, key=lambda n: (self.priority[n], -n), default=0)

    def read(self, offset: int, size: int) -> int:
        if size == 8:
            return self._read(offset) | self._read(offset + 4) << 32
        return self._read(offset) if size == 4 else 0

    def write(self, offset: int, size: int, value: int) -> None:
        if size == 8:
            self._write(offset, value & WORD)
            self._write(offset + 4, value >> 32)
        elif size == 4:
            self._write(offset, value)

    def _read(self, offset: int) -> int:
        if offset < platform.PLIC_PENDING:
            return self.priority[offset // 4] if offset // 4 <= SOURCES else 0
        if offset == platform.PLIC_PENDING:
            self.lines()
            return self.pending
        for context in range(CONTEXTS):
            if offset == platform.PLIC_ENABLE + context * platform.PLIC_ENABLE_STRIDE:
                return self.enable[context]
            if offset == platform.PLIC_CONTEXT + context * platform.PLIC_CONTEXT_STRIDE:
                return self.threshold[context]
            if offset == platform.PLIC_CONTEXT + context * platform.PLIC_CONTEXT_STRIDE + 4:
                return self._claim(context)
        return 0

    def _write(self, offset: int, value: int) -> None:
        if offset < platform.PLIC_PENDING and 1 <= offset // 4 <= SOURCES:
            self.priority[offset // 4] = value & platform.PLIC_MAX_PRIORITY
        for context in range(CONTEXTS):
            if offset == platform.PLIC_ENABLE + context * platform.PLIC_ENABLE_STRIDE:
                self.enable[context] = value & (WORD - 1)
            elif offset == platform.PLIC_CONTEXT + context * platform.PLIC_CONTEXT_STRIDE:
                self.threshold[context] = value & platform.PLIC_MAX_PRIORITY
            elif offset == platform.PLIC_CONTEXT + context * platform.PLIC_CONTEXT_STRIDE + 4:
                self._complete(context, value)

    def _claim(self, context: int) -> int:
        """Claims ignore the threshold."""
        self.lines()
        source = self._best(context, 0)
        self.pending &= ~(1 << source)
        self.serving |= 1 << source & ~1
        return source

    def _complete(self, context: int, source: int) -> None:
        """Ignored for a source that the context has not enabled."""
        if source <= SOURCES and self.enable[context] >> source & 1:
            self.serving &= ~(1 << source)
